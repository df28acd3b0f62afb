#pragma once

// The parts of TaskRunner, for its own sources only. The path of one attempt:
//
//   begin ─ look_up (pool) ─ hit ──────────────────────────────────────────┐
//     │        │ miss                                                      │
//     └────────┴─ gate ─ queued ─ prepare (pool) ─ ready ─┬─ running ─ conclude (pool) ─ publish ─
//     complete                                            standby  │
//                          few per process at a time               │
//                                                                  └─ failure: retry as a new
//                                                                     attempt, or complete
//
// Those that wait at gates do so in thousands, and are packed meanwhile (`WaitingRun`).
//
// A task on standby is with the process host already, which starts it at the moment one of its kind
// ends: a turn through the loop takes as long as a short task. Only the host knows whether it has
// started, so whoever does not want it any more withdraws it and waits for the answer.
//
// Whoever moves a task on looks at `stopping` first; work on the pool is never interrupted, only
// its result is dropped.

#include "base/clock.hpp"
#include "base/control_group.hpp"
#include "base/event_loop.hpp"
#include "base/process_host.hpp"
#include "base/thread_pool.hpp"
#include "engine/device_pool.hpp"
#include "engine/internal/packed_spec.hpp"
#include "engine/memory_watch.hpp"
#include "engine/scheduler.hpp"
#include "engine/submit_pace.hpp"
#include "engine/task_directory.hpp"
#include "engine/task_observer.hpp"
#include "engine/task_runner.hpp"

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <unordered_map>

namespace weir::engine {

/// One attempt of one task, from submit to its last callback.
struct TaskRun {
  enum class Phase {
    looking,
    gated,
    queued,
    preparing,
    ready,
    standby,
    admitting,  ///< has its resources, waits for the answer of its late gates
    parked,     ///< was told to wait by them
    running,
    concluding,
    publishing
  };

  TaskId id = 0;
  Phase phase = Phase::looking;
  TaskSpec spec;
  std::shared_ptr<TaskCallbacks> callbacks;
  std::int64_t failures = 0;  ///< attempts of this task that failed before
  std::optional<TaskKey> key;
  PreparedTask prepared;
  ProgramFiles files;
  std::optional<FinishedTask> finished;
  std::optional<DirectoryFailure> failure;
  std::exception_ptr step_error;  ///< what the pool's work threw

  base::ProcessHost::Id tree = 0;
  std::shared_ptr<base::ControlGroup> group;  ///< that its programs are in; null: none of its own
  pid_t native_id = 0;
  base::EventLoop::Id timer = 0;
  base::BootTime started{0};
  bool streams_early = false;  ///< `files` were opened while it was prepared
  bool tree_alive = false;
  bool timed_out = false;
  bool stopped = false;        ///< by cancel_all
  bool withdrawn = false;      ///< from standby: it may have started all the same
  std::string lost;            ///< what it needed has gone: why; set by `fail_running`
  bool rerun = false;          ///< of `lost`: it runs again and nothing is counted
  int reruns = 0;              ///< so many times that happened
  bool counted_gated = false;  ///< in the runner's `gated`
  bool left_queue = false;     ///< it does not count as pending any more
  bool admitted = false;
  std::vector<int> inherited;                 ///< descriptors that its late gates gave it
  std::optional<base::BootTime> valid_until;  ///< of what it waited for before
  TaskUsage usage;
};

/// A task that waits at gates among thousands, or passed them and has not been prepared: what is
/// needed to make a TaskRun of it again.
struct WaitingRun {
  PackedSpec spec;
  std::shared_ptr<TaskCallbacks> callbacks;
  std::int64_t failures = 0;
  std::optional<base::BootTime> valid_until;
  ProcessId process = 0;
  int reruns = 0;
  bool queued = false;
};

struct TaskRunner::State : std::enable_shared_from_this<TaskRunner::State> {
  enum class Stopping { no, finish, cancel };
  struct Process {
    ProcessInfo info;
    std::int64_t errors = 0;
    std::size_t pending = 0;  ///< submitted, not yet being prepared
    std::size_t ahead = 0;    ///< being prepared or ready
    std::deque<TaskId> queued;
    std::shared_ptr<TaskSpec> pattern;  ///< for the packed specs of its waiting tasks
    bool room_posted = false;
    bool slow_files = false;  ///< its tasks' files are work for the pool
  };
  using Step = void (State::*)(TaskRun&);
  struct Blocking {
    TaskRun* task = nullptr;
    std::function<void(TaskRun&)> work;
    Step done = nullptr;
  };

  State(base::EventLoop& event_loop, base::ProcessHost& process_host, base::ThreadPool& work_pool,
        RunnerOptions runner_options);

  // runner_start.cpp: from submit to the start of the program.
  TaskId submit(TaskSpec spec, std::shared_ptr<TaskCallbacks> callbacks, std::int64_t failures);
  void begin(TaskRun& task);
  void looked_up(TaskRun& task);
  void pass_gate(TaskRun& task);
  void pack(TaskRun& task);
  TaskRun& unpack(TaskId id);
  void proceed(TaskId id, Prepared answer);
  void ask_admission(TaskRun& task);
  void take_admission(TaskId id, Admitted answer);
  void wait_again(TaskRun& task);
  void enqueue(TaskRun& task);
  void pump(ProcessId process);
  void prepared(TaskRun& task);
  void stand_in_line(TaskRun& task);
  void start_ready();
  [[nodiscard]] bool may_submit();
  void launch(TaskRun& task, TaskRun::Phase phase);
  void begun(TaskRun& task, base::BootTime when);
  void limit_memory(TaskRun& task, base::SpawnOptions& program) const;
  void start_program(TaskRun& task);
  void started(TaskId id, pid_t leader, const std::string& error);
  void not_started(TaskRun& task, const std::string& error);
  void withdraw(TaskRun& task);
  void run_native(TaskRun& task);
  void leave_queue(TaskRun& task);
  void leave_gate(TaskRun& task);
  void leave_window(TaskRun& task);

  // runner_end.cpp: from the program's end to the last callback.
  void exited(TaskId id, const base::HostedExit& exit);
  void conclude_task(TaskRun& task, int exit_status, base::BootTime when);
  void concluded(TaskRun& task);
  void publish(TaskRun& task);
  void published(TaskRun& task);
  void publish_in_background(const std::vector<PublishAction>& actions, TaskFailure failure);
  void complete(TaskRun& task, TaskStatus status);
  void abort(TaskRun& task);
  void fail(TaskRun& task, const DirectoryFailure& failure);
  void retry(TaskRun& task, const TaskFailure& failure);
  void run_once_more(TaskRun& task);
  void end_run(const TaskFailure& failure, Stopping how);
  void stop(Stopping how);
  void abort_waiting();
  void check_idle();

  // task_runner.cpp: shared by both.
  void post(std::function<void()> handler);
  void post(TaskId id, Step step);
  void blocking(TaskRun& task, std::function<void(TaskRun&)> work, Step done);
  static void do_blocking(const std::vector<Blocking>& portion);
  void end_blocking(const std::vector<Blocking>& portion);
  void flush_blocking();
  void submit_portion(base::ThreadPool& threads, std::vector<Blocking> works);
  void do_here(const std::vector<Blocking>& portion);
  [[nodiscard]] bool is_quick(const std::vector<Blocking>& portion) const;
  void tell(TaskEvent::Kind kind, const TaskRun& task, int exit_status, std::string_view cause = {},
            std::string_view action = {});
  [[nodiscard]] TaskEvent event_of(TaskEvent::Kind kind, const TaskRun& task) const;
  /// Null when it has ended. One that was packed is unpacked.
  [[nodiscard]] TaskRun* find(TaskId id);
  [[nodiscard]] bool has_tasks() const { return !tasks.empty() || !waiting.empty(); }
  [[nodiscard]] bool is_memory_limited(const TaskRun& task) const {
    return options.limit_memory && task.spec.resources.memory_bytes > 0 &&
           task.spec.container.empty();
  }
  [[nodiscard]] bool is_stopping() const { return stopping != Stopping::no; }

  base::EventLoop& loop;
  base::ProcessHost& host;
  base::ThreadPool& pool;
  RunnerOptions options;
  DirectoryOptions directories;
  Scheduler scheduler;
  DevicePool devices;
  MemoryWatch memory_watch;
  SubmitPace pace;
  base::EventLoop::Id pace_timer = 0;
  std::vector<Process> processes;
  std::unordered_map<TaskId, std::unique_ptr<TaskRun>> tasks;
  /// Of the tasks in phase gated or queued, those that need not be at hand.
  std::unordered_map<TaskId, WaitingRun> waiting;
  /// Not tasks: resources set aside, with who is told; empty once told.
  std::unordered_map<TaskId, std::function<void()>> set_aside;
  std::size_t gated = 0;  ///< tasks at gates, or through them and not prepared yet
  std::uint64_t steps = 0;
  std::vector<TaskObserver*> observers;
  std::function<void(ProcessId)> room_handler;
  std::function<void(const RunFailure&)> failure_handler;
  std::function<void()> idle_handler;
  bool work_dir_is_local = false;
  bool host_has_environment = false;  ///< that of the options, so it need not be sent
  std::vector<Blocking> batch;        ///< work for the pool that this turn of the loop brought up
  /// For tasks with inputs that are fetched, which may take hours; made for the first of them.
  std::unique_ptr<base::ThreadPool> fetchers;
  static constexpr std::size_t k_fetchers = 8;
  TaskId last_id = 0;
  std::size_t trees_alive = 0;
  std::size_t publishing = 0;  ///< background copies
  /// Prepared tasks whose streams are open already; two or three descriptors each.
  static constexpr std::size_t k_streams_early_max = 64;
  std::size_t streams_early = 0;
  /// So many running tasks keep their directories open until their end.
  static constexpr std::size_t k_folders_max = 64;
  std::size_t ahead_max = 4;  ///< prepared before they can start, per process
  Stopping stopping = Stopping::no;
  bool failure_told = false;
  bool idle_posted = false;
  bool gone = false;  ///< the runner was destroyed; results still on their way are dropped
};

}  // namespace weir::engine
