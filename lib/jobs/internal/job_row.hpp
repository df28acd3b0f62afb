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

/// Where an event stands in `job_events`: those of a job together, in order. A job's events have
/// the places after `event_place(number, 0)` and before `event_place(number + 1, 0)`.
[[nodiscard]] constexpr std::int64_t event_place(std::int64_t job_number, std::int64_t seq) {
  return (job_number << 32) + seq;
}
/// The `seq` of the event that stands there.
[[nodiscard]] constexpr std::int64_t seq_at(std::int64_t place) {
  return place & 0xffffffff;
}
/// The `seq` of a job's last event, 0 for none.
[[nodiscard]] std::int64_t last_event(db::Database& database, std::int64_t job_number);

/// Writes a task attempt over what was known of it.
void upsert_task(db::Database& database, std::int64_t job, const TaskRow& task);

/// The data of a `status` or `complete` event.
[[nodiscard]] std::string status_json(const Job& job, JobState previous,
                                      bool completed_before_cancel);

}  // namespace weir::jobs
