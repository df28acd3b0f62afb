#include "jobs/job_store.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/file_watch.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "db/migration.hpp"
#include "jobs/internal/job_change.hpp"
#include "jobs/internal/job_events.hpp"
#include "jobs/internal/job_row.hpp"
#include "jobs/rebuild.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::jobs {

using base::WallTime;
using std::chrono::milliseconds;

namespace {

/// Version 3 moved rows that a run of an older weir goes on to write: its records would fail.
void refuse_older_at_work(db::Database& database, const std::filesystem::path& state_dir) {
  constexpr int k_moved_rows = 3;
  const int version = db::schema_version(database, "jobs");
  if (version == 0 || version >= k_moved_rows) return;
  db::Statement open = database.prepare("SELECT id FROM jobs WHERE open = 1");
  while (open.step()) {
    const std::string id = open.text(0);
    if (!RunFolder::is_held(state_dir, id)) continue;
    throw Error(ErrorKind::store, fmt::format("'{}' is of an older weir, whose job {} is active",
                                              database.file().string(), id))
        .with_code("store_older_active")
        .with_hint("wait for its end, use that weir, or another folder with --state-dir");
  }
}

}  // namespace

JobStore::JobStore(std::filesystem::path state_dir, Surroundings surroundings)
    : state_dir_(std::move(state_dir)), surroundings_(std::move(surroundings)) {
  refuse_emptied(state_dir_);
  const bool fresh = !exists(state_dir_);
  database_ = std::make_unique<db::Database>(state_dir_ / "weir.db");
  refuse_older_at_work(*database_, state_dir_);
  migrate_jobs(*database_);
  if (!fresh) return;
  // Somebody took the database away: what still runs must hold its lane before others may claim it.
  Rebuilt rebuilt;
  restore_from_folders(*this, rebuilt);
}

void JobStore::refuse_emptied(const std::filesystem::path& state_dir) {
  const auto info = base::file_info(state_dir / "weir.db");
  if (!info.has_value() || info->size_bytes > 0) return;
  const auto log = base::file_info(state_dir / "weir.db-wal");
  if (log.has_value() && log->size_bytes > 0) return;
  // Somebody may be about to create it at this moment; a folder of a run says that it was used.
  const std::filesystem::path runs = state_dir / "runs";
  if (!base::file_info(runs).has_value() || base::list_folder(runs).empty()) return;
  throw Error(ErrorKind::store, fmt::format("the database '{}' is empty, though there are runs",
                                            (state_dir / "weir.db").string()))
      .with_code("store_corrupt")
      .with_hint("`weir jobs recover --rebuild` makes it anew from their folders");
}

JobStore::~JobStore() = default;

void JobStore::atomically(const std::function<void()>& work) {
  db::in_transaction(*database_, work);
  if (database_->in_transaction()) return;
  for (const std::string& id : std::exchange(told_, {})) {
    base::touch(RunFolder::path_of(state_dir_, id));
  }
}

void JobStore::tell_followers(const std::string& id) {
  if (database_->in_transaction()) {
    told_.push_back(id);
  } else {
    base::touch(RunFolder::path_of(state_dir_, id));
  }
}

bool JobStore::confirm(const Attempt& attempt) {
  return if_owned(*this, attempt, Leased::any, [&](JobRow& row) {
    row.job.owner = surroundings_.self;
    row.job.owner_namespace = surroundings_.pid_namespace;
    return change(*database_, surroundings_, row, Trigger::confirm);
  });
}

bool JobStore::adopt(const Attempt& attempt) {
  return if_owned(*this, attempt, Leased::any, [&](JobRow& row) {
    take_ownership(row.job, surroundings_, milliseconds(0));
    update_job(*database_, row);
    insert_event(*database_, row, surroundings_.wall(), "status",
                 fmt::format(R"({{"state":"{}","previous":"{}","reason":"adopted"}})",
                             word_of(row.job.state), word_of(row.job.state)));
    return true;
  });
}

Beat JobStore::heartbeat(const Attempt& attempt, milliseconds lease) {
  Beat beat;
  atomically([&] {
    db::Statement update = database_->prepare(
        "UPDATE jobs SET lease_until = ?3 WHERE id = ?1 AND attempt = ?2 "
        "AND state IN ('starting','running','cancelling') RETURNING state");
    update.bind_all(std::string_view(attempt.id), attempt.number,
                    (surroundings_.boot() + lease).count());
    beat.owner = update.step();
    beat.cancel_requested = beat.owner && update.text(0) == word_of(JobState::cancelling);
  });
  return beat;
}

bool JobStore::set_progress(const Attempt& attempt, double fraction, std::string_view text) {
  bool done = false;
  atomically([&] {
    db::Statement update = database_->prepare(
        "UPDATE jobs SET progress = ?3, progress_text = ?4 WHERE id = ?1 AND attempt = ?2 "
        "AND state IN ('starting','running','cancelling')");
    update.bind_all(std::string_view(attempt.id), attempt.number, fraction,
                    std::string_view(base::printable(text, k_progress_text_bytes_max)));
    update.run();
    done = database_->changes() > 0;
  });
  return done;
}

bool JobStore::complete_stage(const Attempt& attempt, const Stage& stage) {
  return if_owned(*this, attempt, Leased::yes, [&](JobRow& row) {
    if (row.job.state == JobState::cancelling) return false;
    const WallTime now = surroundings_.wall();
    database_
        ->prepare(
            "INSERT INTO job_stages(job, kind, attempt, cache_key, sha256, size, finished_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(job, kind) DO UPDATE SET attempt = "
            "?3, "
            "finished_at = ?7 WHERE sha256 = ?5 AND cache_key = ?4")
        .bind_all(row.number, std::string_view(stage.kind), attempt.number,
                  std::string_view(stage.cache_key), std::string_view(stage.sha256),
                  stage.size_bytes, base::to_millis(now))
        .run();
    if (database_->changes() == 0) {
      throw Error(
          ErrorKind::failed,
          fmt::format("job {} made its {} a second time with other bytes", attempt.id, stage.kind))
          .with_code("divergent");
    }
    insert_event(*database_, row, now, "stage",
                 fmt::format(R"({{"kind":"{}","cache_key":"{}","sha256":"{}","size":{}}})",
                             stage.kind, stage.cache_key, stage.sha256, stage.size_bytes));
    return true;
  });
}

std::optional<JobState> JobStore::finish(const Attempt& attempt, const Outcome& outcome) {
  JobState reached{};
  const bool ended = if_owned(*this, attempt, Leased::yes, [&](JobRow& row) {
    const Trigger trigger = outcome.ok ? Trigger::end_ok : Trigger::end_bad;
    const bool changed = change(*database_, surroundings_, row, trigger, outcome);
    reached = row.job.state;
    return changed;
  });
  return ended ? std::optional(reached) : std::nullopt;
}

bool JobStore::requeue(const Attempt& attempt, milliseconds delay, std::string_view reason) {
  return if_owned(*this, attempt, Leased::any, [&](JobRow& row) {
    row.job.not_before = surroundings_.wall() + delay;
    Outcome outcome;
    outcome.reason = reason;
    return change(*database_, surroundings_, row, Trigger::requeue, outcome);
  });
}

std::optional<Job> JobStore::cancel(const std::string& id, std::string_view actor,
                                    std::string_view reason, std::optional<milliseconds> grace) {
  std::optional<Job> job;
  atomically([&] {
    job.reset();
    std::optional<JobRow> row = load_row(*database_, id);
    if (!row.has_value()) return;
    if (!is_terminal(row->job.state) && row->job.cancel_actor.empty() &&
        row->job.cancel_reason.empty()) {
      row->job.cancel_actor = actor;
      row->job.cancel_reason = reason;
    }
    std::optional<milliseconds>& kept = row->job.cancel_grace;
    if (grace.has_value() && !is_terminal(row->job.state) && (!kept || *grace < *kept)) {
      kept = grace;
      database_->prepare("UPDATE jobs SET cancel_grace = ?2 WHERE number = ?1")
          .bind_all(row->number, grace->count())
          .run();
    }
    change(*database_, surroundings_, *row, Trigger::cancel);
    job = std::move(row->job);
  });
  if (job.has_value()) tell_followers(id);
  return job;
}

bool JobStore::restore(const Job& job) {
  bool done = false;
  atomically([&] {
    done = false;
    if (load_row(*database_, job.id).has_value()) return;
    JobRow row;
    row.job = job;
    // Two that were alive at once cannot be of one key; what holds it is the one that is.
    if (holds_key(job.kind, job.state) && holder_of(*database_, job.key, job.directory)) return;
    insert_job(*database_, row);
    update_job(*database_, row);
    database_->prepare("UPDATE jobs SET rebuilt = 1 WHERE number = ?1").bind(1, row.number).run();
    insert_event(*database_, row, surroundings_.wall(),
                 is_terminal(job.state) ? "complete" : "status",
                 fmt::format(R"({{"state":"{}","rebuilt":true}})", word_of(job.state)));
    done = true;
  });
  return done;
}

bool JobStore::settle(const Job& seen, Trigger trigger, const Outcome& outcome) {
  bool done = false;
  atomically([&] {
    done = false;
    std::optional<JobRow> row = load_row(*database_, seen.id);
    if (!row.has_value() || row->job.attempt != seen.attempt || row->job.state != seen.state ||
        row->job.lease_until != seen.lease_until || row->job.owner != seen.owner) {
      return;
    }
    row->job.not_before = surroundings_.wall();
    done = change(*database_, surroundings_, *row, trigger, outcome);
  });
  if (done) tell_followers(seen.id);
  return done;
}

}  // namespace weir::jobs
