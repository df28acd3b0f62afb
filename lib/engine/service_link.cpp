#include "engine/internal/service_link.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/text.hpp"
#include "engine/internal/service_link_parts.hpp"
#include "engine/internal/service_task.hpp"
#include "engine/remote_files.hpp"
#include "engine/task_directives.hpp"
#include "lang/host.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace weir::engine {

using lang::MapObject;
using lang::Value;

namespace {

/// Each value of a list by itself, anything else as it is.
void set_option(ServiceSettings& settings, const std::string& name, const Value& value) {
  if (value.is_null()) return;
  if (lang::is_collection(value)) {
    for (const Value& item : lang::elements_of(value)) set_option(settings, name, item);
    return;
  }
  set_service_option(settings, name, text_of_setting(value));
}

void set_options(ServiceSettings& settings, const MapObject& options) {
  for (const auto& entry : options.items.entries())
    set_option(settings, lang::to_text(entry.key), entry.value);
}

/// The directive `service`, `ext.service` and the scope `services { NAME { … } }`, the latter last.
std::optional<ServiceSettings> service_settings(ProcessUnit& unit) {
  TaskContext context(unit, 0, 1);
  ServiceSettings settings;
  bool is_service = false;
  for (const DirectiveValue& value : context.directive("service")) {
    if (!value.values.empty()) is_service = lang::truth(value.first());
    if (!value.named) continue;
    is_service = value.values.empty() || lang::truth(value.first());
    set_options(settings, *value.named);
  }
  if (const Value given = context.ext("service"); !given.is_null()) {
    is_service = lang::truth(given);
    if (const auto* const options = given.as<MapObject>()) set_options(settings, *options);
  }
  if (!is_service) return std::nullopt;
  if (const Value* const scope = unit.run.config.find("services")) {
    const auto* const map = scope->as<MapObject>();
    for (const std::string& name : {unit.name, unit.qualified_name}) {
      const Value* const own = map == nullptr ? nullptr : map->items.find(name);
      if (const auto* const options = own == nullptr ? nullptr : own->as<MapObject>())
        set_options(settings, *options);
    }
  }
  return settings;
}

/// The processes that a channel's items reach, through operators.
void find_consumers(const dataflow::Channel& channel, std::set<const dataflow::Channel*>& seen,
                    std::set<const ProcessNode*>& consumers) {
  std::vector<const dataflow::Channel*> open{&channel};
  while (!open.empty()) {
    const dataflow::Channel* const next = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;
    for (dataflow::Node* const reader : next->readers()) {
      WEIR_ASSERT(reader != nullptr);
      if (const auto* const process = dynamic_cast<const ProcessNode*>(reader)) {
        consumers.insert(process);
        continue;
      }
      for (std::size_t i = 0; i < reader->output_count(); ++i) open.push_back(reader->output(i));
    }
  }
}

/// What a service hands out: a handle for each path, values as they are.
class HandleMaker {
 public:
  HandleMaker(TaskContext& context, const TaskSpec& spec, ServiceId id, std::string identity)
      : context_(context), spec_(spec), id_(id), identity_(std::move(identity)) {}

  Value make(const lang::ProcessOutput& output) {
    switch (output.kind) {
      case lang::OutputKind::val: return context_.settled(context_.evaluate(*output.argument));
      case lang::OutputKind::path:
      case lang::OutputKind::file: {
        const std::size_t index = next_path_++;
        return lang::make_path(
            path_of_handle({id_, identity_, index, spec_.path_outputs[index].patterns.front()}));
      }
      case lang::OutputKind::tuple: {
        std::vector<Value> parts;
        for (const lang::ProcessOutput& element : output.elements) parts.push_back(make(element));
        return lang::make_list(std::move(parts));
      }
      default: break;
    }
    throw Error(ErrorKind::usage, fmt::format("service '{}' can only have path and val outputs",
                                              context_.unit().qualified_name))
        .with_hint("split it into a service and an ordinary process");
  }

 private:
  TaskContext& context_;
  const TaskSpec& spec_;
  ServiceId id_;
  std::string identity_;
  std::size_t next_path_ = 0;
};

}  // namespace

ServiceLink::ServiceLink(base::EventLoop& loop, base::ThreadPool& pool, RunContext& run,
                         Options options)
    : loop_(loop),
      run_(run),
      options_(std::move(options)),
      pool_(pool),
      capacity_(options_.machine) {}

ServiceLink::~ServiceLink() {
  for (const base::EventLoop::Id timer : {standstill_timer_, deadline_timer_, gates_timer_}) {
    if (timer != 0) loop_.cancel(timer);
  }
}

void ServiceLink::wire(const std::vector<ProcessNode*>& nodes) {
  for (ProcessNode* const node : nodes) add_service(*node);
  for (const auto& [order, service] : services_) add_consumers(service, nodes);
  if (manager_) manager_->seal_graph();
  check_capacity();
  read_gates();
  watch_standstill();
}

void ServiceLink::make_manager() {
  if (const Value* const idle = run_.config.find("services.allowIdle"))
    options_.services.allow_idle = lang::truth(*idle);
  manager_ = std::make_unique<ServiceManager>(loop_, pool_, options_.services);
  manager_->on_abort([this](const std::string& why, ErrorKind kind) {
    failure_kind_ = kind;
    abort_(why);
  });
  manager_->on_warning(
      [this](const std::string& text) { run_.host.log(lang::LogLevel::warn, text); });
  manager_->on_use_lost([this](ServiceUse use, const std::string& why, bool is_restarted) {
    use_lost(use, why, is_restarted);
  });
  manager_->on_change([this](ServiceId id, const std::string& name, ServiceState state) {
    state_changed(id, name, state);
  });
  manager_->on_attempt([this](const ServiceAttempt& attempt) { note_attempt(attempt); });
  manager_->on_last_task([this](const std::string& consumer) {
    const auto node = consumer_nodes_.find(consumer);
    return node != consumer_nodes_.end() && node->second->is_at_last_task();
  });
  manager_->on_end([this](const ServiceReport&) { progress_(); });
}

void ServiceLink::add_service(ProcessNode& node) {
  std::optional<ServiceSettings> settings;
  try {
    settings = service_settings(node.unit());
  } catch (Error& error) {
    error.add_context(fmt::format("process '{}'", node.unit().qualified_name));
    dataflow::place_error(error, run_.place(node.unit().declaration.name_span));
    throw;
  }
  if (!settings) return;
  check_service(node.unit());
  for (const std::string& text : service_warnings(node.unit(), *settings))
    run_.host.log(lang::LogLevel::warn, text);
  if (!manager_) make_manager();
  longest_grace_ = std::max(longest_grace_, settings->grace);
  Service& service = services_[node.unit().order];
  service.node = &node;
  service.settings = *settings;
  service.id = manager_->add_service(node.unit().qualified_name, std::move(*settings));
  service.place =
      capacity_.add_service({node.unit().qualified_name, known_resources(node.unit()), {}});
}

void ServiceLink::add_consumers(const Service& service, const std::vector<ProcessNode*>& nodes) {
  std::set<const dataflow::Channel*> seen;
  std::set<const ProcessNode*> consumers;
  for (std::size_t i = 0; i < service.node->output_count(); ++i) {
    find_consumers(*service.node->output(i), seen, consumers);
  }
  for (const std::string& name : service.settings.keep_for) {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const ProcessNode* node) {
      return node->unit().name == name || node->unit().qualified_name == name;
    });
    if (found == nodes.end()) {
      throw Error(ErrorKind::usage, fmt::format("service '{}' is to be kept for '{}', which is no "
                                                "process of the workflow",
                                                service.node->unit().qualified_name, name));
    }
    consumers.insert(*found);
  }
  for (const ProcessNode* const consumer : consumers) {
    const std::string& name = consumer->unit().qualified_name;
    manager_->add_consumer(service.id, name);
    used_by_[name].push_back(service.id);
    places_used_by_[name].insert(service.place);
    const auto other = services_.find(consumer->unit().order);
    if (other != services_.end()) {
      capacity_.use(other->second.place, service.place);
    } else {
      consumer_nodes_[name] = consumer;
    }
  }
}

/// Resources that directives say without looking at inputs; others count as nothing here.
void ServiceLink::check_capacity() {
  for (const auto& [name, node] : consumer_nodes_)
    capacity_.add_consumer({name, known_resources(node->unit()), places_used_by_[name]});
  const auto objection = capacity_.objection();
  if (objection) {
    throw Error(ErrorKind::usage, *objection).with_hint("ask for less, or run on a larger machine");
  }
}

void ServiceLink::declare(ProcessNode& node, TaskRequest request) {
  Service& service = services_.at(node.unit().order);
  ServiceId id = service.id;
  if (service.settings.each && service.instances++ > 0) {
    id = manager_->add_instance(
        id, fmt::format("{} ({})", node.unit().qualified_name, service.instances));
  }
  request.singleton = !service.settings.each;
  auto built = build_task(node.unit(), request, 1, nullptr);
  if (!built)
    throw Error(ErrorKind::input,
                fmt::format("service '{}' cannot have a false 'when'", node.name()));
  const std::string identity = internal::service_identity(built->spec);
  HandleMaker maker(*built->context, built->spec, id, identity);
  std::vector<std::optional<Value>> outputs;
  for (const lang::ProcessOutput& output : node.unit().declaration.outputs)
    outputs.emplace_back(maker.make(output));

  auto start = std::make_shared<ServiceStart>();
  start->id = id;
  start->process = node.unit().id;
  start->place = service.place;
  start->name = node.unit().qualified_name;
  start->resources = built->spec.resources;
  start->request = request;
  for (const Value& value : request.values) collect_services(value, start->wanted);
  std::optional<base::Hash128> gate_key;
  start->gate_request = gate_request_of(*built->context, built->spec, 0, gate_key);
  starts_[id] = start;

  ServiceDeclaration declaration;
  declaration.id = id;
  declaration.identity = identity;
  ProcessUnit& unit = node.unit();
  declaration.make_spec = [&unit, start](int attempt) {
    auto again = build_task(unit, with_services(start->request, start->ready), attempt, nullptr);
    return std::move(again->spec);
  };
  const std::string strategy = built->context->text("errorStrategy").value_or("terminate");
  if (strategy == "retry") {
    const Value retries = built->context->value("maxRetries");
    declaration.start_attempts = lang::is_number(retries) ? lang::to_int32(retries) + 1 : 2;
  }
  declaration.abort_on_failed_start = strategy != "ignore";
  declaration.gates = [this, id](std::function<void(std::string)> proceed) {
    begin_start(id, std::move(proceed));
  };
  declaration.cancel_gates = [this, id] { end_start(id); };
  manager_->declare(std::move(declaration));
  ++handing_out_;
  loop_.post([this, &node, index = request.index, outputs = std::move(outputs)]() mutable {
    --handing_out_;
    node.task_ended(index, std::move(outputs));
    progress_();
  });
}

bool ServiceLink::concerns(TaskContext& context, const TaskRequest& request) {
  if (!gates_.empty()) {
    const auto gates = gates_of(context);
    if (!gates || !gates->empty()) return true;
  }
  if (!manager_) return false;
  std::set<ServiceId> services;
  for (const Value& value : request.values) collect_services(value, services);
  return !services.empty();
}

void ServiceLink::admit(const Attempt& attempt, std::function<void(Prepared)> proceed,
                        std::shared_ptr<TaskAdmission>& admission) {
  admission = std::make_shared<TaskAdmission>();
  admission->task = attempt.id;
  admission->proceed = std::move(proceed);
  std::set<ServiceId> wanted;
  for (const Value& value : attempt.request.values) collect_services(value, wanted);
  if (!wanted.empty()) {
    admission->services = std::make_unique<ServicesOfTask>(ServicesOfTask{
        attempt.context, attempt.spec.name, attempt.request, {}, {}, std::move(wanted)});
  }
  if (gates_.empty()) return ask_services(admission);
  const auto request =
      gate_request_of(*attempt.context, attempt.spec, attempt.id, attempt.gate_key);
  if (request->gates.empty()) return ask_services(admission);
  if (has_late_gates_) admission->late = request;
  ask_gates(admission, request);
}

void ServiceLink::ask_gates(const std::shared_ptr<TaskAdmission>& admission,
                            const std::shared_ptr<GateRequest>& request) {
  admission->ticket = keeper_->prepare(request, [this, admission](const GateOutcome& outcome) {
    admission->ticket.reset();
    admission->valid_for = outcome.valid_for;
    if (gate_wait_) gate_wait_(admission->task, outcome.waited, outcome.data);
    if (outcome.kind == GateOutcome::Kind::ready) {
      ask_services(admission);
      return;
    }
    if (outcome.code == "gate-timeout") failure_kind_ = ErrorKind::timed_out;
    Prepared failed;
    failed.failure = fmt::format("gate '{}': {}", outcome.gate, outcome.message);
    failed.unrecoverable = outcome.unrecoverable;
    finish(admission, std::move(failed));
  });
}

void ServiceLink::ask_services(const std::shared_ptr<TaskAdmission>& admission) {
  if (admission->released) return;
  if (!admission->services) {
    finish(admission, Prepared());
    return;
  }
  for_services_[admission->task] = {admission->services->name, admission->services->wanted,
                                    base::now_boot()};
  for (const ServiceId service : admission->services->wanted) {
    admission->services->uses.push_back(
        manager_->use(service, [this, admission, service](const ServiceHandles& handles) {
          if (!admission->released) take_handles(admission, service, handles);
        }));
    task_of_[admission->services->uses.back()] = admission->task;
  }
}

void ServiceLink::take_handles(const std::shared_ptr<TaskAdmission>& admission, ServiceId service,
                               const ServiceHandles& handles) {
  Prepared answer;
  if (!handles.failure.empty()) {
    answer.failure = handles.failure;
    answer.unrecoverable = true;
    return finish(admission, std::move(answer));
  }
  ServicesOfTask& services = *admission->services;
  services.ready[service] = handles;
  if (services.ready.size() < services.wanted.size()) return;
  try {
    auto built =
        build_task(services.context->unit(), with_services(services.request, services.ready),
                   services.context->attempt(), nullptr);
    if (built) answer.spec = std::move(built->spec);
  } catch (const Error& error) {  // the attempt fails with what the script did
    answer.failure = error.what();
  }
  finish(admission, std::move(answer));
}

void ServiceLink::admit_launch(const std::shared_ptr<TaskAdmission>& admission,
                               std::function<void(Admitted)> proceed) {
  if (!admission || !admission->late) return proceed(Admitted());
  if (!admission->late_since) admission->late_since = base::now_boot();
  keeper_->admit(admission->late, [this, since = *admission->late_since, task = admission->task,
                                   proceed = std::move(proceed)](const AdmitOutcome& outcome) {
    Admitted answer;
    if (gate_wait_ && outcome.kind != AdmitOutcome::Kind::wait)
      gate_wait_(task,
                 std::chrono::duration_cast<std::chrono::milliseconds>(base::now_boot() - since),
                 outcome.data);
    if (outcome.kind == AdmitOutcome::Kind::wait) answer.kind = Admitted::Kind::wait;
    if (outcome.kind == AdmitOutcome::Kind::failed) {
      answer.kind = Admitted::Kind::failed;
      answer.failure = fmt::format("gate '{}': {}", outcome.gate, outcome.message);
      answer.unrecoverable = outcome.unrecoverable;
      if (outcome.code == "gate-timeout") failure_kind_ = ErrorKind::timed_out;
    }
    answer.descriptors = outcome.descriptors;
    proceed(std::move(answer));
  });
}

void ServiceLink::finish(const std::shared_ptr<TaskAdmission>& admission, Prepared answer) {
  if (std::exchange(admission->answered, true)) return;
  for_services_.erase(admission->task);
  answer.valid_for = admission->valid_for;
  admission->proceed(std::move(answer));
}

void ServiceLink::release(std::shared_ptr<TaskAdmission>& admission) {
  if (!admission) return;
  admission->released = true;
  for_services_.erase(admission->task);
  if (admission->ticket) keeper_->cancel(*admission->ticket);
  if (keeper_) keeper_->release(admission->task);
  if (admission->services) {
    for (const ServiceUse use : admission->services->uses) {
      task_of_.erase(use);
      manager_->release(use);
    }
  }
  admission.reset();
}

/// A service's own node closes as soon as its handles are out; what it uses is released when it
/// ends, by the manager.
void ServiceLink::process_closed(const ProcessUnit& unit) {
  const auto service = services_.find(unit.order);
  if (service != services_.end()) return manager_->no_more_instances(service->second.id);
  const auto used = used_by_.find(unit.qualified_name);
  if (used == used_by_.end()) return;
  for (const ServiceId id : used->second) manager_->consumer_closed(id, unit.qualified_name);
}

void ServiceLink::use_lost(ServiceUse use, const std::string& why, bool is_restarted) {
  const auto service = service_of_.find(use);
  if (service != service_of_.end()) return manager_->provider_lost(service->second, why);
  const auto task = task_of_.find(use);
  if (task == task_of_.end() || run_.runner == nullptr) return;
  is_restarted ? run_.runner->rerun(task->second, why)
               : run_.runner->fail_running(task->second, why);
}

void ServiceLink::stop_all() {
  if (const auto& remote = options_.services.directories.remote) remote->stop();
  if (keeper_) keeper_->cancel_all();
  if (!manager_) return;
  // What does not end within the graces it was given, and a reserve for the order, is killed.
  constexpr std::chrono::milliseconds k_abort_max{30000};
  if (deadline_timer_ == 0)
    deadline_timer_ = loop_.after(std::max(k_abort_max, longest_grace_ * 2), [this] {
      deadline_timer_ = 0;
      kill_all();
    });
  manager_->stop_all([this] {
    if (deadline_timer_ != 0) loop_.cancel(std::exchange(deadline_timer_, 0));
    progress_();
  });
}

void ServiceLink::kill_all() {
  if (const auto& remote = options_.services.directories.remote) remote->stop();
  if (keeper_) keeper_->cancel_all();
  gates_state_ = Gates::gone;
  if (manager_) manager_->kill_all([this] { progress_(); });
}

bool ServiceLink::is_idle() {
  if (handing_out_ != 0 || (manager_ && !manager_->is_idle())) return false;
  if (!keeper_ || gates_state_ == Gates::gone) return true;
  if (gates_state_ == Gates::ending) return false;
  // Leases are given back and multiplex gates told to end; a gate that hangs is not waited for.
  constexpr std::chrono::milliseconds k_end_max{10000};
  gates_state_ = Gates::ending;
  const auto gone = [this] {
    if (std::exchange(gates_state_, Gates::gone) == Gates::gone) return;
    if (gates_timer_ != 0) loop_.cancel(std::exchange(gates_timer_, 0));
    progress_();
  };
  gates_timer_ = loop_.after(k_end_max, [this, gone] {
    gates_timer_ = 0;
    gone();
  });
  keeper_->when_idle(gone);
  return false;
}

std::vector<RunWaitList::Service> ServiceLink::services() const {
  std::vector<RunWaitList::Service> list;
  const auto now = base::now_boot();
  for (const auto& [id, seen] : seen_) {
    RunWaitList::Service view;
    view.name = seen.name;
    view.state = seen.state;
    view.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - seen.since);
    const auto start = starts_.find(id);
    if (seen.state == ServiceState::gated && start != starts_.end())
      view.waits_for = start->second->waits_for();
    list.push_back(std::move(view));
  }
  return list;
}

std::vector<RunWaitList::ForService> ServiceLink::waiting_for_services() const {
  std::vector<RunWaitList::ForService> list;
  const auto now = base::now_boot();
  for (const auto& [task, wait] : for_services_) {
    std::string services;
    for (const ServiceId id : wait.services) {
      const auto start = starts_.find(id);
      if (start == starts_.end()) continue;
      if (!services.empty()) services += ", ";
      services += start->second->name;
    }
    list.push_back({task, wait.name, std::move(services),
                    std::chrono::duration_cast<std::chrono::milliseconds>(now - wait.since)});
  }
  return list;
}

GateWaits ServiceLink::waiting(std::size_t first_max) const {
  return keeper_ ? keeper_->waiting(first_max) : GateWaits();
}

}  // namespace weir::engine
