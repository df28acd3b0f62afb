#pragma once

#include "base/error.hpp"
#include "engine/gate_keeper.hpp"
#include "engine/process_node.hpp"
#include "engine/service_handle.hpp"
#include "engine/service_manager.hpp"
#include "engine/task_runner.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir::engine {

/// What one task attempt holds of gates and services until it ends.
class TaskAdmission;

/// Joins services and gates to the flow: service processes hand out handles instead of files, tasks
/// wait for their gates and for the services whose handles they were given.
class ServiceLink {
 public:
  struct Options {
    ServiceManager::Options services;
    GateKeeper::Options gates;
  };
  ServiceLink(base::EventLoop& loop, base::ThreadPool& pool, RunContext& run, Options options);
  ~ServiceLink();
  ServiceLink(const ServiceLink&) = delete;
  ServiceLink& operator=(const ServiceLink&) = delete;

  /// Registers the service processes among `nodes`, their consumers, and the gates of the
  /// configuration. Throws Error (usage) for settings that do not fit and for services without
  /// consumers.
  void wire(const std::vector<ProcessNode*>& nodes);

  [[nodiscard]] bool is_service(const ProcessUnit& unit) const {
    return services_.contains(unit.order);
  }
  /// The inputs of a service process are complete: its outputs are handed out as handles at once,
  /// the service starts when a task needs it.
  void declare(ProcessNode& node, TaskRequest request);

  /// Whether a task has anything to wait for.
  [[nodiscard]] bool concerns(const TaskRequest& request) const;
  /// Waits for the gates of an attempt, then for its services; answers `proceed` with the spec as
  /// it must run.
  void admit(const std::shared_ptr<TaskContext>& context, const TaskRequest& request,
             const TaskSpec& spec, TaskId id, std::function<void(Prepared)> proceed,
             std::shared_ptr<TaskAdmission>& admission);
  /// The attempt has ended, in any way.
  void release(std::shared_ptr<TaskAdmission>& admission);
  /// A process will run no further task.
  void process_closed(const ProcessUnit& unit);

  void stop_all();
  void kill_all();
  [[nodiscard]] bool is_idle() const;
  /// Something ended or stopped: look whether the run is at its end.
  void on_progress(std::function<void()> handler) { progress_ = std::move(handler); }
  /// A service says that the run must end.
  void on_abort(std::function<void(const std::string& why)> handler) {
    abort_ = std::move(handler);
  }
  /// `timed_out` when a gate reached its time limit, `cannot_begin` when a service never became
  /// ready, else `failed`.
  [[nodiscard]] ErrorKind failure_kind() const { return failure_kind_; }

 private:
  struct Service {
    ServiceId id = 0;
    ProcessNode* node = nullptr;
  };
  void add_service(ProcessNode& node);
  void add_consumers(const Service& service);
  void read_gates();
  [[nodiscard]] std::vector<GateSpec> gates_of(TaskContext& context) const;
  [[nodiscard]] GateRequest gate_request_of(TaskContext& context, const TaskSpec& spec) const;
  void ask_gates(const std::shared_ptr<TaskAdmission>& admission);
  void ask_services(const std::shared_ptr<TaskAdmission>& admission);
  void finish(const std::shared_ptr<TaskAdmission>& admission, Prepared answer);

  base::EventLoop& loop_;
  RunContext& run_;
  std::unique_ptr<ServiceManager> manager_;
  std::unique_ptr<GateKeeper> keeper_;
  Options options_;
  base::ThreadPool& pool_;
  std::map<std::size_t, Service> services_;                ///< by the order of the unit
  std::map<std::string, std::vector<ServiceId>> used_by_;  ///< by the consumer's qualified name
  std::vector<GateSpec> gates_;
  std::map<ServiceUse, TaskId> task_of_;  ///< of uses that were not released
  std::function<void()> progress_;
  std::function<void(const std::string&)> abort_;
  int handing_out_ = 0;  ///< services whose handles are on their way
  ErrorKind failure_kind_ = ErrorKind::failed;
};

}  // namespace weir::engine
