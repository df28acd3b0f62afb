#include "engine/params.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/config.hpp"
#include "engine/path_lookup.hpp"
#include "lang/exceptions.hpp"
#include "lang/json.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"
#include "lang/yaml.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::MapObject;
using lang::Ref;
using lang::Value;

namespace {

void put_nested(MapObject& map, const std::string& dotted_name, const Value& value) {
  const auto parts = base::split(dotted_name, '.');
  Ref<MapObject> target(&map);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) target = child_map(*target, parts[i]);
  target->items.put(parts.back(), value);
}

/// "a-b" as "aB".
std::string camel_case(const std::string& name) {
  std::string result;
  bool upper = false;
  for (const char c : name) {
    if (c == '-') {
      upper = true;
      continue;
    }
    result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return result;
}

Value value_of_file(const std::string& path) {
  const auto text = base::try_read_file(path);
  if (!text) {
    throw Error(ErrorKind::usage, fmt::format("parameter file '{}' does not exist", path));
  }
  try {
    const bool is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    return is_yaml ? lang::parse_yaml(*text) : lang::parse_json(*text);
  } catch (const lang::ScriptException& error) {
    throw Error(ErrorKind::usage,
                fmt::format("parameter file '{}': {}", path, error.message()));
  }
}

}  // namespace

Ref<MapObject> fixed_params(const RunSettings& settings) {
  auto params = lang::make<MapObject>();
  if (!settings.params_file.empty()) {
    const Value file = value_of_file(settings.params_file);
    const auto* const map = file.as<MapObject>();
    if (map == nullptr) {
      throw Error(ErrorKind::usage, fmt::format("parameter file '{}' is no map of names to values",
                                                settings.params_file));
    }
    merge_maps(*params, *map);
  }
  for (const ParamOverride& param : settings.params) {
    const Value value = param.text ? Value::string(*param.text) : Value::boolean(true);
    put_nested(*params, param.name, value);
    if (const std::string camel = camel_case(param.name); camel != param.name)
      put_nested(*params, camel, value);
  }
  return params;
}

std::vector<std::string> given_param_names(const RunSettings& settings) {
  std::vector<std::string> names;
  for (const ParamOverride& param : settings.params) names.push_back(param.name);
  return names;
}

Value typed_param(lang::Interpreter& interpreter, const std::string& name, const std::string& type,
                  const Value& given, const std::string& launch_dir) {
  const auto refuse = [&] {
    return Error(ErrorKind::input, fmt::format("parameter '{}' needs a value of type {}, not '{}'",
                                               name, type, lang::to_short_text(given)));
  };
  if (given.is_null()) return given;
  if (type == "Path") {
    if (given.kind() == lang::Kind::path) return given;
    const Value path = path_of(lang::to_text(given), launch_dir);
    const auto* const object = path.as<lang::PathObject>();
    if (object->scheme.empty() && !base::file_info(object->text)) {
      throw Error(
          ErrorKind::input,
          fmt::format("parameter '{}' names a file that does not exist: '{}'", name, object->text));
    }
    return path;
  }
  if (!given.is_string()) {
    const bool fits = lang::is_instance(given, type) || (type == "Float" && given.is_integer());
    if (!fits && (type == "Boolean" || type == "Integer" || type == "Float" || type == "String"))
      throw refuse();
    return given;
  }
  const std::string& text = given.text();
  if (type == "Boolean") {
    if (text != "true" && text != "false") throw refuse();
    return Value::boolean(text == "true");
  }
  if (type == "Integer") {
    const auto number = base::parse_int64(text);
    if (!number) throw refuse();
    return Value::number(*number);
  }
  if (type == "Float") {
    if (!base::parse_double(text)) throw refuse();
    return lang::cast(interpreter, given, "BigDecimal");
  }
  if (type == "Duration" || type == "MemoryUnit") return lang::cast(interpreter, given, type);
  return given;
}

}  // namespace weir::engine
