#pragma once

#include "base/error.hpp"
#include "base/process_host.hpp"
#include "base/thread_pool.hpp"
#include "engine/internal/service_link.hpp"
#include "engine/process_node.hpp"
#include "engine/run_listener.hpp"
#include "engine/session.hpp"
#include "engine/task_runner.hpp"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace weir::engine {

/// Stands between the process nodes and the task runner: builds tasks from sets of inputs, answers
/// what the script says about failures, and turns results into output values.
///
/// The pool is made with the first use, so that a run without processes starts no threads.
class TaskDriver final : public TaskSink {
 public:
  struct Options {
    RunnerOptions runner;
    std::size_t pool_threads = 4;
    std::string service_registry;  ///< where running services are noted; empty: nowhere
    std::string gate_state;        ///< folder of external gates
    std::string run_name;
  };
  /// What it tells the session; on the loop's thread.
  struct Handlers {
    std::function<void()> progress;  ///< the graph may have something to do
    std::function<void(const RunFailure&)> run_failure;
    std::function<void(const std::string& why)> service_failure;
    std::function<void(std::exception_ptr)>
        script_failure;  ///< evaluating a task's part of the script threw
  };

  /// `host` may be null: one is forked when it is needed.
  TaskDriver(base::EventLoop& loop, RunContext& run, RunListener& listener, Options options,
             Handlers handlers, std::unique_ptr<base::ProcessHost> host);
  ~TaskDriver() override;

  /// Watches every task; added before `start`; not owned.
  void add_observer(TaskObserver& observer) { observers_.push_back(&observer); }
  /// Registers the processes. Called once, after wiring, when there are any.
  void start(const std::vector<std::unique_ptr<ProcessUnit>>& units,
             const std::vector<ProcessNode*>& nodes);

  bool has_room(const ProcessUnit& unit) override;
  bool submit(ProcessNode& node, TaskRequest request) override;
  void process_closed(const ProcessUnit& unit) override;

  /// No further task; running ones are ended, or (`finish`) left alone.
  void cancel();
  void stop_submitting() { stopped_ = true; }
  [[nodiscard]] std::int64_t ignored() const { return ignored_; }
  /// No task is in hand and nothing is being published.
  [[nodiscard]] bool is_idle();
  /// What kind of failure a failed run is, as far as gates and services know.
  [[nodiscard]] ErrorKind failure_kind() const;
  /// Nothing without services and gates. At most `tasks_max` of the tasks.
  [[nodiscard]] std::optional<RunWaitList> waits(std::size_t tasks_max) const;
  void on_service(std::function<void(const std::string& name, ServiceState)> handler);
  /// How long tasks were held at gates; before `start`.
  void on_gate_wait(GateWaitHandler handler) { gate_wait_handler_ = std::move(handler); }
  /// Ends all process trees at once.
  void kill();
  /// The run is over: the host ends while the record of the run is written.
  void end_host();

 private:
  struct InHand;
  void start_link(const std::vector<ProcessNode*>& nodes);
  /// The task fails with `why` and its error strategy is asked, as if it had run.
  void submit_broken(const std::shared_ptr<InHand>& task, std::string why, bool unrecoverable);
  void ended(const std::shared_ptr<InHand>& task, const TaskResult& result);
  [[nodiscard]] TaskCallbacks callbacks(const std::shared_ptr<InHand>& task);
  [[nodiscard]] TaskSpec next_attempt(InHand& task, int attempt, const TaskFailure& previous);

  base::EventLoop& loop_;
  RunContext& run_;
  RunListener& listener_;
  Options options_;
  Handlers handlers_;
  std::unique_ptr<base::ThreadPool> pool_;
  std::unique_ptr<base::ProcessHost> host_;
  std::unique_ptr<TaskRunner> runner_;
  std::function<void(const std::string&, ServiceState)> service_handler_;
  std::unique_ptr<ServiceLink> link_;  ///< only where there are services or gates
  std::vector<TaskObserver*> observers_;
  GateWaitHandler gate_wait_handler_;
  std::unordered_map<ProcessId, ProcessNode*> nodes_;
  bool stopped_ = false;
  bool finishing_ = false;  ///< stopped, and the nodes are told the end of every task
  bool link_stopped_ = false;
  std::int64_t ignored_ = 0;  ///< tasks that failed and were ignored
};

}  // namespace weir::engine
