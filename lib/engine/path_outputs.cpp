#include "engine/path_outputs.hpp"

#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::Value;

namespace {

PathOutput::Type type_of(const TaskContext& context, lang::Span place, const std::string& word) {
  if (word == "file") return PathOutput::Type::file;
  if (word == "dir") return PathOutput::Type::directory;
  if (word != "any")
    context.refuse(place, fmt::format("output type '{}' is none of file, dir, any", word));
  return PathOutput::Type::any;
}

}  // namespace

void set_path_option(const TaskContext& context, lang::Span place, std::string_view name,
                     const Value& value, PathOutput& output) {
  if (name == "glob") output.glob = lang::truth(value);
  if (name == "hidden") output.hidden = lang::truth(value);
  if (name == "followLinks") output.follow_links = lang::truth(value);
  if (name == "includeInputs") output.include_inputs = lang::truth(value);
  if (name == "optional") output.optional = lang::truth(value);
  if (name == "maxDepth") output.max_depth = value.is_integer() ? value.as_int64() : -1;
  if (name == "type") output.type = type_of(context, place, lang::to_text(value));
  if (name != "arity") return;
  output.arity = parse_arity(lang::to_text(value));
  if (!output.arity) context.refuse(place, fmt::format("'{}' is no arity", lang::to_text(value)));
}

std::vector<Value> values_of(const FoundPaths& found, const TaskResult& result) {
  std::vector<Value> paths;
  for (const std::string& name : found.names) {
    paths.push_back(lang::make_path(name.starts_with('/') ? name : result.output_dir + "/" + name));
  }
  return paths;
}

}  // namespace weir::engine
