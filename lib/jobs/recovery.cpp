#include "jobs/recovery.hpp"

#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace weir::jobs {
namespace {

/// What recovery would do to one job, and why.
struct Verdict {
  Trigger trigger = Trigger::owner_gone;
  Outcome outcome;
  std::string why;
};

bool has_folder(JobKind kind) {
  return kind != JobKind::preprocess;
}

Verdict from_exit_record(ExitRecord record) {
  const Trigger trigger = record.outcome.ok ? Trigger::end_ok : Trigger::end_bad;
  return {trigger, std::move(record.outcome),
          "it ended, and only its record was not brought up to date"};
}

Verdict owner_gone(const Job& job, std::string reason, std::string why) {
  Verdict verdict{Trigger::owner_gone, {}, std::move(why)};
  // For the others the state machine's own word is the better one ("launch_error", "lease").
  if (job.kind != JobKind::preprocess && job.state != JobState::starting) {
    verdict.outcome.reason = std::move(reason);
  }
  verdict.outcome.error_text = verdict.why;
  if (job.kind == JobKind::preprocess) {
    verdict.outcome.error_code = "lease";
    verdict.outcome.error_text = "lease: " + verdict.why;
  }
  return verdict;
}

/// Whether the recorded owner can be told to be dead from here; a pid says nothing in another name
/// space.
std::optional<Verdict> judge_owner(const Job& job, const Surroundings& surroundings) {
  if (job.owner.boot != surroundings.self.boot) {
    return owner_gone(job, "host_reboot", "the machine was restarted under it");
  }
  if (job.owner_namespace == surroundings.pid_namespace && !surroundings.alive(job.owner)) {
    return owner_gone(job, "owner_lost",
                      fmt::format("its owner, process {}, is gone", job.owner.pid));
  }
  return std::nullopt;
}

std::optional<Verdict> judge_leased(const Job& job, const Surroundings& surroundings) {
  std::optional<Verdict> verdict = judge_owner(job, surroundings);
  if (verdict.has_value()) return verdict;
  if (job.lease_until.count() > 0 && job.lease_until < surroundings.boot()) {
    return owner_gone(job, "owner_lost",
                      fmt::format("process {} let its lease run out", job.owner.pid));
  }
  return std::nullopt;
}

/// The outcome that the engine's own files prove, when nobody wrote it down.
Verdict inferred(Outcome outcome) {
  const Trigger trigger = outcome.ok ? Trigger::end_ok : Trigger::end_bad;
  return {trigger, std::move(outcome), "its supervisor is gone; its log tells how it ended"};
}

std::optional<Verdict> judge_with_folder(const Job& job, JobStore& store, const EndProbe& probe) {
  if (RunFolder::is_held(store.state_dir(), job.id)) return std::nullopt;
  std::optional<ExitRecord> record = RunFolder::read_exit(store.state_dir(), job.id);
  if (record.has_value() && record->attempt == job.attempt)
    return from_exit_record(std::move(*record));
  EngineTrace trace;
  if (probe && job.state != JobState::starting)
    trace = probe(job, RunFolder::path_of(store.state_dir(), job.id));
  if (trace.end.has_value()) return inferred(std::move(*trace.end));
  std::optional<Verdict> verdict = judge_owner(job, store.surroundings());
  // Between its claim and the lock of its folder only the process itself tells that it lives.
  if (!verdict.has_value() && job.state != JobState::starting)
    verdict = owner_gone(job, "owner_lost", "nobody holds its folder, and it left no exit record");
  if (verdict.has_value() && !trace.left.empty()) {
    verdict->why += "; " + trace.left;
    verdict->outcome.error_text = verdict->why;
  }
  return verdict;
}

std::optional<Verdict> judge_queued(const Job& job, const Surroundings& surroundings) {
  if (job.deadline.has_value() && *job.deadline <= surroundings.wall()) {
    Verdict verdict{Trigger::expire, {}, "it waited longer than it may"};
    if (job.kind == JobKind::preprocess) {
      verdict.outcome.error_code = "capacity";
      verdict.outcome.error_text = "capacity: nobody began it in the time it was to wait";
    }
    return verdict;
  }
  // A run is waited for by the process that will run it; other jobs wait for whoever comes.
  if (job.kind != JobKind::run || job.owner.pid == 0) return std::nullopt;
  std::optional<Verdict> gone = judge_owner(job, surroundings);
  if (!gone.has_value()) return std::nullopt;
  Verdict verdict{Trigger::expire, {}, "the process that waited for its turn is gone"};
  verdict.outcome.reason = "waiter_lost";
  verdict.outcome.error_text = verdict.why;
  return verdict;
}

std::optional<Verdict> judge(const Job& job, JobStore& store, const EndProbe& probe) {
  if (job.state == JobState::queued) return judge_queued(job, store.surroundings());
  return has_folder(job.kind) ? judge_with_folder(job, store, probe)
                              : judge_leased(job, store.surroundings());
}

std::optional<JobState> settled_state(const Job& job, const Verdict& verdict, JobStore& store,
                                      DryRun dry_run) {
  if (dry_run == DryRun::no) {
    if (!store.settle(job, verdict.trigger, verdict.outcome)) return std::nullopt;
    const std::optional<Job> now = store.find(job.id);
    return now.has_value() ? std::optional(now->state) : std::nullopt;
  }
  const std::optional<Move> move =
      next_state({.kind = job.kind,
                  .state = job.state,
                  .attempts_left = job.attempt < job.attempts_max,
                  .deadline_passed = job.cancel_actor == k_actor_time_limit},
                 verdict.trigger);
  return move.has_value() ? std::optional(move->to) : std::nullopt;
}

std::vector<Recovered> recover_those(JobStore& store, DryRun dry_run, const EndProbe& probe,
                                     const std::function<bool(const Job&)>& wanted) {
  std::vector<Recovered> done;
  for (const Job& job : store.active()) {
    if (!wanted(job)) continue;
    const std::optional<Verdict> verdict = judge(job, store, probe);
    if (!verdict.has_value()) continue;
    const std::optional<JobState> to = settled_state(job, *verdict, store, dry_run);
    // Somebody else was first: what they wrote is as true.
    if (!to.has_value()) continue;
    done.push_back({job.id, job.state, *to, verdict->why});
  }
  return done;
}

}  // namespace

std::vector<Recovered> recover(JobStore& store, DryRun dry_run, const EndProbe& probe) {
  return recover_those(store, dry_run, probe, [](const Job&) { return true; });
}

std::vector<Recovered> recover_preprocessing(JobStore& store) {
  return recover_those(store, DryRun::no, {},
                       [](const Job& job) { return job.kind == JobKind::preprocess; });
}

std::vector<Recovered> correct_lost(JobStore& store, DryRun dry_run) {
  constexpr std::int64_t k_looked_at_max = 10000;
  JobFilter filter;
  filter.states = {JobState::lost};
  filter.limit = k_looked_at_max;
  std::vector<Recovered> done;
  for (const Job& job : store.list(filter)) {
    if (!has_folder(job.kind)) continue;
    std::optional<ExitRecord> record = RunFolder::read_exit(store.state_dir(), job.id);
    if (!record.has_value() || record->attempt != job.attempt) continue;
    const Verdict verdict = from_exit_record(std::move(*record));
    const std::optional<JobState> to = settled_state(job, verdict, store, dry_run);
    if (to.has_value()) done.push_back({job.id, job.state, *to, "its exit record turned up"});
  }
  return done;
}

}  // namespace weir::jobs
