#include "engine/typed_outputs.hpp"

#include "base/error.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::Kind;
using lang::OutputCall;
using lang::OutputKind;
using lang::PathObject;
using lang::Value;

namespace {

[[noreturn]] void refuse(TaskContext& context, const OutputCall& call, const std::string& why) {
  const dataflow::Place place = context.unit().run.place(call.call->span);
  Error error(ErrorKind::input,
              fmt::format("process '{}': {}", context.unit().qualified_name, why));
  error.at({place.file, place.line, place.column, -1});
  throw error;
}

PathOutput::Type type_of(TaskContext& context, const OutputCall& call, const std::string& word) {
  if (word == "file") return PathOutput::Type::file;
  if (word == "dir") return PathOutput::Type::directory;
  if (word != "any")
    refuse(context, call, fmt::format("output type '{}' is none of file, dir, any", word));
  return PathOutput::Type::any;
}

void set_option(TaskContext& context, const OutputCall& call, const lang::NamedArgument& option,
                PathOutput& output) {
  const std::string_view name = context.unit().run.text(option.key);
  const Value value = context.evaluate(*option.value);
  if (name == "glob") output.glob = lang::truth(value);
  if (name == "hidden") output.hidden = lang::truth(value);
  if (name == "followLinks") output.follow_links = lang::truth(value);
  if (name == "includeInputs") output.include_inputs = lang::truth(value);
  if (name == "optional") output.optional = lang::truth(value);
  if (name == "maxDepth") output.max_depth = value.is_integer() ? value.as_int64() : -1;
  if (name == "type") output.type = type_of(context, call, lang::to_text(value));
}

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
    refuse(context, call, fmt::format("the output '{}' is an absolute path; name it relative to "
                                      "the directory of the task",
                                      output.patterns.back()));
  }
  for (const lang::NamedArgument& option : call.call->named)
    set_option(context, call, option, output);
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

Value list_of(const FoundPaths& found, const TaskResult& result) {
  std::vector<Value> paths;
  for (const std::string& name : found.names) {
    paths.push_back(
        lang::make_path(name.starts_with('/') ? name : result.output_dir + "/" + name));
  }
  return lang::make_list(std::move(paths));
}

/// What the task left for one call: a list of it, empty when it is missing.
Value file_value(TaskContext& context, const OutputCall& call, const FoundPaths& found,
                 const TaskResult& result) {
  const Value paths = list_of(found, result);
  if (call.many) return lang::make_list({lang::make_set(lang::elements_of(paths))});
  if (found.names.empty() && is_optional(context, call)) return lang::make_list({Value()});
  return paths;
}

/// Emitted values name input files by where they are, not by what they are called in the task.
Value without_stage_names(const Value& value) {
  const auto all = [](const std::vector<Value>& items) {
    std::vector<Value> result;
    for (const Value& item : items) result.push_back(without_stage_names(item));
    return result;
  };
  switch (value.kind()) {
    case Kind::path: {
      const auto& path = *value.as<PathObject>();
      return path.is_staged() ? lang::make_path(path.text, path.scheme) : value;
    }
    case Kind::list:
    case Kind::bag: {
      const auto& list = *value.as<lang::ListObject>();
      auto copy = lang::make<lang::ListObject>(all(list.items), value.kind());
      copy->is_tuple = list.is_tuple;
      return copy;
    }
    case Kind::set: return lang::make_set(all(lang::elements_of(value)));
    case Kind::map:
    case Kind::record: {
      const auto& map = *value.as<lang::MapObject>();
      auto copy = lang::make<lang::MapObject>(value.kind());
      copy->record_type = map.record_type;
      for (const auto& entry : map.items.entries())
        copy->items.put(entry.key, without_stage_names(entry.value));
      return copy;
    }
    default: return value;
  }
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
    return without_stage_names(
        lang::deep_copy(context.settled(context.evaluate(expression))));
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
