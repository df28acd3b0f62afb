#include "jobs/internal/job_row.hpp"

#include "base/error.hpp"
#include "db/database.hpp"
#include "db/migration.hpp"

#include <fmt/format.h>

#include <array>

namespace weir::jobs {
namespace {

using base::WallTime;

// `holds`: the job occupies its key and directory. `open`: it is not terminal. Both follow from
// kind and state and are stored because they carry the indexes. Times: wall milliseconds, boot
// nanoseconds.
constexpr std::string_view k_version_1 = R"sql(
CREATE TABLE jobs(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK(kind IN ('run','preprocess','service')),
  state TEXT NOT NULL CHECK(state IN
    ('queued','starting','running','cancelling','succeeded','failed','cancelled','lost')),
  open INTEGER NOT NULL, holds INTEGER NOT NULL,
  key TEXT NOT NULL, directory TEXT, name TEXT, fingerprint TEXT, actor TEXT,
  attempt INTEGER NOT NULL, attempts_max INTEGER NOT NULL,
  owner_pid INTEGER, owner_start INTEGER, owner_boot TEXT, owner_namespace TEXT,
  lease_until INTEGER, not_before INTEGER, deadline INTEGER,
  cancel_actor TEXT, cancel_reason TEXT,
  submitted_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
  started_boot INTEGER, started_boot_id TEXT, duration_ms INTEGER, duration_estimated INTEGER,
  progress REAL, progress_text TEXT,
  ok INTEGER, reason TEXT, error_code TEXT, error_text TEXT, permanent INTEGER,
  exit_status INTEGER, exit_signal INTEGER, result TEXT, request TEXT NOT NULL);
CREATE INDEX jobs_by_key ON jobs(key);
CREATE INDEX jobs_open ON jobs(kind, state) WHERE open = 1;
CREATE UNIQUE INDEX jobs_one_per_key ON jobs(key) WHERE holds = 1;
CREATE UNIQUE INDEX jobs_one_per_directory ON jobs(directory) WHERE holds = 1;
CREATE TABLE job_events(
  job INTEGER NOT NULL, seq INTEGER NOT NULL, attempt INTEGER NOT NULL, at INTEGER NOT NULL,
  type TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY(job, seq)) WITHOUT ROWID;
CREATE TABLE job_stages(
  job INTEGER NOT NULL, kind TEXT NOT NULL, attempt INTEGER NOT NULL, cache_key TEXT NOT NULL,
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, finished_at INTEGER NOT NULL,
  PRIMARY KEY(job, kind)) WITHOUT ROWID;
)sql";

// Tasks of runs; requests that must not be done twice; who did what by hand.
constexpr std::string_view k_version_2 = R"sql(
ALTER TABLE jobs ADD COLUMN engine TEXT;
ALTER TABLE jobs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN rebuilt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN counts TEXT;
ALTER TABLE jobs ADD COLUMN cancel_grace INTEGER;
CREATE INDEX jobs_by_directory ON jobs(directory) WHERE directory IS NOT NULL;
CREATE INDEX jobs_ended ON jobs(finished_at) WHERE open = 0;
CREATE TABLE job_tasks(
  job INTEGER NOT NULL, task INTEGER NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL,
  name TEXT, process TEXT, tag TEXT, hash TEXT, workdir TEXT, exit_status INTEGER, error TEXT,
  submitted_at INTEGER, started_at INTEGER, finished_at INTEGER, metrics TEXT,
  PRIMARY KEY(job, task, attempt)) WITHOUT ROWID;
CREATE TABLE job_requests(
  actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, job INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, PRIMARY KEY(actor, key)) WITHOUT ROWID;
CREATE TABLE job_meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE job_audit(
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  job TEXT, result TEXT);
)sql";

// Rows of the two large tables stand under a number. In a table WITHOUT ROWID a row of more than a
// fifth of a page is cut in two, and each step of a search reads both parts of the rows it meets.
// `place`: see `event_place`.
constexpr std::string_view k_version_3 = R"sql(
ALTER TABLE job_events RENAME TO job_events_2;
CREATE TABLE job_events(
  place INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, at INTEGER NOT NULL,
  type TEXT NOT NULL, data TEXT NOT NULL);
INSERT INTO job_events SELECT job << 32 | seq, attempt, at, type, data FROM job_events_2;
DROP TABLE job_events_2;
ALTER TABLE job_tasks RENAME TO job_tasks_2;
CREATE TABLE job_tasks(
  job INTEGER NOT NULL, task INTEGER NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL,
  name TEXT, process TEXT, tag TEXT, hash TEXT, workdir TEXT, exit_status INTEGER, error TEXT,
  submitted_at INTEGER, started_at INTEGER, finished_at INTEGER, metrics TEXT);
CREATE UNIQUE INDEX job_tasks_key ON job_tasks(job, task, attempt);
INSERT INTO job_tasks SELECT * FROM job_tasks_2;
DROP TABLE job_tasks_2;
)sql";

// Most jobs have no directory: the index need not hear of them at each claim and each end.
constexpr std::string_view k_version_4 = R"sql(
DROP INDEX jobs_one_per_directory;
CREATE UNIQUE INDEX jobs_one_per_directory ON jobs(directory)
  WHERE holds = 1 AND directory IS NOT NULL;
)sql";

// IN with more than two texts makes a table in memory at each statement that checks it, which costs
// as much as the rest of an insert.
constexpr std::string_view k_version_5 = R"sql(
ALTER TABLE jobs RENAME TO jobs_4;
CREATE TABLE jobs(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK(kind = 'run' OR kind = 'preprocess' OR kind = 'service'),
  state TEXT NOT NULL CHECK(
    state = 'queued' OR state = 'starting' OR state = 'running' OR state = 'cancelling' OR
    state = 'succeeded' OR state = 'failed' OR state = 'cancelled' OR state = 'lost'),
  open INTEGER NOT NULL, holds INTEGER NOT NULL,
  key TEXT NOT NULL, directory TEXT, name TEXT, fingerprint TEXT, actor TEXT,
  attempt INTEGER NOT NULL, attempts_max INTEGER NOT NULL,
  owner_pid INTEGER, owner_start INTEGER, owner_boot TEXT, owner_namespace TEXT,
  lease_until INTEGER, not_before INTEGER, deadline INTEGER,
  cancel_actor TEXT, cancel_reason TEXT,
  submitted_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
  started_boot INTEGER, started_boot_id TEXT, duration_ms INTEGER, duration_estimated INTEGER,
  progress REAL, progress_text TEXT,
  ok INTEGER, reason TEXT, error_code TEXT, error_text TEXT, permanent INTEGER,
  exit_status INTEGER, exit_signal INTEGER, result TEXT, request TEXT NOT NULL,
  engine TEXT, pinned INTEGER NOT NULL DEFAULT 0, rebuilt INTEGER NOT NULL DEFAULT 0,
  counts TEXT, cancel_grace INTEGER);
INSERT INTO jobs SELECT * FROM jobs_4;
DROP TABLE jobs_4;
CREATE INDEX jobs_by_key ON jobs(key);
CREATE INDEX jobs_open ON jobs(kind, state) WHERE open = 1;
CREATE UNIQUE INDEX jobs_one_per_key ON jobs(key) WHERE holds = 1;
CREATE UNIQUE INDEX jobs_one_per_directory ON jobs(directory)
  WHERE holds = 1 AND directory IS NOT NULL;
CREATE INDEX jobs_by_directory ON jobs(directory) WHERE directory IS NOT NULL;
CREATE INDEX jobs_ended ON jobs(finished_at) WHERE open = 0;
)sql";

constexpr std::array k_steps{db::Migration{1, k_version_1}, db::Migration{2, k_version_2},
                             db::Migration{3, k_version_3}, db::Migration{4, k_version_4},
                             db::Migration{5, k_version_5}};

constexpr std::string_view k_columns =
    "number, id, kind, state, key, directory, name, fingerprint, actor, attempt, attempts_max, "
    "owner_pid, owner_start, owner_boot, owner_namespace, lease_until, not_before, deadline, "
    "cancel_actor, cancel_reason, submitted_at, started_at, finished_at, started_boot, "
    "started_boot_id, "
    "duration_ms, duration_estimated, progress, progress_text, "
    "ok, reason, error_code, error_text, permanent, exit_status, exit_signal, result, request, "
    "engine, pinned, rebuilt, counts, cancel_grace";

/// Hands out the columns of a row one after the other, so that none is counted by hand.
class Columns {
 public:
  explicit Columns(const db::Statement& statement) : statement_(statement) {}
  std::int64_t integer() { return statement_.integer(next_++); }
  std::optional<std::int64_t> optional_integer() { return statement_.optional_integer(next_++); }
  std::string text() { return statement_.text(next_++); }
  WallTime wall() { return base::from_millis(integer()); }
  std::optional<WallTime> optional_wall() {
    const std::optional<std::int64_t> millis = optional_integer();
    if (!millis.has_value()) return std::nullopt;
    return base::from_millis(*millis);
  }
  double real_or(double fallback) {
    const int column = next_++;
    return statement_.is_null(column) ? fallback : statement_.real(column);
  }

 private:
  const db::Statement& statement_;
  int next_ = 0;
};

template <typename Value>
Value known(std::optional<Value> value, const std::string& id) {
  if (value.has_value()) return *value;
  throw Error(ErrorKind::store,
              fmt::format("the record of job {} holds a word that is not known", id))
      .with_code("store_corrupt");
}

Outcome read_outcome(Columns& columns) {
  Outcome outcome;
  outcome.ok = columns.integer() != 0;
  outcome.reason = columns.text();
  outcome.error_code = columns.text();
  outcome.error_text = columns.text();
  outcome.permanent = columns.integer() != 0;
  outcome.exit_status = columns.optional_integer();
  outcome.exit_signal = columns.optional_integer();
  outcome.result_json = columns.text();
  return outcome;
}

}  // namespace

void migrate_jobs(db::Database& database) {
  db::migrate(database, "jobs", k_steps);
}

std::string select_jobs(std::string_view rest) {
  return fmt::format("SELECT {} FROM jobs {}", k_columns, rest);
}

JobRow read_row(const db::Statement& statement) {
  Columns columns(statement);
  JobRow row;
  Job& job = row.job;
  row.number = columns.integer();
  job.id = columns.text();
  job.kind = known(parse_kind(columns.text()), job.id);
  job.state = known(parse_state(columns.text()), job.id);
  job.key = columns.text();
  job.directory = columns.text();
  job.name = columns.text();
  job.fingerprint = columns.text();
  job.actor = columns.text();
  job.attempt = columns.integer();
  job.attempts_max = columns.integer();
  job.owner.pid = static_cast<pid_t>(columns.integer());
  job.owner.start_ticks = static_cast<std::uint64_t>(columns.integer());
  job.owner.boot = columns.text();
  job.owner_namespace = columns.text();
  job.lease_until = base::BootTime(columns.integer());
  job.not_before = columns.wall();
  job.deadline = columns.optional_wall();
  job.cancel_actor = columns.text();
  job.cancel_reason = columns.text();
  job.submitted_at = columns.wall();
  job.started_at = columns.optional_wall();
  job.finished_at = columns.optional_wall();
  row.started_boot = base::BootTime(columns.integer());
  row.started_boot_id = columns.text();
  job.duration_ms = columns.optional_integer();
  job.duration_estimated = columns.integer() != 0;
  job.progress = columns.real_or(-1);
  job.progress_text = columns.text();
  job.outcome = read_outcome(columns);
  job.request_json = columns.text();
  job.engine = columns.text();
  job.pinned = columns.integer() != 0;
  job.rebuilt = columns.integer() != 0;
  job.counts_json = columns.text();
  if (const auto grace = columns.optional_integer(); grace.has_value())
    job.cancel_grace = std::chrono::milliseconds(*grace);
  return row;
}

std::optional<JobRow> load_row(db::Database& database, const std::string& id) {
  static const std::string sql = select_jobs("WHERE id = ?1");
  db::Statement query = database.prepare(sql);
  query.bind(1, std::string_view(id));
  if (!query.step()) return std::nullopt;
  return read_row(query);
}

bool holds_key(JobKind kind, JobState state) {
  // A queued run waits for its lane; other queued jobs are what later requests attach to.
  return is_owned(state) || (state == JobState::queued && kind != JobKind::run);
}

// No RETURNING: that makes a table of its own in
// memory for each statement, which costs as much as the insert.
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
  row.number = database.last_row();
}

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
      "permanent = ?24, exit_status = ?25, exit_signal = ?26, result = ?27, "
      // Of what succeeded the last look was before its end.
      "progress = CASE WHEN ?20 = 1 AND progress >= 0 THEN 1.0 ELSE progress END "
      "WHERE number = ?1");
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

}  // namespace weir::jobs
