#include "engine/typed_outputs.hpp"

#include "engine/path_outputs.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::OutputCall;
using lang::OutputKind;
using lang::PathObject;
using lang::Value;

namespace {

/// `file` is one file, `files` any number. One that is perhaps not asked for may be missing.
PathOutput path_output(TaskContext& context, const OutputCall& call) {
  PathOutput output;
  const Value pattern = context.settled(context.evaluate(*call.call->arguments.front()));
  output.patterns.push_back(lang::to_text(pattern));
  if (const auto* const path = pattern.as<PathObject>(); path != nullptr && path->is_staged()) {
    output.patterns.back() = path->stage_name;
    output.include_inputs = true;
    output.glob = false;
  }
  if (output.patterns.back().starts_with('/')) {
    context.refuse(call.call->span,
                   fmt::format("the output '{}' is an absolute path; name it relative to "
                               "the directory of the task",
                               output.patterns.back()));
  }
  for (const lang::NamedArgument& option : call.call->named)
    set_path_option(context, call.call->span, context.unit().run.text(option.key),
                    context.evaluate(*option.value), output);
  output.optional = output.optional || call.many || call.conditional;
  if (!call.many) output.arity = Arity{.min = 1, .max = 1};
  return output;
}

bool is_optional(TaskContext& context, const OutputCall& call) {
  for (const lang::NamedArgument& option : call.call->named) {
    if (context.unit().run.text(option.key) == "optional")
      return lang::truth(context.evaluate(*option.value));
  }
  return false;
}

/// What the task left for one call: a list of it, empty when it is missing.
Value file_value(TaskContext& context, const OutputCall& call, const FoundPaths& found,
                 const TaskResult& result) {
  std::vector<Value> paths = values_of(found, result);
  if (call.many) return lang::make_list({lang::make_set(paths)});
  if (found.names.empty() && is_optional(context, call)) return lang::make_list({Value()});
  return lang::make_list(std::move(paths));
}

/// Emitted values name input files by where they are, not by what they are called in the task.
Value without_stage_names(const Value& value) {
  const auto* const path = value.as<PathObject>();
  if (path == nullptr) return lang::with_items(value, without_stage_names);
  return path->is_staged() ? lang::make_path(path->text, path->scheme) : value;
}

const lang::BinaryExpr& emission(const lang::Stmt& topic) {
  return topic.as<lang::ExpressionStmt>().value->as<lang::BinaryExpr>();
}

}  // namespace

void declare_typed_outputs(TaskContext& context, TaskSpec& spec) {
  for (const OutputCall& call : context.unit().declaration.output_calls) {
    const auto argument = [&] {
      return lang::to_text(context.settled(context.evaluate(*call.call->arguments.front())));
    };
    switch (call.kind) {
      case OutputKind::env: spec.env_outputs.push_back(argument()); break;
      case OutputKind::eval:
        spec.eval_outputs.push_back(
            {fmt::format("nxf_out_eval_{}", spec.eval_outputs.size() + 1), argument()});
        break;
      case OutputKind::standard_output: spec.stdout_output = true; break;
      default: spec.path_outputs.push_back(path_output(context, call)); break;
    }
  }
}

std::vector<std::optional<Value>> bind_typed_outputs(TaskContext& context,
                                                     const TaskResult& result) {
  const lang::ProcessDecl& declaration = context.unit().declaration;
  std::size_t path = 0;
  std::size_t env = 0;
  std::size_t eval = 0;
  for (const OutputCall& call : declaration.output_calls) {
    Value found;
    switch (call.kind) {
      case OutputKind::env: {
        const auto& text = result.env[env++];
        found = lang::make_list(text ? std::vector{Value::string(*text)} : std::vector<Value>());
        break;
      }
      case OutputKind::eval: found = lang::make_list({Value::string(result.eval[eval++])}); break;
      case OutputKind::standard_output:
        found = lang::make_list({Value::string(result.stdout_text)});
        break;
      default: found = file_value(context, call, result.paths[path++], result); break;
    }
    context.frame().set(call.slot, found, false);
  }
  const auto value_of = [&](const lang::Expr& expression) {
    return without_stage_names(lang::deep_copy(context.settled(context.evaluate(expression))));
  };
  std::vector<std::optional<Value>> values;
  for (const lang::ProcessOutput& output : declaration.outputs)
    values.push_back(value_of(*output.argument));
  for (const lang::Stmt* topic : declaration.topics)
    values.push_back(value_of(*emission(*topic).left));
  return values;
}

const lang::Expr* topic_name(const lang::Stmt& topic) {
  return emission(topic).right;
}

}  // namespace weir::engine
