// Who may begin: claims of keys and directories, and the queue.
#include "base/error.hpp"
#include "db/database.hpp"
#include "jobs/internal/job_change.hpp"
#include "jobs/internal/job_events.hpp"
#include "jobs/job_store.hpp"

#include <utility>

namespace weir::jobs {
namespace {

using base::WallTime;
using std::chrono::milliseconds;

/// The whole row that a query for ids found, if any. The long list of columns is so compiled only
/// when there is something to read: a start counts every 50 microseconds.
std::optional<JobRow> load_found(db::Database& database, db::Statement& ids) {
  if (!ids.step()) return std::nullopt;
  return load_row(database, ids.text(0));
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

/// The newest job with the key that has ended.
std::optional<JobRow> last_ended(db::Database& database, const std::string& key) {
  db::Statement query = database.prepare(
      "SELECT id FROM jobs WHERE key = ?1 AND open = 0 ORDER BY number DESC LIMIT 1");
  query.bind(1, std::string_view(key));
  return load_found(database, query);
}

/// A job that is tried again ends once more.
std::string name_of_end(const Job& job) {
  return job.id + "/" + std::to_string(job.attempt);
}

/// The newest job with the key that has ended, when its end answers the submission.
std::optional<Claim> answered_before(db::Database& database, const Submission& submission,
                                     WallTime now) {
  if (submission.failure_memory <= milliseconds(0) && !submission.last_end.has_value()) {
    return std::nullopt;
  }
  std::optional<JobRow> row = last_ended(database, submission.key);
  if (!row.has_value()) return std::nullopt;
  const Job& job = row->job;
  const WallTime finished = job.finished_at.value_or(WallTime{});
  const auto own = submission.failure_memory_of.find(job.outcome.reason);
  const milliseconds memory =
      own != submission.failure_memory_of.end() ? own->second : submission.failure_memory;
  if (job.state == JobState::failed && job.outcome.permanent && finished + memory > now) {
    return Claim{Claim::Answer::failed_before, std::move(row->job)};
  }
  if (job.state == JobState::succeeded && submission.last_end.has_value() &&
      name_of_end(job) != *submission.last_end) {
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

}  // namespace

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

std::string JobStore::last_end(const std::string& key) {
  const std::optional<JobRow> row = last_ended(*database_, key);
  return row.has_value() ? name_of_end(row->job) : "";
}

Claim JobStore::claim(const Submission& submission) {
  WEIR_ASSERT(!submission.key.empty());
  const bool may_be_held =
      submission.when_busy == Submission::WhenBusy::refuse && submission.request_key.empty();
  if (may_be_held && held_before_) {
    // A look without the write lock: where others do the same work, attaching is the common case.
    std::optional<JobRow> holder = holder_of(*database_, submission.key, submission.directory);
    if (holder.has_value()) return {Claim::Answer::held, std::move(holder->job)};
  }
  held_before_ = false;
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
  held_before_ = claim.answer == Claim::Answer::held;
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

}  // namespace weir::jobs
