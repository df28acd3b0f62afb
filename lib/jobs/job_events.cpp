// Events of jobs, and what a run's owner tells of it.
#include "jobs/internal/job_events.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "jobs/internal/job_change.hpp"
#include "jobs/job_store.hpp"

#include <fmt/format.h>

namespace weir::jobs {

using base::WallTime;

namespace {

constexpr std::string_view k_insert_event_at =
    "INSERT INTO job_events(place, attempt, at, type, data) VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr std::string_view k_last_event =
    "SELECT max(place) FROM job_events WHERE place > ?1 AND place < ?2";
constexpr std::string_view k_update_counts =
    "UPDATE jobs SET counts = ?2, progress = ?3, progress_text = ?4 WHERE number = ?1";

void check_event_size(const JobRow& row, std::string_view data) {
  if (data.size() <= k_event_bytes_max) return;
  throw Error(ErrorKind::bug,
              fmt::format("an event of job {} has {} bytes", row.job.id, data.size()));
}

}  // namespace

void insert_event_at(db::Database& database, const JobRow& row, std::int64_t seq, WallTime at,
                     std::string_view type, std::string_view data) {
  check_event_size(row, data);
  database.prepare(k_insert_event_at)
      .bind_all(event_place(row.number, seq), row.job.attempt, base::to_millis(at), type, data)
      .run();
}

// Numbered by the insert itself: one statement less for a single event.
void insert_event(db::Database& database, const JobRow& row, WallTime at, std::string_view type,
                  std::string_view data) {
  check_event_size(row, data);
  database
      .prepare(
          "INSERT INTO job_events(place, attempt, at, type, data) VALUES (1 + coalesce((SELECT "
          "max(place) FROM job_events WHERE place > ?1 AND place < ?2), ?1), ?3, ?4, ?5, ?6)")
      .bind_all(event_place(row.number, 0), event_place(row.number + 1, 0), row.job.attempt,
                base::to_millis(at), type, data)
      .run();
}

std::int64_t last_event(db::Database& database, std::int64_t job_number) {
  db::Statement query = database.prepare(k_last_event);
  query.bind_all(event_place(job_number, 0), event_place(job_number + 1, 0));
  return query.step() ? seq_at(query.integer(0)) : 0;
}

std::vector<JobEvent> JobStore::events(const std::string& id, std::int64_t after,
                                       std::int64_t limit) {
  // The places of `event_place`; one statement, since each of them locks and reads anew.
  db::Statement query = database_->prepare(
      "SELECT place, attempt, at, type, data FROM job_events "
      "WHERE place > ((SELECT number FROM jobs WHERE id = ?1) << 32) + ?2 "
      "AND place < ((SELECT number FROM jobs WHERE id = ?1) + 1) << 32 ORDER BY place LIMIT ?3");
  query.bind_all(std::string_view(id), after, limit);
  std::vector<JobEvent> events;
  while (query.step()) {
    events.push_back({seq_at(query.integer(0)), query.integer(1),
                      base::from_millis(query.integer(2)), query.text(3), query.text(4)});
  }
  return events;
}

std::int64_t JobStore::last_seq(const std::string& id) {
  const std::optional<JobRow> row = load_row(*database_, id);
  return row.has_value() ? last_event(*database_, row->number) : 0;
}

bool JobStore::append_events(const Attempt& attempt, std::span<const NewEvent> events) {
  Progress progress;
  progress.events.assign(events.begin(), events.end());
  return record_progress(attempt, progress);
}

void JobStore::expect_progress() {
  for (const std::string_view sql : {k_last_event, k_insert_event_at, k_update_counts})
    static_cast<void>(database_->prepare(sql));
  expect_task(*database_);
}

bool JobStore::record_progress(const Attempt& attempt, const Progress& progress,
                               const Recorded& recorded) {
  std::vector<JobEvent> events;
  const auto work = [&](JobRow& row) {
    events.clear();
    const WallTime now = surroundings_.wall();
    std::int64_t seq = last_event(*database_, row.number) + 1;
    const auto record = [&](std::string_view type, std::string data) {
      insert_event_at(*database_, row, seq, now, type, data);
      if (recorded)
        events.push_back({seq, row.job.attempt, now, std::string(type), std::move(data)});
      ++seq;
    };
    for (const TaskRow& task : progress.tasks) {
      upsert_task(*database_, row.number, task);
      record("task", task_json(task));
    }
    for (const NewEvent& event : progress.events) record(event.type, event.data_json);
    if (progress.counts_json.empty()) return true;
    database_->prepare(k_update_counts)
        .bind_all(row.number, std::string_view(progress.counts_json), progress.fraction,
                  std::string_view(base::printable(progress.text, k_progress_text_bytes_max)))
        .run();
    return true;
  };
  return if_owned(*this, attempt, Leased::any, work, [&] {
    if (recorded) recorded(events);
  });
}

}  // namespace weir::jobs
