#pragma once

#include "jobs/job.hpp"
#include "jobs/state_machine.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::db {
class Database;
class Statement;
}  // namespace weir::db

namespace weir::jobs {

/// Where time and identity come from; tests put their own.
struct Surroundings {
  std::function<base::WallTime()> wall;
  std::function<base::BootTime()> boot;
  base::ProcessIdentity self;  ///< the owner recorded by `claim` and `start`
  std::string pid_namespace;
  std::function<bool(const base::ProcessIdentity&)> alive;
  [[nodiscard]] static Surroundings of_this_process();
};

/// A request to do something once.
struct Submission {
  JobKind kind = JobKind::run;
  std::string key;
  std::string directory;  ///< second exclusive key; empty: none
  std::string name;
  std::string fingerprint;
  std::string actor;
  std::string request_json = "{}";
  std::int64_t attempts_max = 1;
  enum class Begin {
    starting,  ///< the caller owns it at once: attempt 1, state starting
    queued,    ///< some worker will take it
  } begin = Begin::starting;
  enum class WhenBusy {
    refuse,
    queue
  } when_busy = WhenBusy::refuse;  ///< queue: runs only, first in first out
  std::chrono::milliseconds lease{
      0};  ///< with Begin::starting; 0: liveness is the run folder's lock
  std::optional<std::chrono::milliseconds>
      queue_limit;  ///< a queued job older than this is given up
  /// A permanent failure of the same key that is younger is answered instead of trying again. 0:
  /// never.
  std::chrono::milliseconds failure_memory{0};
  /// Other times for failures of these reasons.
  std::map<std::string, std::chrono::milliseconds> failure_memory_of;
  /// `JobStore::last_end` of the key, asked before the caller looked for a result in vain. A
  /// success that has come since then is answered instead of doing the work a second time. No clock
  /// could tell: an end is seen by others some time after it was noted.
  std::optional<std::string> last_end;
  /// Refuse a new job when so many of its kind are not terminal; 0: no limit.
  std::int64_t active_max = 0;
  std::string engine;  ///< of a run
  /// The caller's own name of this request: asked again by the same actor within
  /// `k_request_memory`, the job made for it is answered. Empty: none.
  std::string request_key;
};
/// How long the key of a request is remembered.
constexpr std::chrono::hours k_request_memory{24};
constexpr std::size_t k_request_key_bytes_max = 255;

struct Claim {
  enum class Answer {
    fresh,           ///< recorded; `job` is the new row
    held,            ///< somebody active holds the key or the directory; `job` is the holder
    failed_before,   ///< `job` is the remembered permanent failure
    done_meanwhile,  ///< `job` succeeded after `last_end`
    full,            ///< too many active jobs; `job` is empty
    repeated,        ///< `job` was made for the same request key and fingerprint
    key_reused,      ///< `job` was made for the same request key, but another fingerprint
  } answer = Answer::fresh;
  Job job;
  [[nodiscard]] Attempt attempt() const { return {job.id, job.attempt}; }
};

struct Beat {
  bool owner = false;  ///< false: stop at once and write nothing
  bool cancel_requested = false;
};

struct NewEvent {
  std::string type;
  std::string data_json = "{}";
};

struct JobFilter {
  std::vector<JobKind> kinds;           ///< empty: all
  std::vector<JobState> states;         ///< empty: all
  std::string key;                      ///< empty: all
  std::string directory;                ///< empty: all
  std::string engine;                   ///< empty: all
  std::optional<base::WallTime> since;  ///< submitted at or after
  std::int64_t limit = 100;
  std::string before_id;  ///< paging: only jobs submitted before this one
};

struct PruneOptions {
  base::WallTime before{};   ///< only jobs that ended earlier
  std::int64_t keep = 0;     ///< but never the newest so many that ended
  std::int64_t limit = 100;  ///< at most so many at a time
  bool lost_too = false;     ///< also those whose end nobody knows
  bool dry_run = false;      ///< only name them
};

/// The job table: claims, the attempt fence, events, history. One SQLite file for all processes of
/// a state directory.
///
/// One object serves one thread and is not carried across fork. Every method is one transaction, or
/// part of the one that `atomically` holds. Methods that take an `Attempt` change nothing and say
/// so (false, nothing) when that attempt no longer owns the job. All throw Error: `store` when the
/// file cannot be used, `temporary` when the disk is full or the database stays locked.
class JobStore {
 public:
  /// Whether there is anything to open; for commands that only look.
  [[nodiscard]] static bool exists(const std::filesystem::path& state_dir);
  /// Opens, and creates when missing, `state_dir`/weir.db. Throws Error(store) for a corrupt or
  /// newer database or a network file system.
  explicit JobStore(std::filesystem::path state_dir,
                    Surroundings surroundings = Surroundings::of_this_process());
  ~JobStore();
  JobStore(const JobStore&) = delete;
  JobStore& operator=(const JobStore&) = delete;

  /// Records a new job if nobody active holds its key and directory.
  [[nodiscard]] Claim claim(const Submission& submission);
  /// Names the last end of a job with the key, for `Submission::last_end`; empty: there was none.
  [[nodiscard]] std::string last_end(const std::string& key);
  /// A worker takes a queued job; `lease` as in Submission. Nothing when it is not there to be
  /// taken.
  [[nodiscard]] std::optional<Job> start(const std::string& id, std::chrono::milliseconds lease);
  /// The oldest due queued job of a kind.
  [[nodiscard]] std::optional<Job> start_next(JobKind kind, std::chrono::milliseconds lease);

  /// starting → running. The calling process becomes the recorded owner (a detached child takes
  /// over so).
  bool confirm(const Attempt& attempt);
  /// The calling process becomes the owner of an attempt whose owner is gone while what it started
  /// lives on. Says so in an event.
  bool adopt(const Attempt& attempt);
  [[nodiscard]] Beat heartbeat(const Attempt& attempt, std::chrono::milliseconds lease);
  /// `fraction` 0 to 1, negative when unknown.
  bool set_progress(const Attempt& attempt, double fraction, std::string_view text);
  bool append_events(const Attempt& attempt, std::span<const NewEvent> events);
  /// What a run's owner learned since the last time, in one transaction: the present state of task
  /// attempts (each also a `task` event), further events, and the counters when not empty.
  struct Progress {
    std::vector<TaskRow> tasks;
    std::vector<NewEvent> events;
    std::string counts_json;
    double fraction = -1;
    std::string text;
  };
  /// `recorded` gets the events as they were numbered, once they are committed and before followers
  /// are told. Not inside `atomically`.
  using Recorded = std::function<void(std::span<const JobEvent>)>;
  bool record_progress(const Attempt& attempt, const Progress& progress,
                       const Recorded& recorded = nullptr);
  /// Makes ready what `record_progress` needs, ahead of its first call: for a thread that has time
  /// now and may have none then.
  void expect_progress();
  /// Records an artifact; fails also when the lease has passed. The same stage again must have the
  /// same digest.
  bool complete_stage(const Attempt& attempt, const Stage& stage);
  /// Ends the job. The state reached may differ from what `outcome` says: an earlier cancel wins.
  /// Nothing when not the owner. A job with a run folder has its exit record written first
  /// (`RunFolder::write_exit`).
  std::optional<JobState> finish(const Attempt& attempt, const Outcome& outcome);
  /// Gives the job back to the queue, not to be started for `delay`.
  bool requeue(const Attempt& attempt, std::chrono::milliseconds delay, std::string_view reason);

  /// Asks for the end; with the actor `k_actor_time_limit` the job will have failed (`deadline`).
  /// Queued: cancelled at once; owned: cancelling (again: no change). Nothing when the id is
  /// unknown. The job is returned as it is afterwards; a terminal one is unchanged. `grace` is the
  /// time its owner leaves between asking and killing; asked again, it can only become shorter.
  std::optional<Job> cancel(const std::string& id, std::string_view actor, std::string_view reason,
                            std::optional<std::chrono::milliseconds> grace = std::nullopt);
  /// By the owner: whether an end was asked for. One indexed read.
  [[nodiscard]] bool cancel_requested(const Attempt& attempt);

  /// Applies a trigger found by recovery (`owner_gone`, `expire`, an exit record's `end_ok` or
  /// `end_bad`) when the job is still in attempt and state as `seen`. True when it changed.
  bool settle(const Job& seen, Trigger trigger, const Outcome& outcome);

  [[nodiscard]] std::optional<Job> find(const std::string& id);
  /// The job whose id begins so; `@last` is the newest, `@active` the newest that has not ended
  /// (services only when there is nothing else),
  /// `@lane:NAME` the holder of the key `lane:NAME`, else the newest with it. Throws
  /// Error(not_found) for none, Error(usage) naming the candidates for several.
  [[nodiscard]] Job resolve(const std::string& prefix);
  /// The same for who means a run: `@last` and `@active` pass over jobs of other kinds. An id is
  /// taken as it is, whatever it names.
  [[nodiscard]] Job resolve_run(const std::string& prefix);
  /// Newest first.
  [[nodiscard]] std::vector<Job> list(const JobFilter& filter);
  /// All that are not terminal, oldest first.
  [[nodiscard]] std::vector<Job> active();
  [[nodiscard]] std::vector<Stage> stages(const std::string& id);
  /// Events with seq > `after`, oldest first.
  [[nodiscard]] std::vector<JobEvent> events(const std::string& id, std::int64_t after,
                                             std::int64_t limit);
  /// Task attempts of a run in order of task and attempt.
  [[nodiscard]] std::vector<TaskRow> tasks(const std::string& id);
  /// Newest attempts of a job's tasks by process and state; the rows of a process stand together,
  /// processes in order of their first tasks.
  [[nodiscard]] std::vector<ProcessCount> process_counts(const std::string& id);
  /// The number of the last event, 0 for none.
  [[nodiscard]] std::int64_t last_seq(const std::string& id);
  /// A pinned job is never pruned. False when there is no such job.
  bool set_pinned(const std::string& id, bool pinned);
  /// Notes what somebody did by hand or what was refused.
  void audit(std::string_view actor, std::string_view action, std::string_view job,
             std::string_view result);
  struct AuditEntry {
    base::WallTime at{};
    std::string actor;
    std::string action;
    std::string job;
    std::string result;
  };
  /// Newest first.
  [[nodiscard]] std::vector<AuditEntry> audit_entries(std::int64_t limit);
  /// Puts a job into an empty place of the table as its folder describes it; false when there is
  /// one of that id. For rebuilding (rebuild.hpp) alone.
  bool restore(const Job& job);

  /// Removes terminal jobs with their run folders, oldest first, and names them. Artifacts and
  /// results stay.
  std::vector<std::string> prune(const PruneOptions& options);

  /// Runs `work` in one transaction; other modules that share `database()` take part.
  void atomically(const std::function<void()>& work);
  /// The job got events: its run folder is touched (base/file_watch.hpp) as soon as they are
  /// committed, which is what its followers watch for.
  void tell_followers(const std::string& id);
  [[nodiscard]] db::Database& database() { return *database_; }
  [[nodiscard]] const std::filesystem::path& state_dir() const { return state_dir_; }
  [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }

 private:
  static void refuse_emptied(const std::filesystem::path& state_dir);

  std::filesystem::path state_dir_;
  Surroundings surroundings_;
  std::unique_ptr<db::Database> database_;
  std::vector<std::string> told_;  ///< jobs that got events in the present transaction
  bool held_before_ = false;       ///< the last claim met somebody else's job
};

}  // namespace weir::jobs
