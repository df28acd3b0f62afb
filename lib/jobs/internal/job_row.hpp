#pragma once

#include "jobs/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::db {
class Database;
class Statement;
}  // namespace weir::db

namespace weir::jobs {

/// A job with what only the store needs to know of its row.
struct JobRow {
  Job job;
  std::int64_t number = 0;  ///< its place in order of submission
  base::BootTime started_boot{0};
  std::string started_boot_id;
};

/// Creates or brings up to date the tables of this module.
void migrate_jobs(db::Database& database);

/// "SELECT <all columns> FROM jobs " + `rest`.
[[nodiscard]] std::string select_jobs(std::string_view rest);
/// The row that a statement made by `select_jobs` stands on.
[[nodiscard]] JobRow read_row(const db::Statement& statement);
[[nodiscard]] std::optional<JobRow> load_row(db::Database& database, const std::string& id);

/// Whether a job of that kind and state occupies its key and directory.
[[nodiscard]] bool holds_key(JobKind kind, JobState state);
/// A new row, queued or owned from its beginning; gives it its number.
void insert_job(db::Database& database, JobRow& row);
/// Writes all columns that a change of state can touch.
void update_job(db::Database& database, const JobRow& row);

/// Writes a task attempt over what was known of it.
void upsert_task(db::Database& database, std::int64_t job, const TaskRow& task);
/// The same, as far as it can be done before there is a task.
void expect_task(db::Database& database);

}  // namespace weir::jobs
