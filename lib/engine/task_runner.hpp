#pragma once

#include "engine/device_pool.hpp"
#include "engine/task_spec.hpp"

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::base {
class EventLoop;
class ControlGroups;
class ProcessHost;
class ThreadPool;
}  // namespace weir::base

namespace weir::engine {

class TaskObserver;
struct TaskEvent;
struct PublishAction;

/// Limits of the machine and places of the run.
struct RunnerOptions {
  std::string work_dir;    ///< absolute; created when missing
  std::string launch_dir;  ///< absolute
  /// Absolute, when the project is a checkout of a known revision: files below it enter keys by
  /// content, not by time. Empty otherwise.
  std::string revision_dir;
  std::string temp_dir;  ///< for `scratch true`
  std::string run_id;   ///< first part of every key: a resumed run has the id of the run it resumes
  bool resume = false;  ///< take finished tasks from the work directory
  bool stub = false;    ///< `-stub`: part of the key
  double cpus = 1;
  std::int64_t memory_bytes = 0;
  bool limit_memory = false;  ///< hold tasks to their `memory`
  /// That hold all programs of a task together to it. Without, each one of them is held to it alone
  /// (its data segment, RLIMIT_DATA).
  std::shared_ptr<base::ControlGroups> groups;
  Devices devices;  ///< accelerators that tasks share; without any, requests are not accounted
  std::size_t queue_size = 0;  ///< tasks running at once; 0: as many as resources allow
  std::chrono::nanoseconds submit_interval{0};  ///< between two starts of tasks; 0: none
  /// What tasks read and write is wanted (TaskUsage::counters), and what memory all programs of one
  /// have together.
  bool measure_tasks = false;
  std::vector<std::string> environment;  ///< NAME=value of weir's own environment; tasks inherit it
  std::string job_id;                    ///< of the run's record, for hints; empty: none
  std::chrono::milliseconds kill_grace{5000};
};

/// The answer of `TaskCallbacks::prepare`.
struct Prepared {
  std::string failure;         ///< not empty: the attempt fails with it (Kind::gate)
  bool unrecoverable = false;  ///< of the failure: a retry cannot help
  /// What to run when that could not be known before (a service's socket in the script or the
  /// inputs). Replaces everything but the key; name, process and resources stay.
  std::optional<TaskSpec> spec;
  /// What was waited for holds so long from now on; a task that starts later asks again.
  std::optional<std::chrono::milliseconds> valid_for;
};

/// The answer of `TaskCallbacks::admit`.
struct Admitted {
  enum class Kind {
    yes,
    wait,    ///< not now; `TaskRunner::ask_again` brings it back
    failed,  ///< the attempt fails with `failure` (Kind::gate)
  };
  Kind kind = Kind::yes;
  std::string failure;
  bool unrecoverable = false;
  std::vector<int> descriptors;  ///< inherited by the program; borrowed until the attempt's end
};

/// How the language side hears of one task. All run on the loop's thread, never inside `submit`.
struct TaskCallbacks {
  /// Once per submitted task, at its end (`ignored` and `aborted` included). After a retry it tells
  /// of the last attempt. Outputs are in place, publishing by link has been done.
  std::function<void(TaskResult)> completed;
  /// After each failed attempt: evaluates errorStrategy, maxRetries, maxErrors. Empty: terminate.
  std::function<FailureDecision(const TaskFailure&)> on_failure;
  /// The spec of the next attempt, with dynamic directives evaluated for `attempt`. Required for
  /// retry.
  std::function<TaskSpec(int attempt, const TaskFailure& previous)> next_attempt;
  /// Called once per attempt that is really going to run: after the key was computed and the cache
  /// missed, while the task directory exists and is empty; never for cached or stored tasks. The
  /// task waits until `proceed` is called, at once or later. For gates and for services that the
  /// task consumes; the spec is lent for the call. Empty: nothing to wait for.
  std::function<void(TaskId, const TaskSpec&, std::function<void(Prepared)> proceed)> prepare;
  /// What `prepare` waits for is under way outside (a gate): up to `k_gated_max` tasks wait there
  /// without counting as pending.
  bool many_may_wait = false;
  /// Called when the task would start next, with its resources set aside: it may be told to wait
  /// without them. Empty: it starts.
  std::function<void(TaskId, std::function<void(Admitted)> proceed)> admit;
  /// What an `exec:` block threw ends the run, and is no failure of the task (`exit`). Empty: no.
  std::function<bool(std::exception_ptr)> ends_run;
};

/// How the run as a whole ends because of a task.
struct RunFailure {
  TaskFailure first;   ///< the error to report
  std::string report;  ///< the whole text to print, without "ERROR ~ "
  int exit_status = 1;
  /// Of other tasks, which go on to their end before the run ends (`errorStrategy 'finish'`).
  std::size_t still_running = 0;
  /// The strategy was `finish`; else the run is cancelled.
  bool finishes = false;
};

/// Runs tasks: directories, resume, resources, retries, outputs, publishing. Local executor.
///
/// Everything runs on the event loop's thread except blocking file work, which goes to the pool.
/// Flow control: look at `has_room` before firing a process again; `on_room` tells when it may be
/// worth looking.
class TaskRunner {
 public:
  /// The loop, host and pool outlive the runner. `host` starts the programs.
  TaskRunner(base::EventLoop& loop, base::ProcessHost& host, base::ThreadPool& pool,
             RunnerOptions options);
  ~TaskRunner();
  TaskRunner(const TaskRunner&) = delete;
  TaskRunner& operator=(const TaskRunner&) = delete;

  ProcessId add_process(ProcessInfo info);
  /// Watches every task; added before the first submit; not owned.
  void add_observer(TaskObserver& observer);

  /// False while `k_pending_per_process_max` tasks of the process wait. A task may be submitted all
  /// the same.
  [[nodiscard]] bool has_room(ProcessId process) const;
  void on_room(std::function<void(ProcessId)> handler);

  /// Takes a task. After a failure that ends the run, tasks are taken and reported as aborted.
  TaskId submit(TaskSpec spec, TaskCallbacks callbacks);

  /// Publishes files in the background; the runner is not idle before it is done. A file that must
  /// be published and cannot be ends the run, in the name of `what`.
  void publish(const std::vector<PublishAction>& actions, const std::string& what);

  /// No new starts; running trees are stopped (TERM, grace, KILL); every task is reported as
  /// aborted. `on_idle` follows when the last tree is empty.
  void cancel_all();
  /// No new starts; running tasks end by themselves.
  void finish_running();

  /// Called when a failure ends the run (terminate or finish): once, before the affected tasks'
  /// callbacks.
  void on_run_failure(std::function<void(const RunFailure&)> handler);
  /// Called each time the last task in hand has ended and all publishing is done.
  void on_idle(std::function<void()> handler);
  [[nodiscard]] bool is_idle() const;
  /// Whether files are being copied to where they are published.
  [[nodiscard]] bool is_publishing() const;

  /// What a task that was let through `prepare` needs has gone (a service died): its tree is
  /// stopped and the attempt fails with `cause`, as Kind::gate. Tasks that have just ended are left
  /// alone.
  void fail_running(TaskId id, const std::string& cause);

  /// As `fail_running`, but the attempt runs once more without counting as a retry: it had no part
  /// in the loss. At most `k_reruns_max` times, then it fails.
  void rerun(TaskId id, const std::string& cause);
  /// A task that was told to wait by `admit` stands in line again.
  void ask_again(TaskId id);

  /// Sets resources aside for something that is no task (a service), in line with the tasks;
  /// `granted` is told from the loop. Given back by `give_back`, before or after.
  TaskId set_aside(ProcessId process, const Resources& resources, std::function<void()> granted);
  void give_back(TaskId id);

  /// Tells the observers of something that is no task of the runner: a service.
  void note(const TaskEvent& event) const;

  /// What stands still and what moves, to tell a standstill.
  struct Facts {
    std::size_t running = 0;    ///< tasks; not what was set aside
    std::size_t waiting = 0;    ///< ready but for their resources
    std::uint64_t steps = 0;    ///< grows with every start and end
    std::string first_waiting;  ///< name of a task that waits
    Resources first_needs;
    std::size_t promised = 0;    ///< prepared, to start when a running one of their kind ends
    std::string first_promised;  ///< name of one of them
    Resources promised_needs;
  };
  [[nodiscard]] Facts facts() const;

  /// To be called from the host's `on_lost`: every running task fails, without retry.
  void host_lost();

  static constexpr std::size_t k_pending_per_process_max = 64;
  /// Tasks that wait at gates at the same time; they do not count as pending.
  static constexpr std::size_t k_gated_max = 20000;
  static constexpr int k_reruns_max = 3;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with work in flight on the pool
};

}  // namespace weir::engine
