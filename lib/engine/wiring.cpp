#include "engine/wiring.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "dataflow/sources.hpp"
#include "engine/callable_object.hpp"
#include "engine/path_lookup.hpp"
#include "engine/typed_outputs.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::engine {

using dataflow::Channel;
using dataflow::ChannelsObject;
using lang::Value;

namespace {

constexpr int k_workflow_depth_max = 200;

void check_count(std::string_view kind, const std::string& name, std::size_t declared,
                 std::size_t given) {
  if (declared == given) return;
  throw Error(ErrorKind::input,
              fmt::format("{} '{}' declares {} input{}, but {} {} given", kind, name, declared,
                          declared == 1 ? "" : "s", given, given == 1 ? "was" : "were"));
}

/// A parameter that nobody gave, a missing key of a map: told before a task runs with it.
void check_inputs(const RunContext& run, const lang::ProcessDecl& declaration,
                  const std::string& name, const std::vector<Value>& arguments) {
  if (declaration.typed) return;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].is_null()) continue;
    throw Error(ErrorKind::input, fmt::format("process '{}' is given null for its input `{}`", name,
                                              run.sources.text(declaration.inputs[i].span)))
        .with_hint("give a channel or a value; `[]` stands for no file");
  }
}

/// The text of an output's option as a topic or emit name; a literal in practice.
std::string option_text(RunContext& run, const lang::ProcessDecl& declaration,
                        const lang::NamedArgument& option) {
  lang::Frame frame(declaration.frame_size);
  return lang::to_text(run.interpreter.evaluate(*option.value, frame));
}

/// Where programs of the project and of the process's own module are.
std::vector<std::string> bin_dirs_of(const RunContext& run, const lang::ProcessDecl& declaration) {
  std::vector<std::string> found;
  const auto add = [&](const std::string& folder) {
    const auto info = base::file_info(folder);
    if (info && info->type == base::FileInfo::Type::directory) found.push_back(folder);
  };
  if (run.module_binaries) {
    const base::fs::path script(run.place(declaration.name_span).file);
    const base::fs::path module = (base::fs::path(run.launch_dir) / script).parent_path();
    add((module / "resources/usr/bin").lexically_normal().native());
  }
  add(run.project_dir + "/bin");
  return found;
}

/// A directive that counts for the process as a whole.
bool process_flag(ProcessUnit& unit, std::string_view name) {
  return unit.settings.find(name) != nullptr && TaskContext(unit, 0, 1).flag(name);
}

}  // namespace

Value Wiring::process(const lang::ProcessDecl& declaration, std::string_view name) {
  if (levels_.empty()) throw Error(ErrorKind::input, "a process can only be used in a workflow");
  Level& level = levels_.back();
  if (const auto known = level.names.find(name); known != level.names.end()) return known->second;
  const std::string own(name);
  const std::string prefix = level.prefix;
  const Value value = lang::make<CallableObject>(
      run_.flow, "process", own,
      [this, &declaration, own, prefix](const std::vector<Value>& arguments) {
        return call_process(declaration, own, prefix, arguments);
      });
  level.names.emplace(own, value);
  return value;
}

Value Wiring::workflow(const lang::WorkflowDecl& declaration, std::string_view name) {
  if (levels_.empty()) throw Error(ErrorKind::input, "a workflow can only be used in a workflow");
  Level& level = levels_.back();
  if (const auto known = level.names.find(name); known != level.names.end()) return known->second;
  const std::string own(name);
  const std::string prefix = level.prefix;
  const Value value = lang::make<CallableObject>(
      run_.flow, "workflow", own,
      [this, &declaration, own, prefix](const std::vector<Value>& arguments) {
        return call_workflow(declaration, own, prefix, arguments);
      });
  level.names.emplace(own, value);
  return value;
}

Value Wiring::call_process(const lang::ProcessDecl& declaration, const std::string& name,
                           const std::string& prefix, std::vector<Value> arguments) {
  check_count("process", name, declaration.inputs.size(), arguments.size());
  for (Value& argument : arguments) {  // `INDEX { reads.bam }`
    if (argument.kind() == lang::Kind::closure) argument = run_.interpreter.call(argument);
  }
  check_inputs(run_, declaration, name, arguments);
  const std::string qualified = prefix + name;
  // A workflow may be called again; its processes have their places already.
  if (std::any_of(units_.begin(), units_.end(),
                  [&](const auto& unit) { return unit->qualified_name == qualified; })) {
    throw Error(ErrorKind::input,
                fmt::format("process '{}' is called twice, by the same name", qualified))
        .with_hint("include it, or the workflow that calls it, a second time under an alias");
  }
  units_.push_back(std::unique_ptr<ProcessUnit>(new ProcessUnit{
      run_, declaration, name, qualified, ProcessSettings(run_, declaration, name, qualified), 0,
      units_.size(), bin_dirs_of(run_, declaration)}));
  ProcessUnit& unit = *units_.back();
  refuse_unsupported(unit);
  ProcessNode::Options options;
  options.fair = process_flag(unit, "fair");
  const dataflow::Place place = run_.flow.surroundings().here();
  ProcessNode& node = run_.flow.graph().add<ProcessNode>(unit, sink_, place, options);
  nodes_.push_back(&node);
  for (const Value& argument : arguments) node.add_input(dataflow::as_channel(run_.flow, argument));
  node.wire();
  add_topics(node);
  return outputs_of(node);
}

Value Wiring::outputs_of(const ProcessNode& node) {
  std::vector<ChannelsObject::Part> parts;
  const auto& outputs = node.unit().declaration.outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    parts.push_back({std::string(run_.text(outputs[i].emit)),
                     dataflow::channel_value(run_.flow, *node.output(i))});
  }
  return lang::make<ChannelsObject>(run_.flow, node.unit().qualified_name, std::move(parts));
}

void Wiring::add_topics(const ProcessNode& node) {
  const auto& declaration = node.unit().declaration;
  for (std::size_t i = 0; i < declaration.outputs.size(); ++i) {
    for (const lang::NamedArgument& option : declaration.outputs[i].options) {
      if (run_.text(option.key) == "topic") {
        run_.flow.add_to_topic(option_text(run_, declaration, option), *node.output(i));
      }
    }
  }
  for (std::size_t i = 0; i < declaration.topics.size(); ++i) {
    lang::Frame frame(declaration.frame_size);
    const Value topic = run_.interpreter.evaluate(*topic_name(*declaration.topics[i]), frame);
    run_.flow.add_to_topic(lang::to_text(topic), *node.output(declaration.outputs.size() + i));
  }
}

Value Wiring::call_workflow(const lang::WorkflowDecl& declaration, const std::string& name,
                            const std::string& prefix, const std::vector<Value>& arguments) {
  check_count("workflow", name, declaration.takes.size(), arguments.size());
  if (levels_.size() > k_workflow_depth_max) {
    throw Error(ErrorKind::input, fmt::format("workflow '{}' calls itself", name));
  }
  lang::Frame frame(declaration.frame_size);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    // What is no channel stays what it is: workflows branch on plain values.
    const lang::WorkflowTake& take = declaration.takes[i];
    frame.set(take.slot, arguments[i], take.cell);
  }
  levels_.push_back({prefix + name + ":", {}});
  try {
    run_.interpreter.run(*declaration.main, frame);
    std::vector<ChannelsObject::Part> parts;
    for (const lang::WorkflowEmit& emit : declaration.emits) {
      const Value value = run_.interpreter.evaluate(*emit.value, frame);
      const std::string_view emit_name = run_.text(emit.name);
      const auto* const many = lang::native_as<ChannelsObject>(value);
      if (many != nullptr && many->parts().size() != 1 && declaration.emits.size() == 1) {
        parts.insert(parts.end(), many->parts().begin(), many->parts().end());
        continue;
      }
      Channel& channel = dataflow::as_channel(run_.flow, value);
      parts.push_back({std::string(emit_name), dataflow::channel_value(run_.flow, channel)});
    }
    levels_.pop_back();
    return lang::make<ChannelsObject>(run_.flow, prefix + name, std::move(parts));
  } catch (Error& error) {
    dataflow::place_error(error, run_.place(declaration.name_span));
    throw;
  }
}

void Wiring::run_entry(const lang::WorkflowDecl& entry, lang::Frame& frame,
                       const std::function<void()>& publish) {
  levels_.push_back({});
  run_.interpreter.run(*entry.main, frame);
  publish();
  levels_.pop_back();
}

void Wiring::run_single(const lang::ProcessDecl& declaration) {
  levels_.push_back({});
  const Value* const params = run_.config.find("params");
  std::vector<Value> arguments;
  for (const lang::ProcessInput& input : declaration.inputs) {
    const std::string name(run_.text(input.name));
    const auto* const map = params == nullptr ? nullptr : params->as<lang::MapObject>();
    const Value* const given = map == nullptr || name.empty() ? nullptr : map->items.find(name);
    if (given == nullptr) {
      throw Error(ErrorKind::input,
                  fmt::format("process '{}' needs the parameter --{}", run_.text(declaration.name),
                              name.empty() ? "?" : name));
    }
    const bool is_path = input.kind == lang::InputKind::path ||
                         input.kind == lang::InputKind::file ||
                         (input.type != nullptr && run_.text(input.type->name) == "Path");
    arguments.push_back(is_path && given->is_string() ? path_of(given->text(), run_.launch_dir)
                                                      : *given);
  }
  static_cast<void>(
      call_process(declaration, std::string(run_.text(declaration.name)), "", arguments));
  levels_.pop_back();
}

}  // namespace weir::engine
