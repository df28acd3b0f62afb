// Every change of state goes through `change`, which asks the state machine, writes the row and its
// event. All of it happens inside an immediate transaction on a row read in that same transaction,
// so nothing can come between the decision and the write.
#include "jobs/job_store.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/file_watch.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "jobs/internal/job_row.hpp"
#include "jobs/rebuild.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::jobs {
namespace {

using base::BootTime;
using base::WallTime;
using std::chrono::milliseconds;

bool holds_key(JobKind kind, JobState state) {
  // A queued run waits for its lane; other queued jobs are what later requests attach to.
  return is_owned(state) || (state == JobState::queued && kind != JobKind::run);
}

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

void check_event_size(const JobRow& row, std::string_view data) {
  if (data.size() <= k_event_bytes_max) return;
  throw Error(ErrorKind::bug,
              fmt::format("an event of job {} has {} bytes", row.job.id, data.size()));
}

void insert_event_at(db::Database& database, const JobRow& row, std::int64_t seq, WallTime at,
                     std::string_view type, std::string_view data) {
  check_event_size(row, data);
  database
      .prepare("INSERT INTO job_events(place, attempt, at, type, data) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind_all(event_place(row.number, seq), row.job.attempt, base::to_millis(at), type, data)
      .run();
}

/// Numbered by the insert itself: one statement less for a single event.
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

/// The whole row that a query for ids found, if any. The long list of columns is so compiled only
/// when there is something to read: a start counts every 50 microseconds.
std::optional<JobRow> load_found(db::Database& database, db::Statement& ids) {
  if (!ids.step()) return std::nullopt;
  return load_row(database, ids.text(0));
}

/// The job that occupies the key or the directory, if any.
std::optional<JobRow> holder_of(db::Database& database, const std::string& key,
                                const std::string& directory) {
  db::Statement by_key = database.prepare("SELECT id FROM jobs WHERE key = ?1 AND holds = 1");
  by_key.bind(1, std::string_view(key));
  std::optional<JobRow> holder = load_found(database, by_key);
  if (holder.has_value() || directory.empty()) return holder;
  db::Statement by_directory =
      database.prepare("SELECT id FROM jobs WHERE directory = ?1 AND holds = 1");
  by_directory.bind(1, std::string_view(directory));
  return load_found(database, by_directory);
}

/// The oldest run that waits for the lane.
std::optional<JobRow> first_waiting(db::Database& database, const std::string& key) {
  db::Statement query = database.prepare(
      "SELECT id FROM jobs INDEXED BY jobs_open WHERE open = 1 AND kind = 'run' AND state = "
      "'queued' AND key = ?1 "
      "ORDER BY number LIMIT 1");
  query.bind(1, std::string_view(key));
  return load_found(database, query);
}

/// The newest job with the key that has ended, when its end answers the submission.
std::optional<Claim> answered_before(db::Database& database, const Submission& submission,
                                     WallTime now) {
  if (submission.failure_memory <= milliseconds(0) && !submission.looked_at.has_value()) {
    return std::nullopt;
  }
  db::Statement query = database.prepare(
      "SELECT id FROM jobs WHERE key = ?1 AND open = 0 ORDER BY number DESC LIMIT 1");
  query.bind(1, std::string_view(submission.key));
  std::optional<JobRow> row = load_found(database, query);
  if (!row.has_value()) return std::nullopt;
  const Job& job = row->job;
  const WallTime finished = job.finished_at.value_or(WallTime{});
  const auto own = submission.failure_memory_of.find(job.outcome.reason);
  const milliseconds memory =
      own != submission.failure_memory_of.end() ? own->second : submission.failure_memory;
  if (job.state == JobState::failed && job.outcome.permanent && finished + memory > now) {
    return Claim{Claim::Answer::failed_before, std::move(row->job)};
  }
  if (job.state == JobState::succeeded && submission.looked_at.has_value() &&
      finished >= *submission.looked_at) {
    return Claim{Claim::Answer::done_meanwhile, std::move(row->job)};
  }
  return std::nullopt;
}

std::int64_t count_open(db::Database& database, JobKind kind) {
  db::Statement query = database.prepare(
      "SELECT count(*) FROM jobs INDEXED BY jobs_open WHERE open = 1 AND kind = ?1");
  query.bind(1, word_of(kind));
  return query.step() ? query.integer(0) : 0;
}

/// A new row, queued or owned from its beginning. No RETURNING: that makes a table of its own in
/// memory for each statement, which costs as much as the insert.
void insert_job(db::Database& database, JobRow& row) {
  const Job& job = row.job;
  db::Statement insert = database.prepare(
      "INSERT INTO jobs(id, kind, state, open, holds, key, directory, name, fingerprint, actor, "
      "attempt, attempts_max, not_before, deadline, submitted_at, request, owner_pid, owner_start, "
      "owner_boot, owner_namespace, lease_until, started_at, started_boot, started_boot_id, "
      "duration_estimated, ok, permanent, engine) "
      "VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
      "?19, ?20, ?21, ?22, ?23, 0, 0, 0, ?24)");
  insert.bind_all(std::string_view(job.id), word_of(job.kind), word_of(job.state),
                  holds_key(job.kind, job.state), std::string_view(job.key));
  insert.bind_text_or_null(6, job.directory).bind_text_or_null(7, job.name);
  insert.bind_text_or_null(8, job.fingerprint).bind_text_or_null(9, job.actor);
  insert.bind(10, job.attempt).bind(11, job.attempts_max).bind(12, base::to_millis(job.not_before));
  if (job.deadline.has_value()) insert.bind(13, base::to_millis(*job.deadline));
  insert.bind(14, base::to_millis(job.submitted_at)).bind(15, std::string_view(job.request_json));
  if (job.owner.pid != 0) {
    insert.bind(16, std::int64_t{job.owner.pid});
    insert.bind(17, static_cast<std::int64_t>(job.owner.start_ticks));
    insert.bind(18, std::string_view(job.owner.boot));
    insert.bind(19, std::string_view(job.owner_namespace)).bind(20, job.lease_until.count());
  }
  if (job.started_at.has_value()) {
    insert.bind(21, base::to_millis(*job.started_at)).bind(22, row.started_boot.count());
    insert.bind(23, std::string_view(row.started_boot_id));
  }
  insert.bind_text_or_null(24, job.engine).run();
  db::Statement number = database.prepare("SELECT last_insert_rowid()");
  if (!number.step()) throw Error(ErrorKind::bug, "a new job got no number");
  row.number = number.integer(0);
}

/// Writes all columns that a change of state can touch.
void update_job(db::Database& database, const JobRow& row) {
  const Job& job = row.job;
  const bool owned = job.owner.pid != 0;
  db::Statement update = database.prepare(
      "UPDATE jobs SET state = ?2, open = ?3, holds = ?4, attempt = ?5, owner_pid = ?6, "
      "owner_start = ?7, "
      "owner_boot = ?8, owner_namespace = ?9, lease_until = ?10, not_before = ?11, cancel_actor = "
      "?12, "
      "cancel_reason = ?13, started_at = ?14, finished_at = ?15, started_boot = ?16, "
      "started_boot_id = ?17, "
      "duration_ms = ?18, duration_estimated = ?19, ok = ?20, reason = ?21, error_code = ?22, "
      "error_text = ?23, "
      "permanent = ?24, exit_status = ?25, exit_signal = ?26, result = ?27 WHERE number = ?1");
  update.bind_all(row.number, word_of(job.state), !is_terminal(job.state),
                  holds_key(job.kind, job.state), job.attempt);
  if (owned) {
    update.bind(6, std::int64_t{job.owner.pid})
        .bind(7, static_cast<std::int64_t>(job.owner.start_ticks));
    update.bind(8, std::string_view(job.owner.boot)).bind(9, std::string_view(job.owner_namespace));
    update.bind(10, job.lease_until.count());
  }
  update.bind(11, base::to_millis(job.not_before));
  update.bind_text_or_null(12, job.cancel_actor).bind_text_or_null(13, job.cancel_reason);
  if (job.started_at.has_value()) update.bind(14, base::to_millis(*job.started_at));
  if (job.finished_at.has_value()) update.bind(15, base::to_millis(*job.finished_at));
  update.bind(16, row.started_boot.count()).bind_text_or_null(17, row.started_boot_id);
  update.bind(18, job.duration_ms).bind(19, std::int64_t{job.duration_estimated});
  const Outcome& outcome = job.outcome;
  update.bind(20, std::int64_t{outcome.ok}).bind_text_or_null(21, outcome.reason);
  update.bind_text_or_null(22, outcome.error_code).bind_text_or_null(23, outcome.error_text);
  update.bind(24, std::int64_t{outcome.permanent})
      .bind(25, outcome.exit_status)
      .bind(26, outcome.exit_signal);
  update.bind_text_or_null(27, outcome.result_json).run();
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

void take_ownership(Job& job, const Surroundings& surroundings, milliseconds lease) {
  job.owner = surroundings.self;
  job.owner_namespace = surroundings.pid_namespace;
  job.lease_until = lease.count() > 0 ? surroundings.boot() + lease : BootTime{0};
}

/// Applies a trigger to a row read in the present transaction. Nothing when the state machine has
/// no such move.
bool change(db::Database& database, const Surroundings& surroundings, JobRow& row, Trigger trigger,
            const Outcome& outcome = {}) {
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

/// The row, when `attempt` owns it; with `leased`, only while its lease lasts.
enum class Leased { any, yes };
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

JobRow new_row(const Submission& submission, const Surroundings& surroundings) {
  JobRow row;
  Job& job = row.job;
  job.id = make_job_id(submission.kind);
  job.kind = submission.kind;
  job.key = submission.key;
  job.directory = submission.directory;
  job.name = submission.name;
  job.fingerprint = submission.fingerprint;
  job.actor = submission.actor;
  job.attempts_max = submission.attempts_max;
  job.request_json = submission.request_json;
  job.engine = submission.engine;
  job.submitted_at = surroundings.wall();
  job.not_before = job.submitted_at;
  if (submission.queue_limit.has_value()) job.deadline = job.submitted_at + *submission.queue_limit;
  return row;
}

/// The job that the same actor's same request key was given for, while it is remembered.
std::optional<Claim> asked_before(db::Database& database, const Submission& submission,
                                  WallTime now) {
  if (submission.request_key.empty()) return std::nullopt;
  db::Statement query = database.prepare(
      "SELECT jobs.id, job_requests.fingerprint FROM job_requests JOIN jobs ON jobs.number = "
      "job_requests.job WHERE job_requests.actor = ?1 AND job_requests.key = ?2 AND expires_at > "
      "?3");
  query.bind_all(std::string_view(submission.actor), std::string_view(submission.request_key),
                 base::to_millis(now));
  if (!query.step()) return std::nullopt;
  const bool same = query.text(1) == submission.fingerprint;
  std::optional<JobRow> row = load_row(database, query.text(0));
  if (!row.has_value()) return std::nullopt;
  return Claim{same ? Claim::Answer::repeated : Claim::Answer::key_reused, std::move(row->job)};
}

void remember_request(db::Database& database, const Submission& submission, const JobRow& row,
                      WallTime now) {
  if (submission.request_key.empty()) return;
  database.prepare("DELETE FROM job_requests WHERE expires_at <= ?1")
      .bind(1, base::to_millis(now))
      .run();
  database
      .prepare(
          "INSERT INTO job_requests(actor, key, fingerprint, job, expires_at) "
          "VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind_all(std::string_view(submission.actor), std::string_view(submission.request_key),
                std::string_view(submission.fingerprint), row.number,
                base::to_millis(now + std::chrono::milliseconds(k_request_memory)))
      .run();
}

/// What stands in the way of a new job; nothing when the way is free. `queue_it` is set when it may
/// wait instead.
std::optional<Claim> obstacle(db::Database& database, const Surroundings& surroundings,
                              const Submission& submission, bool& queue_it) {
  std::optional<Claim> asked = asked_before(database, submission, surroundings.wall());
  if (asked.has_value()) return asked;
  std::optional<JobRow> holder = holder_of(database, submission.key, submission.directory);
  if (!holder.has_value() && submission.kind == JobKind::run)
    holder = first_waiting(database, submission.key);
  if (holder.has_value()) {
    queue_it =
        submission.kind == JobKind::run && submission.when_busy == Submission::WhenBusy::queue;
    if (!queue_it) return Claim{Claim::Answer::held, std::move(holder->job)};
  }
  std::optional<Claim> answered = answered_before(database, submission, surroundings.wall());
  if (answered.has_value()) return answered;
  // Checked last: joining a job that exists costs nothing and is never refused.
  if (submission.active_max > 0 && count_open(database, submission.kind) >= submission.active_max) {
    return Claim{Claim::Answer::full, {}};
  }
  return std::nullopt;
}

bool may_start(db::Database& database, const JobRow& row, WallTime now) {
  const Job& job = row.job;
  if (job.state != JobState::queued || job.not_before > now) return false;
  if (job.deadline.has_value() && *job.deadline < now) return false;
  if (job.kind != JobKind::run) return true;
  if (holder_of(database, job.key, job.directory).has_value()) return false;
  const std::optional<JobRow> first = first_waiting(database, job.key);
  return first.has_value() && first->number == row.number;
}

/// In one transaction: what `work` says of the row that `attempt` owns; false when it owns none.
bool if_owned(JobStore& store, const Attempt& attempt, Leased leased,
              const std::function<bool(JobRow&)>& work) {
  bool done = false;
  store.atomically([&] {
    std::optional<JobRow> row = load_owned(store.database(), store.surroundings(), attempt, leased);
    done = row.has_value() && work(*row);
  });
  if (done) store.tell_followers(attempt.id);
  return done;
}

}  // namespace

JobStore::JobStore(std::filesystem::path state_dir, Surroundings surroundings)
    : state_dir_(std::move(state_dir)), surroundings_(std::move(surroundings)) {
  refuse_emptied(state_dir_);
  const bool fresh = !exists(state_dir_);
  database_ = std::make_unique<db::Database>(state_dir_ / "weir.db");
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

Claim JobStore::claim(const Submission& submission) {
  WEIR_ASSERT(!submission.key.empty());
  if (submission.when_busy == Submission::WhenBusy::refuse && submission.request_key.empty()) {
    // A look without the write lock: attaching is the common case among many processes.
    std::optional<JobRow> holder = holder_of(*database_, submission.key, submission.directory);
    if (holder.has_value()) return {Claim::Answer::held, std::move(holder->job)};
  }
  Claim claim;
  atomically([&] {
    bool queue_it = false;
    std::optional<Claim> refused = obstacle(*database_, surroundings_, submission, queue_it);
    if (refused.has_value()) {
      claim = std::move(*refused);
      return;
    }
    JobRow row = new_row(submission, surroundings_);
    const bool start_now = submission.begin == Submission::Begin::starting && !queue_it;
    if (!start_now) {
      insert_job(*database_, row);
      if (row.job.kind == JobKind::run) {
        // The process that waits will be the one that runs it: when it is gone, so is the request.
        take_ownership(row.job, surroundings_, milliseconds(0));
        update_job(*database_, row);
      }
      insert_event(*database_, row, surroundings_.wall(), "status", R"({"state":"queued"})");
    } else {
      row.job.state = JobState::starting;
      begin_attempt(row, surroundings_, submission.lease);
      insert_job(*database_, row);
      insert_event(*database_, row, surroundings_.wall(), "status", R"({"state":"starting"})");
    }
    remember_request(*database_, submission, row, surroundings_.wall());
    claim = {Claim::Answer::fresh, std::move(row.job)};
  });
  return claim;
}

std::optional<Job> JobStore::start(const std::string& id, milliseconds lease) {
  std::optional<Job> started;
  atomically([&] {
    started.reset();
    std::optional<JobRow> row = load_row(*database_, id);
    if (!row.has_value() || !may_start(*database_, *row, surroundings_.wall())) return;
    begin_attempt(*row, surroundings_, lease);
    if (change(*database_, surroundings_, *row, Trigger::start)) started = std::move(row->job);
  });
  if (started.has_value()) tell_followers(id);
  return started;
}

std::optional<Job> JobStore::start_next(JobKind kind, milliseconds lease) {
  std::vector<std::string> candidates;
  {
    db::Statement query = database_->prepare(
        "SELECT id FROM jobs INDEXED BY jobs_open WHERE open = 1 AND kind = ?1 AND state = "
        "'queued' AND not_before <= "
        "?2 ORDER BY number");
    query.bind_all(word_of(kind), base::to_millis(surroundings_.wall()));
    while (query.step()) candidates.push_back(query.text(0));
  }
  for (const std::string& id : candidates) {
    std::optional<Job> job = start(id, lease);
    if (job.has_value()) return job;
  }
  return std::nullopt;
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

bool JobStore::append_events(const Attempt& attempt, std::span<const NewEvent> events) {
  Progress progress;
  progress.events.assign(events.begin(), events.end());
  return record_progress(attempt, progress);
}

bool JobStore::record_progress(const Attempt& attempt, const Progress& progress) {
  return if_owned(*this, attempt, Leased::any, [&](JobRow& row) {
    const WallTime now = surroundings_.wall();
    std::int64_t seq = last_event(*database_, row.number) + 1;
    for (const TaskRow& task : progress.tasks) {
      upsert_task(*database_, row.number, task);
      insert_event_at(*database_, row, seq++, now, "task", task_json(task));
    }
    for (const NewEvent& event : progress.events)
      insert_event_at(*database_, row, seq++, now, event.type, event.data_json);
    if (progress.counts_json.empty()) return true;
    database_
        ->prepare(
            "UPDATE jobs SET counts = ?2, progress = ?3, progress_text = ?4 WHERE "
            "number = ?1")
        .bind_all(row.number, std::string_view(progress.counts_json), progress.fraction,
                  std::string_view(base::printable(progress.text, k_progress_text_bytes_max)))
        .run();
    return true;
  });
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
