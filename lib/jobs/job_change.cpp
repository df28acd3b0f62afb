#include "jobs/internal/job_change.hpp"

#include "base/text.hpp"
#include "db/database.hpp"
#include "jobs/internal/job_events.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace weir::jobs {
namespace {

using base::BootTime;
using base::WallTime;
using std::chrono::milliseconds;

/// Harmless to show, its lines kept: a report of a failed task is many of them.
std::string printable_lines(std::string_view text, std::size_t bytes_max) {
  std::string shown;
  for (const std::string_view line : base::split(text, '\n')) {
    if (shown.size() >= bytes_max) return shown + "…";
    if (!shown.empty()) shown += '\n';
    shown += base::printable(line, bytes_max - shown.size());
  }
  return std::string(base::trim(shown));
}

void record_duration(JobRow& row, const Surroundings& surroundings) {
  Job& job = row.job;
  job.finished_at = std::max(surroundings.wall(), job.started_at.value_or(WallTime{}));
  if (!job.started_at.has_value()) return;
  job.duration_estimated = row.started_boot_id != surroundings.self.boot;
  job.duration_ms =
      job.duration_estimated
          ? (*job.finished_at - *job.started_at).count()
          : std::chrono::duration_cast<milliseconds>(surroundings.boot() - row.started_boot)
                .count();
}

/// The row, when `attempt` owns it.
std::optional<JobRow> load_owned(db::Database& database, const Surroundings& surroundings,
                                 const Attempt& attempt, Leased leased) {
  std::optional<JobRow> row = load_row(database, attempt.id);
  if (!row.has_value() || row->job.attempt != attempt.number || !is_owned(row->job.state))
    return std::nullopt;
  const bool expired =
      row->job.lease_until.count() > 0 && row->job.lease_until < surroundings.boot();
  if (leased == Leased::yes && expired) return std::nullopt;
  return row;
}

/// The data of a `status` or `complete` event.
std::string status_json(const Job& job, JobState previous, bool completed_before_cancel) {
  nlohmann::ordered_json data;
  data["state"] = word_of(job.state);
  data["previous"] = word_of(previous);
  if (!job.outcome.reason.empty()) data["reason"] = job.outcome.reason;
  if (completed_before_cancel) data["completed_before_cancel"] = true;
  if (job.state == JobState::cancelling || job.state == JobState::cancelled) {
    if (!job.cancel_actor.empty()) data["actor"] = job.cancel_actor;
    if (!job.cancel_reason.empty()) data["message"] = job.cancel_reason;
  }
  if (job.duration_estimated) data["duration_estimated"] = true;
  if (!job.outcome.error_code.empty()) data["code"] = job.outcome.error_code;
  if (!job.outcome.error_text.empty()) data["message"] = job.outcome.error_text;
  if (job.outcome.exit_status.has_value()) data["engine_exit"] = *job.outcome.exit_status;
  if (job.outcome.exit_signal.has_value()) data["engine_signal"] = *job.outcome.exit_signal;
  if (job.duration_ms.has_value())
    data["duration_seconds"] = static_cast<double>(*job.duration_ms) / 1000;
  if (is_terminal(job.state) && !job.counts_json.empty()) {
    auto counts = nlohmann::ordered_json::parse(job.counts_json, nullptr, false);
    if (counts.is_object()) data["counts"] = std::move(counts);
  }
  return data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void take_ownership(Job& job, const Surroundings& surroundings, milliseconds lease) {
  job.owner = surroundings.self;
  job.owner_namespace = surroundings.pid_namespace;
  job.lease_until = lease.count() > 0 ? surroundings.boot() + lease : BootTime{0};
}

bool change(db::Database& database, const Surroundings& surroundings, JobRow& row, Trigger trigger,
            const Outcome& outcome) {
  Job& job = row.job;
  const Standing standing{.kind = job.kind,
                          .state = job.state,
                          .attempts_left = job.attempt < job.attempts_max,
                          .deadline_passed = job.cancel_actor == k_actor_time_limit};
  const std::optional<Move> move = next_state(standing, trigger);
  if (!move.has_value()) return false;
  const JobState previous = std::exchange(job.state, move->to);
  const bool completed_before_cancel = previous == JobState::cancelling && outcome.ok;
  if (is_terminal(job.state)) {
    job.outcome = outcome;
    job.outcome.ok = job.state == JobState::succeeded;
    job.outcome.error_text = printable_lines(outcome.error_text, k_error_text_bytes_max);
    if (previous != JobState::lost) record_duration(row, surroundings);
  }
  // A wish to cancel and a time limit are the reason of the end, whatever its owner says of it.
  const bool decided_before = previous == JobState::cancelling || outcome.reason.empty();
  job.outcome.reason = decided_before ? std::string(move->reason) : outcome.reason;
  if (!is_owned(job.state)) job.owner = {};
  update_job(database, row);
  const bool first_end = is_terminal(job.state) && previous != JobState::lost;
  insert_event(database, row, surroundings.wall(), first_end ? "complete" : "status",
               status_json(job, previous, completed_before_cancel));
  return true;
}

void begin_attempt(JobRow& row, const Surroundings& surroundings, milliseconds lease) {
  ++row.job.attempt;
  row.job.outcome = {};
  row.job.started_at = surroundings.wall();
  row.started_boot = surroundings.boot();
  row.started_boot_id = surroundings.self.boot;
  take_ownership(row.job, surroundings, lease);
}

bool if_owned(JobStore& store, const Attempt& attempt, Leased leased,
              const std::function<bool(JobRow&)>& work, const std::function<void()>& committed) {
  bool done = false;
  store.atomically([&] {
    std::optional<JobRow> row = load_owned(store.database(), store.surroundings(), attempt, leased);
    done = row.has_value() && work(*row);
  });
  if (done && committed) committed();
  if (done) store.tell_followers(attempt.id);
  return done;
}

}  // namespace weir::jobs
