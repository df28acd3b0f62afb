// Gates of a pipeline: the scope `gates { }` of the configuration, hints of processes, requests.
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "engine/internal/service_link.hpp"
#include "engine/internal/service_link_parts.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::engine {

using lang::MapObject;
using lang::Value;

namespace {

/// Gates named as a built-in one is spelled are that one, without further settings.
bool set_kind_by_name(GateSpec& gate) {
  for (const BuiltInGate& known : built_in_gates()) {
    if (gate.name != known.name || known.name == "exec") continue;
    set_gate_option(gate, "type", gate.name);
    return true;
  }
  return false;
}

bool names_a_file(const GateSpec& gate) {
  using Kind = GateSpec::Kind;
  const bool pool_path = gate.kind == Kind::semaphore && gate.target.find('/') != std::string::npos;
  return gate.kind == Kind::file || gate.kind == Kind::stable || gate.kind == Kind::unix ||
         gate.kind == Kind::disk || pool_path;
}

/// Where an input really is.
const std::string& address_of(const TaskSpec& spec, const std::string& source) {
  for (const RemoteInput& remote : spec.remote) {
    if (remote.copy == source) return remote.uri;
  }
  return source;
}

/// The same for all attempts of a task, different for tasks of different inputs or scripts.
base::Hash128 request_key(const TaskSpec& spec) {
  base::FastHasher hasher;
  for (const KeyPart& part : spec.key) hasher.update_sized(part.text);
  return hasher.finish();
}

/// For a plain value where a block of settings belongs: left out, tasks would run unguarded.
Error no_block(const std::string& setting, const Value& given) {
  return Error(ErrorKind::usage, fmt::format("setting '{}' cannot be '{}'", setting,
                                             base::printable(lang::to_short_text(given))))
      .with_hint("write a block: gates { NAME { type = '…'; … } }");
}

bool is_literal(const lang::Expr& expression) {
  using Kind = lang::ExprKind;
  return expression.kind == Kind::bool_literal || expression.kind == Kind::integer_literal ||
         expression.kind == Kind::number_literal || expression.kind == Kind::string_literal;
}

/// Whether all tasks of a process have the same hints, in all attempts.
bool has_constant_hints(const ProcessUnit& unit) {
  const auto* const sources = unit.settings.find("hints");
  if (sources == nullptr) return true;
  return std::all_of(sources->begin(), sources->end(), [](const ProcessSettings::Source& source) {
    if (source.directive != nullptr) {
      const auto& named = source.directive->named;
      return source.directive->arguments.empty() &&
             std::all_of(named.begin(), named.end(), [](const lang::NamedArgument& argument) {
               return is_literal(*argument.value);
             });
    }
    const auto* const map = source.value.as<MapObject>();
    if (map == nullptr) return false;
    const auto& entries = map->items.entries();
    return std::none_of(entries.begin(), entries.end(), [](const auto& entry) {
      return entry.value.template as<lang::ClosureObject>() != nullptr;
    });
  });
}

}  // namespace

GateSpec ServiceLink::read_gate(const std::string& name, const MapObject& options,
                                const std::string& folder) const {
  GateSpec gate;
  gate.name = name;
  bool known = set_kind_by_name(gate);
  for (const auto& option : options.items.entries()) {
    const std::string key = lang::to_text(option.key);
    known = known || key == "type" || key == "exec" || key == "command" || key == "url" ||
            key == "rate" || key == "pool" || key == "window" || key == "memory" || key == "path";
    // A command line given as a list keeps its words.
    if (key == "exec" && lang::is_collection(option.value)) {
      gate.kind = GateSpec::Kind::external;
      gate.command.clear();
      for (const Value& word : lang::elements_of(option.value))
        gate.command.push_back(lang::to_text(word));
      continue;
    }
    set_gate_option(gate, key, text_of_setting(option.value));
  }
  if (!known) {
    if (folder.empty()) {
      throw Error(ErrorKind::usage, fmt::format("gate '{}' does not say what it is", name))
          .with_hint(
              "set its type, exec, path, url or command; or `directory` in the scope "
              "`gates` where the program weir-gate-" +
              name + " is");
    }
    gate.kind = GateSpec::Kind::external;
    gate.command = {folder + "/weir-gate-" + name};
    gate.describe = true;
  }
  if (names_a_file(gate) && !gate.target.empty() && !gate.target.starts_with("/"))
    gate.target = options_.launch_dir + "/" + gate.target;
  const bool relative = !gate.command.empty() && !gate.command.front().starts_with("/") &&
                        gate.command.front().find('/') != std::string::npos;
  if (relative) gate.command.front() = options_.launch_dir + "/" + gate.command.front();
  if (gate.kind == GateSpec::Kind::external && gate.command.empty())
    throw Error(ErrorKind::usage, fmt::format("gate '{}' names no program", name))
        .with_hint("set exec = 'PROGRAM ARGUMENTS'");
  return gate;
}

void ServiceLink::read_gates() {
  const Value* const scope = run_.config.find("gates");
  if (scope == nullptr || scope->is_null()) return;
  const auto* const gates = scope->as<MapObject>();
  if (gates == nullptr) throw no_block("gates", *scope);
  std::string folder;
  if (const Value* const given = gates->items.find("directory")) folder = lang::to_text(*given);
  if (!folder.empty() && !folder.starts_with("/")) folder = options_.launch_dir + "/" + folder;
  std::vector<std::string> names;
  for (const auto& entry : gates->items.entries()) {
    const auto* const options = entry.value.as<MapObject>();
    const std::string name = lang::to_text(entry.key);
    if (entry.value.is_null() || name == "directory") continue;
    if (options == nullptr) throw no_block("gates." + name, entry.value);
    names.push_back(lang::to_text(entry.key));
    gates_.push_back(std::make_shared<const GateSpec>(read_gate(names.back(), *options, folder)));
  }
  if (gates_.empty()) return;
  static_cast<void>(check_hints({}, names));  // refuses names of executors
  describe_gates();
  has_late_gates_ = std::any_of(gates_.begin(), gates_.end(),
                                [](const auto& gate) { return is_admit_gate(*gate); });
  keeper_ = std::make_unique<GateKeeper>(loop_, pool_, options_.gates);
  keeper_->on_warning(
      [this](const std::string& text) { run_.host.log(lang::LogLevel::warn, text); });
  keeper_->on_again([this](TaskId task) {
    if (run_.runner != nullptr) run_.runner->ask_again(task);
  });
  for (const auto& gate : gates_) keeper_->check(gate);
  keeper_->release_dead_leases(gates_);
}

void ServiceLink::describe_gates() {
  for (auto& gate : gates_) {
    if (gate->kind != GateSpec::Kind::external || !gate->describe || gate->skip) continue;
    const GateDescription description =
        describe_gate(gate->command, options_.gates.environment, k_describe_max);
    descriptions_[gate->name] = description;
    gate = std::make_shared<const GateSpec>(described_gate(*gate, description));
  }
}

/// Once for each process: a wrong prefix or an unknown hint is told before its first task waits.
void ServiceLink::check_hints_of(const std::string& process,
                                 const std::map<std::string, std::string>& hints) {
  if (hints.empty() || !checked_.insert(process).second) return;
  std::vector<std::string> names;
  for (const auto& gate : gates_) names.push_back(gate->name);
  std::vector<std::string> warnings = check_hints(hints, names);
  for (const auto& gate : gates_) {
    const auto description = descriptions_.find(gate->name);
    if (description == descriptions_.end()) continue;
    for (std::string& text : check_gate_hints(with_hints(*gate, hints), description->second))
      warnings.push_back(std::move(text));
  }
  for (const std::string& text : warnings)
    run_.host.log(lang::LogLevel::warn, fmt::format("process '{}': {}", process, text));
}

ServiceLink::GateList ServiceLink::hinted_gates(TaskContext& context) {
  std::map<std::string, std::string> hints;
  for (const DirectiveValue& value : context.directive("hints")) {
    if (!value.named) continue;
    for (const auto& entry : value.named->items.entries()) {
      hints[lang::to_text(entry.key)] = text_of_setting(context.settled(entry.value));
    }
  }
  check_hints_of(context.unit().qualified_name, hints);
  GateList gates;
  for (const auto& gate : gates_) {
    std::string key;
    for (const auto& [name, value] : hints) {
      if (name.starts_with(gate->name + "/"))
        key.append(name).append("=").append(value).append("\n");
    }
    std::shared_ptr<const GateSpec> own = gate;
    if (!key.empty()) {
      auto& hinted = hinted_[key];
      if (!hinted) hinted = std::make_shared<const GateSpec>(with_hints(*gate, hints));
      own = hinted;
    }
    if (!own->skip) gates.push_back(std::move(own));
  }
  return gates;
}

/// Nothing for a process whose hints may differ between tasks and attempts.
std::shared_ptr<const ServiceLink::GateList> ServiceLink::gates_of(TaskContext& context) {
  const auto [known, is_new] = gates_of_process_.try_emplace(context.unit().order);
  if (is_new && has_constant_hints(context.unit()))
    known->second = std::make_shared<const GateList>(hinted_gates(context));
  return known->second;
}

/// What gates are told of an attempt.
std::shared_ptr<GateRequest> ServiceLink::gate_request_of(TaskContext& context,
                                                          const TaskSpec& spec, TaskId id,
                                                          std::optional<base::Hash128>& gate_key) {
  auto request = std::make_shared<GateRequest>();
  if (gates_.empty()) return request;
  const auto gates = gates_of(context);
  request->gates = gates ? *gates : hinted_gates(context);
  if (request->gates.empty()) return request;
  request->task = id;
  request->attempt = context.attempt();
  request->process = context.unit().qualified_name;
  request->name = spec.name;
  request->tag = spec.tag;
  request->resources = spec.resources;
  request->inputs.reserve(spec.inputs.size());
  for (const StagedInput& input : spec.inputs) {
    if (!parse_handle(input.source)) request->inputs.push_back(address_of(spec, input.source));
  }
  if (!gate_key) gate_key = request_key(spec);
  request->key = gate_key->hex();
  return request;
}

}  // namespace weir::engine
