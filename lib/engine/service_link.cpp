#include "engine/internal/service_link.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/text.hpp"
#include "lang/host.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace weir::engine {

using lang::MapObject;
using lang::Value;

/// One attempt between the question and its end.
class TaskAdmission {
 public:
  std::shared_ptr<TaskContext> context;
  TaskRequest request;
  GateRequest gate_request;
  std::function<void(Prepared)> proceed;
  std::optional<GateTicket> ticket;
  std::vector<ServiceUse> uses;
  std::map<ServiceId, ServiceHandles> ready;
  std::set<ServiceId> wanted;
  bool answered = false;
  bool released = false;
};

namespace {

std::string text_of_setting(const Value& value) {
  if (value.kind() == lang::Kind::duration) return fmt::format("{}ms", value.as_int64());
  if (value.kind() == lang::Kind::memory) return fmt::format("{}", value.as_int64());
  return lang::to_text(value);
}

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

/// Built-in gates may be used without further settings.
void set_kind_by_name(GateSpec& gate) {
  for (const std::string_view name : {"stable", "file", "disk", "tcp", "unix", "http", "command"}) {
    if (gate.name == name) set_gate_option(gate, "type", gate.name);
  }
}

}  // namespace

ServiceLink::ServiceLink(base::EventLoop& loop, base::ThreadPool& pool, RunContext& run,
                         Options options)
    : loop_(loop), run_(run), options_(std::move(options)), pool_(pool) {}

ServiceLink::~ServiceLink() = default;

void ServiceLink::wire(const std::vector<ProcessNode*>& nodes) {
  for (ProcessNode* const node : nodes) add_service(*node);
  for (const auto& [order, service] : services_) add_consumers(service);
  if (manager_) manager_->seal_graph();
  read_gates();
}

void ServiceLink::add_service(ProcessNode& node) {
  auto settings = service_settings(node.unit());
  if (!settings) return;
  if (!manager_) {
    manager_ = std::make_unique<ServiceManager>(loop_, pool_, options_.services);
    manager_->on_abort([this](const std::string& why, ErrorKind kind) {
      failure_kind_ = kind;
      abort_(why);
    });
    manager_->on_warning(
        [this](const std::string& text) { run_.host.log(lang::LogLevel::warn, text); });
    manager_->on_use_lost([this](ServiceUse use, const std::string& why) {
      const auto task = task_of_.find(use);
      if (task != task_of_.end() && run_.runner != nullptr)
        run_.runner->fail_running(task->second, why);
    });
    manager_->on_end([this](const ServiceReport&) { progress_(); });
  }
  services_[node.unit().order] = {
      manager_->add_service(node.unit().qualified_name, std::move(*settings)), &node};
}

void ServiceLink::add_consumers(const Service& service) {
  std::set<const dataflow::Channel*> seen;
  std::set<const ProcessNode*> consumers;
  for (std::size_t i = 0; i < service.node->output_count(); ++i) {
    find_consumers(*service.node->output(i), seen, consumers);
  }
  for (const ProcessNode* const consumer : consumers) {
    manager_->add_consumer(service.id, consumer->unit().qualified_name);
    used_by_[consumer->unit().qualified_name].push_back(service.id);
  }
}

void ServiceLink::read_gates() {
  const Value* const scope = run_.config.find("gates");
  const auto* const gates = scope == nullptr ? nullptr : scope->as<MapObject>();
  if (gates == nullptr) return;
  for (const auto& entry : gates->items.entries()) {
    const auto* const options = entry.value.as<MapObject>();
    if (options == nullptr) continue;
    GateSpec gate;
    gate.name = lang::to_text(entry.key);
    set_kind_by_name(gate);
    for (const auto& option : options->items.entries()) {
      set_gate_option(gate, lang::to_text(option.key), text_of_setting(option.value));
    }
    gates_.push_back(std::move(gate));
  }
  if (gates_.empty()) return;
  keeper_ = std::make_unique<GateKeeper>(loop_, pool_, options_.gates);
  keeper_->on_warning(
      [this](const std::string& text) { run_.host.log(lang::LogLevel::warn, text); });
}

void ServiceLink::declare(ProcessNode& node, TaskRequest request) {
  const ServiceId id = services_.at(node.unit().order).id;
  request.singleton = true;
  auto built = build_task(node.unit(), request, 1, nullptr);
  if (!built)
    throw Error(ErrorKind::input,
                fmt::format("service '{}' cannot have a false 'when'", node.name()));
  const std::string identity = service_identity(built->spec);
  HandleMaker maker(*built->context, built->spec, id, identity);
  std::vector<std::optional<Value>> outputs;
  for (const lang::ProcessOutput& output : node.unit().declaration.outputs)
    outputs.emplace_back(maker.make(output));

  ServiceDeclaration declaration;
  declaration.id = id;
  declaration.identity = identity;
  ProcessUnit& unit = node.unit();
  declaration.make_spec = [&unit, request](int attempt) {
    auto again = build_task(unit, request, attempt, nullptr);
    return std::move(again->spec);
  };
  const std::string strategy = built->context->text("errorStrategy").value_or("terminate");
  if (strategy == "retry") {
    const Value retries = built->context->value("maxRetries");
    declaration.start_attempts = lang::is_number(retries) ? lang::to_int32(retries) + 1 : 2;
  }
  declaration.abort_on_failed_start = strategy != "ignore";
  GateRequest gate = gate_request_of(*built->context, built->spec);
  if (!gate.gates.empty()) {
    declaration.gates = [this, gate](std::function<void(std::string)> proceed) {
      keeper_->prepare(gate, [proceed = std::move(proceed)](const GateOutcome& outcome) {
        const bool ready = outcome.kind == GateOutcome::Kind::ready;
        proceed(ready ? "" : fmt::format("gate '{}': {}", outcome.gate, outcome.message));
      });
    };
  }
  manager_->declare(std::move(declaration));
  ++handing_out_;
  loop_.post([this, &node, index = request.index, outputs = std::move(outputs)]() mutable {
    --handing_out_;
    node.task_ended(index, std::move(outputs));
    progress_();
  });
}

bool ServiceLink::concerns(const TaskRequest& request) const {
  if (!gates_.empty()) return true;
  if (!manager_) return false;
  std::set<ServiceId> services;
  for (const Value& value : request.values) collect_services(value, services);
  return !services.empty();
}

std::vector<GateSpec> ServiceLink::gates_of(TaskContext& context) const {
  std::map<std::string, std::string> hints;
  for (const DirectiveValue& value : context.directive("hints")) {
    if (!value.named) continue;
    for (const auto& entry : value.named->items.entries()) {
      hints[lang::to_text(entry.key)] = text_of_setting(context.settled(entry.value));
    }
  }
  std::vector<GateSpec> gates;
  for (const GateSpec& gate : gates_) {
    GateSpec own = with_hints(gate, hints);
    if (!own.skip) gates.push_back(std::move(own));
  }
  return gates;
}

GateRequest ServiceLink::gate_request_of(TaskContext& context, const TaskSpec& spec) const {
  GateRequest request;
  request.attempt = spec.attempt;
  request.process = context.unit().qualified_name;
  request.name = spec.name;
  request.tag = spec.tag;
  request.resources = spec.resources;
  for (const StagedInput& input : spec.inputs) {
    if (!parse_handle(input.source)) request.inputs.push_back(input.source);
  }
  request.gates = gates_of(context);
  return request;
}

void ServiceLink::admit(const std::shared_ptr<TaskContext>& context, const TaskRequest& request,
                        const TaskSpec& spec, TaskId id, std::function<void(Prepared)> proceed,
                        std::shared_ptr<TaskAdmission>& admission) {
  admission = std::make_shared<TaskAdmission>();
  admission->context = context;
  admission->request = request;
  admission->proceed = std::move(proceed);
  for (const Value& value : request.values) collect_services(value, admission->wanted);
  admission->gate_request = gate_request_of(*context, spec);
  admission->gate_request.task = id;
  ask_gates(admission);
}

void ServiceLink::ask_gates(const std::shared_ptr<TaskAdmission>& admission) {
  if (admission->gate_request.gates.empty()) {
    ask_services(admission);
    return;
  }
  admission->ticket =
      keeper_->prepare(admission->gate_request, [this, admission](const GateOutcome& outcome) {
        admission->ticket.reset();
        if (outcome.kind == GateOutcome::Kind::ready) {
          ask_services(admission);
          return;
        }
        if (outcome.code == "gate-timeout") failure_kind_ = ErrorKind::timed_out;
        finish(admission, {fmt::format("gate '{}': {}", outcome.gate, outcome.message),
                           outcome.unrecoverable, std::nullopt});
      });
}

void ServiceLink::ask_services(const std::shared_ptr<TaskAdmission>& admission) {
  if (admission->released) return;
  if (admission->wanted.empty()) {
    finish(admission, Prepared());
    return;
  }
  for (const ServiceId service : admission->wanted) {
    admission->uses.push_back(
        manager_->use(service, [this, admission, service](const ServiceHandles& handles) {
          if (admission->released) return;
          if (!handles.failure.empty()) {
            finish(admission, {handles.failure, true, std::nullopt});
            return;
          }
          admission->ready[service] = handles;
          if (admission->ready.size() < admission->wanted.size()) return;
          TaskRequest request = admission->request;
          for (Value& value : request.values) {
            value = with_places(value, [&](const ServiceHandle& handle) {
              const ServiceHandles& placed = admission->ready.at(handle.service);
              const auto& names = placed.paths.at(handle.output).names;
              return placed.work_dir + "/" + (names.empty() ? handle.name : names.front());
            });
          }
          Prepared answer;
          try {
            auto built = build_task(admission->context->unit(), request,
                                    admission->context->attempt(), nullptr);
            if (built) answer.spec = std::move(built->spec);
          } catch (const Error& error) {  // the attempt fails with what the script did
            answer.failure = error.what();
          }
          finish(admission, std::move(answer));
        }));
    task_of_[admission->uses.back()] = admission->gate_request.task;
  }
}

void ServiceLink::finish(const std::shared_ptr<TaskAdmission>& admission, Prepared answer) {
  if (std::exchange(admission->answered, true)) return;
  admission->proceed(std::move(answer));
}

void ServiceLink::release(std::shared_ptr<TaskAdmission>& admission) {
  if (!admission) return;
  admission->released = true;
  if (admission->ticket) keeper_->cancel(*admission->ticket);
  for (const ServiceUse use : admission->uses) {
    task_of_.erase(use);
    manager_->release(use);
  }
  admission.reset();
}

void ServiceLink::process_closed(const ProcessUnit& unit) {
  const auto used = used_by_.find(unit.qualified_name);
  if (used == used_by_.end()) return;
  for (const ServiceId service : used->second)
    manager_->consumer_closed(service, unit.qualified_name);
}

void ServiceLink::stop_all() {
  if (keeper_) keeper_->cancel_all();
  if (manager_) manager_->stop_all([this] { progress_(); });
}

void ServiceLink::kill_all() {
  if (keeper_) keeper_->cancel_all();
  if (manager_) manager_->kill_all([this] { progress_(); });
}

bool ServiceLink::is_idle() const {
  return handing_out_ == 0 && (!manager_ || manager_->is_idle());
}

}  // namespace weir::engine
