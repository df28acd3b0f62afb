#pragma once

// Shared by the sources of ServiceLink only.

#include "engine/gate_keeper.hpp"
#include "engine/service_manager.hpp"
#include "engine/task_builder.hpp"
#include "engine/task_runner.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir::engine {

/// The services that one attempt uses.
struct ServicesOfTask {
  std::shared_ptr<TaskContext> context;
  std::string name;  ///< of the task
  TaskRequest request;
  std::vector<ServiceUse> uses;
  std::map<ServiceId, ServiceHandles> ready;
  std::set<ServiceId> wanted;
};

/// One attempt between the question and its end. Small: thousands wait at gates.
class TaskAdmission {
 public:
  TaskId task = 0;
  std::shared_ptr<GateRequest> late;  ///< for its late gates; empty: there are none
  std::function<void(Prepared)> proceed;
  std::optional<GateTicket> ticket;
  std::optional<std::chrono::milliseconds> valid_for;
  std::optional<std::chrono::nanoseconds> late_since;  ///< its late gates were asked first
  std::unique_ptr<ServicesOfTask> services;            ///< empty: it uses none
  bool answered = false;
  bool released = false;
};

/// One service from the wish to start it until its tree is empty.
class ServiceStart {
 public:
  ServiceId id = 0;
  ProcessId process = 0;
  std::size_t place = 0;
  std::string name;
  TaskRequest request;
  Resources resources;
  std::shared_ptr<GateRequest> gate_request;
  std::set<ServiceId> wanted;  ///< services that it uses itself

  // Of the present attempt to start it.
  std::function<void(std::string failure)> proceed;
  std::optional<GateTicket> ticket;
  std::vector<ServiceUse> uses;
  std::map<ServiceId, ServiceHandles> ready;
  std::optional<TaskId> aside;
  bool waits_for_room = false;
  bool counted = false;  ///< in `running_`
  [[nodiscard]] std::string waits_for() const;
};

/// A setting's value as the text that `set_service_option` and `set_gate_option` take.
[[nodiscard]] std::string text_of_setting(const lang::Value& value);
/// `request` with the places of handles instead of the handles.
[[nodiscard]] TaskRequest with_services(const TaskRequest& request,
                                        const std::map<ServiceId, ServiceHandles>& ready);
/// What its directives say without inputs; nothing for those that need some.
[[nodiscard]] Resources known_resources(ProcessUnit& unit);
/// Throws Error (usage) for a process that cannot be a service.
void check_service(ProcessUnit& unit);
/// What a user should know about a service before it runs.
[[nodiscard]] std::vector<std::string> service_warnings(ProcessUnit& unit,
                                                        const ServiceSettings& settings);

}  // namespace weir::engine
