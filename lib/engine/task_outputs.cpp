#include "engine/task_outputs.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/path_outputs.hpp"
#include "engine/typed_outputs.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::OutputKind;
using lang::PathObject;
using lang::ProcessOutput;
using lang::Value;

namespace {

/// Options common to all path outputs.
class Declarer {
 public:
  Declarer(TaskContext& context, TaskSpec& spec)
      : context_(context), spec_(spec), run_(context.unit().run) {}

  void declare(const ProcessOutput& output) {
    switch (output.kind) {
      case OutputKind::val: break;
      case OutputKind::path:
      case OutputKind::file: spec_.path_outputs.push_back(path_output(output)); break;
      case OutputKind::env:
        spec_.env_outputs.push_back(lang::to_text(context_.evaluate(*output.argument)));
        break;
      case OutputKind::eval: {
        const std::string command = lang::to_text(context_.evaluate(*output.argument));
        spec_.eval_outputs.push_back(
            {fmt::format("nxf_out_eval_{}", spec_.eval_outputs.size() + 1), command});
        break;
      }
      case OutputKind::standard_output: spec_.stdout_output = true; break;
      case OutputKind::tuple:
        for (const ProcessOutput& element : output.elements) declare(inherit(element, output));
        break;
      case OutputKind::typed: break;  // typed_outputs.hpp
    }
  }

 private:
  /// `optional` of a tuple counts for its parts.
  static ProcessOutput inherit(const ProcessOutput& element, const ProcessOutput& tuple) {
    ProcessOutput copy = element;
    if (copy.options.empty()) copy.options = tuple.options;
    return copy;
  }

  PathOutput path_output(const ProcessOutput& output) {
    PathOutput result;
    add_patterns(context_.settled(context_.evaluate(*output.argument)), output.kind, result);
    for (const lang::NamedArgument& option : output.options) {
      const Value value = context_.evaluate(*option.value);
      set_path_option(context_, output.span, run_.text(option.key), value, result);
    }
    return result;
  }

  /// A name as a pattern: of a staged input, its stage name taken literally.
  void add_patterns(const Value& value, OutputKind kind, PathOutput& result) {
    if (const auto* const path = value.as<PathObject>()) {
      result.patterns.push_back(path->is_staged() ? path->stage_name : path->text);
      if (path->is_staged()) result.include_inputs = true;
      if (path->is_staged()) result.glob = false;
      return;
    }
    if (lang::is_collection(value)) {
      for (const Value& item : lang::elements_of(value)) add_patterns(item, kind, result);
      return;
    }
    const std::string text = lang::to_text(value);
    if (kind != OutputKind::file) {
      result.patterns.push_back(text);
      return;
    }
    for (const std::string_view part : base::split(text, ':')) result.patterns.emplace_back(part);
  }

  TaskContext& context_;
  TaskSpec& spec_;
  RunContext& run_;
};

/// Makes values of what a task left, going through the outputs in the order in which they were
/// declared.
class Collector {
 public:
  Collector(TaskContext& context, const TaskResult& result) : context_(context), result_(result) {}

  std::optional<Value> collect(const ProcessOutput& output) {
    switch (output.kind) {
      case OutputKind::val:
        return lang::deep_copy(context_.settled(context_.evaluate(*output.argument)));
      case OutputKind::path:
      case OutputKind::file: return files(output);
      case OutputKind::env: {
        const auto& text = result_.env[next_env_++];
        if (!text) return std::nullopt;
        return Value::string(*text);
      }
      case OutputKind::eval: return Value::string(result_.eval[next_eval_++]);
      case OutputKind::standard_output: return Value::string(result_.stdout_text);
      case OutputKind::tuple: return tuple(output);
      case OutputKind::typed: return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  std::optional<Value> files(const ProcessOutput& output) {
    const FoundPaths& found = result_.paths[next_path_++];
    if (found.missing) return std::nullopt;
    std::vector<Value> paths = values_of(found, result_);
    const auto arity = arity_of(output);
    const bool single = arity ? arity->is_single() : paths.size() == 1;
    if (single && paths.size() == 1) return paths.front();
    return lang::make_list(std::move(paths));
  }

  std::optional<Arity> arity_of(const ProcessOutput& output) {
    for (const lang::NamedArgument& option : output.options) {
      if (context_.unit().run.text(option.key) == "arity") {
        return parse_arity(lang::to_text(context_.evaluate(*option.value)));
      }
    }
    return std::nullopt;
  }

  std::optional<Value> tuple(const ProcessOutput& output) {
    std::vector<Value> parts;
    bool complete = true;
    for (const ProcessOutput& element : output.elements) {
      auto part = collect(element);  // always, so that the places of later parts are right
      complete = complete && part.has_value();
      if (part) parts.push_back(std::move(*part));
    }
    if (!complete) return std::nullopt;
    return lang::make_list(std::move(parts));
  }

  TaskContext& context_;
  const TaskResult& result_;
  std::size_t next_path_ = 0;
  std::size_t next_env_ = 0;
  std::size_t next_eval_ = 0;
};

}  // namespace

void declare_outputs(TaskContext& context, TaskSpec& spec) {
  if (context.unit().declaration.typed) return declare_typed_outputs(context, spec);
  Declarer declarer(context, spec);
  for (const ProcessOutput& output : context.unit().declaration.outputs) declarer.declare(output);
}

std::vector<std::optional<Value>> bind_outputs(TaskContext& context, const TaskResult& result) {
  if (context.unit().declaration.typed) return bind_typed_outputs(context, result);
  Collector collector(context, result);
  std::vector<std::optional<Value>> values;
  for (const ProcessOutput& output : context.unit().declaration.outputs)
    values.push_back(collector.collect(output));
  return values;
}

}  // namespace weir::engine
