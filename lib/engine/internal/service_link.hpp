#pragma once

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/hash.hpp"
#include "engine/gate_describe.hpp"
#include "engine/gate_keeper.hpp"
#include "engine/process_node.hpp"
#include "engine/service_capacity.hpp"
#include "engine/service_handle.hpp"
#include "engine/service_manager.hpp"
#include "engine/session.hpp"
#include "engine/task_runner.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir::engine {

/// What one task attempt holds of gates and services until it ends.
class TaskAdmission;
/// What one service waits for and holds from the wish to start it until its tree is empty.
class ServiceStart;

/// Joins services and gates to the flow: service processes hand out handles instead of files, tasks
/// wait for their gates and for the services whose handles they were given.
///
/// service_link.cpp: wiring and tasks; service_link_services.cpp: the starts of services;
/// service_link_gates.cpp: gates of the configuration and requests.
class ServiceLink {
 public:
  struct Options {
    ServiceManager::Options services;
    GateKeeper::Options gates;
    Resources machine;  ///< what tasks and services share
    std::string launch_dir;
  };
  ServiceLink(base::EventLoop& loop, base::ThreadPool& pool, RunContext& run, Options options);
  ~ServiceLink();
  ServiceLink(const ServiceLink&) = delete;
  ServiceLink& operator=(const ServiceLink&) = delete;

  /// Registers the service processes among `nodes`, their consumers, and the gates of the
  /// configuration. Throws Error (usage) for settings that do not fit, for services without
  /// consumers and for ones beside which a consumer can never run.
  void wire(const std::vector<ProcessNode*>& nodes);

  [[nodiscard]] bool is_service(const ProcessUnit& unit) const {
    return services_.contains(unit.order);
  }
  /// The inputs of a service process are complete: its outputs are handed out as handles at once,
  /// the service starts when a task needs it.
  void declare(ProcessNode& node, TaskRequest request);

  /// Whether a task has anything to wait for.
  [[nodiscard]] bool concerns(TaskContext& context, const TaskRequest& request);
  [[nodiscard]] bool has_gates() const { return !gates_.empty(); }
  [[nodiscard]] bool has_late_gates() const { return has_late_gates_; }
  /// One attempt of a task that has something to wait for; all is lent.
  struct Attempt {
    const std::shared_ptr<TaskContext>& context;
    const TaskRequest& request;
    const TaskSpec& spec;
    TaskId id = 0;
    std::optional<base::Hash128>& gate_key;  ///< of the task; set by its first attempt
  };
  /// Waits for the early gates of an attempt, then for its services; answers `proceed` with the
  /// spec as it must run.
  void admit(const Attempt& attempt, std::function<void(Prepared)> proceed,
             std::shared_ptr<TaskAdmission>& admission);
  /// Asks the late gates of an attempt that would launch now.
  void admit_launch(const std::shared_ptr<TaskAdmission>& admission,
                    std::function<void(Admitted)> proceed);
  /// The attempt has ended, in any way.
  void release(std::shared_ptr<TaskAdmission>& admission);
  /// A process will run no further task.
  void process_closed(const ProcessUnit& unit);

  void stop_all();
  void kill_all();
  /// No service runs and no gate is left; the first call without services lets the gates go (the
  /// run has nothing more to do then).
  [[nodiscard]] bool is_idle();
  /// Something ended or stopped: look whether the run is at its end.
  void on_progress(std::function<void()> handler) { progress_ = std::move(handler); }
  /// A service says that the run must end.
  void on_abort(std::function<void(const std::string& why)> handler) {
    abort_ = std::move(handler);
  }
  /// `timed_out` when a gate reached its time limit, `cannot_begin` when a service never became
  /// ready, else `failed`.
  [[nodiscard]] ErrorKind failure_kind() const { return failure_kind_; }

  [[nodiscard]] std::vector<RunWaitList::Service> services() const;
  [[nodiscard]] GateWaits waiting(std::size_t first_max) const;
  /// Tasks that have passed their gates and wait for services.
  [[nodiscard]] std::vector<RunWaitList::ForService> waiting_for_services() const;
  /// Runs at each change of a service's state.
  void on_service(std::function<void(const std::string& name, ServiceState)> handler) {
    service_changed_ = std::move(handler);
  }
  /// Hears how long an attempt was held at its early gates, and at its late ones.
  void on_gate_wait(GateWaitHandler handler) { gate_wait_ = std::move(handler); }

 private:
  struct Service {
    ServiceId id = 0;
    ProcessNode* node = nullptr;
    std::size_t place = 0;  ///< in `capacity_`
    ServiceSettings settings;
    int instances = 0;
  };

  // service_link.cpp
  void make_manager();
  void add_service(ProcessNode& node);
  void add_consumers(const Service& service, const std::vector<ProcessNode*>& nodes);
  void check_capacity();
  void ask_gates(const std::shared_ptr<TaskAdmission>& admission,
                 const std::shared_ptr<GateRequest>& request);
  void ask_services(const std::shared_ptr<TaskAdmission>& admission);
  void take_handles(const std::shared_ptr<TaskAdmission>& admission, ServiceId service,
                    const ServiceHandles& handles);
  void finish(const std::shared_ptr<TaskAdmission>& admission, Prepared answer);
  void use_lost(ServiceUse use, const std::string& why, bool is_restarted);

  // service_link_services.cpp
  void begin_start(ServiceId id, std::function<void(std::string)> proceed);
  void ask_providers(const std::shared_ptr<ServiceStart>& start);
  void reserve(const std::shared_ptr<ServiceStart>& start);
  void reserve_waiting();
  void end_start(ServiceId id);
  void note_attempt(const ServiceAttempt& attempt);
  void state_changed(ServiceId id, const std::string& name, ServiceState state);
  void watch_standstill();
  void look_for_standstill();

  // service_link_gates.cpp
  void read_gates();
  [[nodiscard]] GateSpec read_gate(const std::string& name, const lang::MapObject& options,
                                   const std::string& folder) const;
  void describe_gates();
  using GateList = std::vector<std::shared_ptr<const GateSpec>>;
  [[nodiscard]] GateList hinted_gates(TaskContext& context);
  [[nodiscard]] std::shared_ptr<const GateList> gates_of(TaskContext& context);
  [[nodiscard]] std::shared_ptr<GateRequest> gate_request_of(
      TaskContext& context, const TaskSpec& spec, TaskId id,
      std::optional<base::Hash128>& gate_key);
  void check_hints_of(const std::string& process, const std::map<std::string, std::string>& hints);

  base::EventLoop& loop_;
  RunContext& run_;
  std::unique_ptr<ServiceManager> manager_;
  std::unique_ptr<GateKeeper> keeper_;
  Options options_;
  base::ThreadPool& pool_;
  ServiceCapacity capacity_;
  std::map<std::size_t, Service> services_;                   ///< by the order of the unit
  std::map<std::string, std::vector<ServiceId>> used_by_;     ///< by the consumer's qualified name
  std::map<std::string, const ProcessNode*> consumer_nodes_;  ///< by the same, no services
  std::map<std::string, std::set<std::size_t>> places_used_by_;  ///< the same for `capacity_`
  std::vector<std::shared_ptr<const GateSpec>> gates_;
  std::map<std::string, GateDescription> descriptions_;  ///< of gates that were asked, by name
  /// Gates with hints of processes, so that tasks with equal hints share one.
  std::map<std::string, std::shared_ptr<const GateSpec>> hinted_;
  /// By the order of the unit, of those whose hints are the same for all tasks; others: empty.
  std::map<std::size_t, std::shared_ptr<const GateList>> gates_of_process_;
  std::set<std::string> checked_;  ///< processes whose hints were looked at
  bool has_late_gates_ = false;
  struct ForService {
    std::string name;
    std::set<ServiceId> services;
    std::chrono::nanoseconds since{0};
  };
  std::map<TaskId, ForService> for_services_;  ///< tasks that wait for services now
  std::map<ServiceUse, TaskId> task_of_;        ///< of uses that were not released
  std::map<ServiceUse, ServiceId> service_of_;  ///< of uses by services
  std::map<ServiceId, std::shared_ptr<ServiceStart>> starts_;
  std::set<std::size_t> running_;  ///< places of services that have resources or were promised them
  struct Seen {
    std::string name;
    ServiceState state = ServiceState::declared;
    std::chrono::nanoseconds since{0};
  };
  std::map<ServiceId, Seen> seen_;
  std::function<void()> progress_;
  std::function<void(const std::string&)> abort_;
  std::function<void(const std::string&, ServiceState)> service_changed_;
  GateWaitHandler gate_wait_;
  int handing_out_ = 0;  ///< services whose handles are on their way
  ErrorKind failure_kind_ = ErrorKind::failed;
  base::EventLoop::Id standstill_timer_ = 0;
  std::uint64_t steps_seen_ = 0;
  std::chrono::nanoseconds still_since_{0};
  std::chrono::milliseconds standstill_limit_{60000};
  base::EventLoop::Id deadline_timer_ = 0;
  base::EventLoop::Id gates_timer_ = 0;
  enum class Gates { in_use, ending, gone } gates_state_ = Gates::in_use;
  std::chrono::milliseconds longest_grace_{0};
};

}  // namespace weir::engine
