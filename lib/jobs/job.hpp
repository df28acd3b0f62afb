#pragma once

#include "base/clock.hpp"
#include "base/process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::jobs {

enum class JobKind { run, preprocess, service };

/// The last four are terminal: nothing changes them, but that a `lost` job may be corrected by an
/// exit record that turns up late.
enum class JobState { queued, starting, running, cancelling, succeeded, failed, cancelled, lost };

/// The lower-case word, as stored and printed.
[[nodiscard]] std::string_view word_of(JobKind kind);
[[nodiscard]] std::string_view word_of(JobState state);
/// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const std::string_view> kind_words();
[[nodiscard]] std::span<const std::string_view> state_words();
/// Nothing when the word names none.
[[nodiscard]] std::optional<JobKind> parse_kind(std::string_view word);
[[nodiscard]] std::optional<JobState> parse_state(std::string_view word);

[[nodiscard]] constexpr bool is_terminal(JobState state) {
  return state >= JobState::succeeded;
}
/// True when somebody owns it: starting, running, cancelling.
[[nodiscard]] constexpr bool is_owned(JobState state) {
  return state >= JobState::starting && state <= JobState::cancelling;
}

/// The fencing token: which try of which job a write belongs to.
///
/// Every write of an owner carries it and changes nothing when that try no longer owns the job, so
/// a process that was stopped past its lease and woke up cannot touch what its successor does.
struct Attempt {
  std::string id;
  std::int64_t number = 0;
};

/// How a job ended, or why it is in its state.
struct Outcome {
  bool ok = false;
  std::string
      reason;  ///< machine-readable: "pipeline_error", "launch_error", "input"; may be empty
  std::string error_code;  ///< stable name of the cause, such as `bgzf_truncated`
  std::string error_text;  ///< for people; cut to `k_error_text_bytes_max`
  bool permanent = false;  ///< trying again gives the same failure: remembered as a negative result
  std::optional<std::int64_t> exit_status;  ///< of what was run
  std::optional<std::int64_t> exit_signal;
  std::string result_json;  ///< an object; empty: none
};

/// One row of the job table.
struct Job {
  std::string id;  ///< a letter for the kind and eleven hexadecimal digits: r3f9c0d2a1b4
  JobKind kind = JobKind::run;
  JobState state = JobState::queued;
  std::string key;          ///< what only one active job may hold: a lane, or a workflow key
  std::string directory;    ///< a second such key, the launch directory "device:inode"; empty: none
  std::string name;         ///< for people: the script, the file, the service
  std::string fingerprint;  ///< equal for equal requests; empty: none
  std::string actor;        ///< who asked
  std::int64_t attempt = 0;  ///< 0: never started
  std::int64_t attempts_max = 1;
  base::ProcessIdentity owner;  ///< pid 0: nobody
  std::string owner_namespace;  ///< the owner's pid name space; a pid means nothing in another
  base::BootTime lease_until{
      0};  ///< valid with `owner.boot`; 0: no lease, liveness is the run folder's lock
  base::WallTime not_before{};             ///< queued: not to be started earlier
  std::optional<base::WallTime> deadline;  ///< queued: given up after this
  std::string cancel_actor;
  std::string cancel_reason;
  std::optional<std::chrono::milliseconds> cancel_grace;  ///< between TERM and KILL, if they said
  base::WallTime submitted_at{};
  std::optional<base::WallTime> started_at;
  std::optional<base::WallTime> finished_at;
  std::optional<std::int64_t>
      duration_ms;                  ///< by the boot clock when start and end are of one boot
  bool duration_estimated = false;  ///< by the wall clock: start and end are of different boots
  double progress = -1;             ///< 0 to 1; negative: unknown
  std::string progress_text;
  Outcome outcome;  ///< filled as far as known
  std::string request_json;
  std::string engine;       ///< of a run: native, nextflow, exec; empty: as native
  bool pinned = false;      ///< never pruned
  bool rebuilt = false;     ///< its record was made anew from its folder
  std::string counts_json;  ///< of a run: its task counters, an object; empty: none yet
};

/// How many tasks of a process are in one state.
struct ProcessCount {
  std::string process;
  std::string state;
  std::int64_t tasks = 0;
};

/// One attempt of one task of a run, as far as known.
struct TaskRow {
  std::int64_t task = 0;  ///< the engine's number, from 1
  std::int64_t attempt = 1;
  std::string state;  ///< one of `task_state_words`
  std::string name;
  std::string process;
  std::string tag;
  std::string hash;  ///< as the engine shows it: ab/cdef01
  std::string workdir;
  std::string error;
  std::optional<std::int64_t> exit_status;
  std::optional<base::WallTime> submitted_at;
  std::optional<base::WallTime> started_at;
  std::optional<base::WallTime> finished_at;
  std::string metrics_json;  ///< an object; empty: none
};

/// The states that a task's attempt may have.
[[nodiscard]] std::span<const std::string_view> task_state_words();

/// Something that happened to a job. `seq` counts from 1 without gaps in each job.
struct JobEvent {
  std::int64_t seq = 0;
  std::int64_t attempt = 0;
  base::WallTime at{};
  std::string type;       ///< status, stage, progress, task, error, complete, …
  std::string data_json;  ///< an object
};

/// An artifact that a job made.
struct Stage {
  std::string kind;  ///< data, index, …
  std::int64_t attempt = 0;
  std::string cache_key;
  std::string sha256;
  std::int64_t size_bytes = 0;
};

/// The actor of a cancel that a job's own time limit asked for.
constexpr std::string_view k_actor_time_limit = "time limit";
constexpr std::size_t k_error_text_bytes_max = 8192;
constexpr std::size_t k_progress_text_bytes_max = 256;
constexpr std::size_t k_event_bytes_max = std::size_t{256} << 10;

/// A new id; random, not guessable from others.
[[nodiscard]] std::string make_job_id(JobKind kind);

/// One event as a line of NDJSON without its newline:
/// `{"v":1,"type":…,"run_id":…,"seq":…,"cursor":…,"timestamp":…,"data":{…}}`.
[[nodiscard]] std::string to_ndjson(const std::string& job_id, const JobEvent& event,
                                    std::string_view cursor);
/// The data of a `task` event.
[[nodiscard]] std::string task_json(const TaskRow& task);

}  // namespace weir::jobs
