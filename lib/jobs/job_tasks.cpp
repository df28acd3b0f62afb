// Task attempts of runs, pins, and what people did by hand.
#include "db/database.hpp"
#include "jobs/internal/job_row.hpp"
#include "jobs/job_store.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace weir::jobs {
namespace {

constexpr std::string_view k_upsert_task =
    "INSERT INTO job_tasks(job, task, attempt, state, name, process, tag, hash, "
    "workdir, exit_status, error, submitted_at, started_at, finished_at, metrics) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
    "ON CONFLICT(job, task, attempt) DO UPDATE SET state = ?4, name = ?5, process = ?6, tag = "
    "?7, hash = ?8, workdir = ?9, exit_status = ?10, error = ?11, submitted_at = ?12, "
    "started_at = ?13, finished_at = ?14, metrics = ?15";

std::optional<std::int64_t> millis_of(const std::optional<base::WallTime>& time) {
  if (!time.has_value()) return std::nullopt;
  return base::to_millis(*time);
}

std::optional<base::WallTime> wall_of(const std::optional<std::int64_t>& millis) {
  if (!millis.has_value()) return std::nullopt;
  return base::from_millis(*millis);
}

TaskRow read_task(const db::Statement& query) {
  TaskRow task;
  task.task = query.integer(0);
  task.attempt = query.integer(1);
  task.state = query.text(2);
  task.name = query.text(3);
  task.process = query.text(4);
  task.tag = query.text(5);
  task.hash = query.text(6);
  task.workdir = query.text(7);
  task.exit_status = query.optional_integer(8);
  task.error = query.text(9);
  task.submitted_at = wall_of(query.optional_integer(10));
  task.started_at = wall_of(query.optional_integer(11));
  task.finished_at = wall_of(query.optional_integer(12));
  task.metrics_json = query.text(13);
  return task;
}

}  // namespace

void expect_task(db::Database& database) {
  static_cast<void>(database.prepare(k_upsert_task));
}

void upsert_task(db::Database& database, std::int64_t job, const TaskRow& task) {
  db::Statement insert = database.prepare(k_upsert_task);
  insert.bind_all(job, task.task, task.attempt, std::string_view(task.state));
  insert.bind_text_or_null(5, task.name).bind_text_or_null(6, task.process);
  insert.bind_text_or_null(7, task.tag).bind_text_or_null(8, task.hash);
  insert.bind_text_or_null(9, task.workdir).bind(10, task.exit_status);
  insert.bind_text_or_null(11, task.error).bind(12, millis_of(task.submitted_at));
  insert.bind(13, millis_of(task.started_at)).bind(14, millis_of(task.finished_at));
  insert.bind_text_or_null(15, task.metrics_json).run();
}

std::vector<TaskRow> JobStore::tasks(const std::string& id) {
  db::Statement query = database_->prepare(
      "SELECT task, attempt, state, name, process, tag, hash, workdir, exit_status, error, "
      "submitted_at, started_at, finished_at, metrics FROM job_tasks "
      "WHERE job = (SELECT number FROM jobs WHERE id = ?1) ORDER BY task, attempt");
  query.bind(1, std::string_view(id));
  std::vector<TaskRow> tasks;
  while (query.step()) tasks.push_back(read_task(query));
  return tasks;
}

std::vector<ProcessCount> JobStore::process_counts(const std::string& id) {
  // The newest attempt: bare columns beside max() are those of its row.
  db::Statement query = database_->prepare(
      "SELECT process, state, count(*), min(task) FROM (SELECT task, coalesce(process, '') AS "
      "process, state, max(attempt) FROM job_tasks WHERE job = (SELECT number FROM jobs WHERE id = "
      "?1) GROUP BY task) GROUP BY process, state");
  query.bind(1, std::string_view(id));
  std::vector<ProcessCount> counts;
  std::unordered_map<std::string, std::int64_t> first;
  while (query.step()) {
    counts.push_back({query.text(0), query.text(1), query.integer(2)});
    const auto [place, is_new] = first.try_emplace(counts.back().process, query.integer(3));
    place->second = std::min(place->second, query.integer(3));
  }
  std::stable_sort(counts.begin(), counts.end(), [&](const auto& a, const auto& b) {
    return first[a.process] < first[b.process];
  });
  return counts;
}

bool JobStore::set_pinned(const std::string& id, bool pinned) {
  bool done = false;
  atomically([&] {
    database_->prepare("UPDATE jobs SET pinned = ?2 WHERE id = ?1")
        .bind_all(std::string_view(id), pinned)
        .run();
    done = database_->changes() > 0;
  });
  return done;
}

void JobStore::audit(std::string_view actor, std::string_view action, std::string_view job,
                     std::string_view result) {
  // Old entries make room: this is a note for people, not the history itself.
  constexpr std::int64_t k_entries_max = 10000;
  atomically([&] {
    db::Statement insert = database_->prepare(
        "INSERT INTO job_audit(at, actor, action, job, result) VALUES (?1, ?2, ?3, ?4, ?5)");
    insert.bind_all(base::to_millis(surroundings_.wall()), actor, action);
    insert.bind_text_or_null(4, job).bind_text_or_null(5, result).run();
    database_
        ->prepare("DELETE FROM job_audit WHERE number <= (SELECT max(number) FROM job_audit) - ?1")
        .bind(1, k_entries_max)
        .run();
  });
}

std::vector<JobStore::AuditEntry> JobStore::audit_entries(std::int64_t limit) {
  db::Statement query = database_->prepare(
      "SELECT at, actor, action, job, result FROM job_audit ORDER BY number DESC LIMIT ?1");
  query.bind(1, limit);
  std::vector<AuditEntry> entries;
  while (query.step()) {
    entries.push_back({base::from_millis(query.integer(0)), query.text(1), query.text(2),
                       query.text(3), query.text(4)});
  }
  return entries;
}

}  // namespace weir::jobs
