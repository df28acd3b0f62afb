#include "engine/params.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/config.hpp"
#include "engine/path_lookup.hpp"
#include "engine/remote_files.hpp"
#include "lang/ast_decl.hpp"
#include "lang/exceptions.hpp"
#include "lang/json.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"
#include "lang/yaml.hpp"
#include "schema/parameter_schema.hpp"

#include <fmt/format.h>

#include <algorithm>

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

Value value_of_file(const std::string& path) {
  const std::string text = params_file_text(path);
  try {
    const bool is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    // What has no such name, /dev/fd/63 of a shell's <(…), may be both. YAML has no pairs of \u….
    const bool begins_as_json = base::trim(text).starts_with('{');
    const bool is_json = path.ends_with(".json") || (!is_yaml && begins_as_json);
    return is_json ? lang::parse_json(text) : lang::parse_yaml(text);
  } catch (const lang::ScriptException& error) {
    throw Error(ErrorKind::usage, fmt::format("parameter file '{}': {}", path, error.message()));
  }
}

}  // namespace

std::string params_file_text(const std::string& path) {
  const auto info = base::file_info(path);
  if (info && info->type == base::FileInfo::Type::directory)
    throw Error(ErrorKind::usage, fmt::format("parameter file '{}' is a folder", path));
  auto text = base::try_read_file(path);
  if (!text) throw Error(ErrorKind::usage, fmt::format("parameter file '{}' does not exist", path));
  return std::move(*text);
}

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
    if (const std::string camel = schema::camel_case(param.name); camel != param.name)
      put_nested(*params, camel, value);
  }
  return params;
}

bool is_secret_param(const RunSettings& settings, std::string_view name) {
  const std::string asked = schema::camel_case(name);
  return std::any_of(settings.secret_params.begin(), settings.secret_params.end(),
                     [&](const std::string& secret) {
                       const std::string own = schema::camel_case(secret);
                       return asked == own || asked.starts_with(own + ".");
                     });
}

namespace {

void add_secret_values(const RunSettings& settings, const MapObject& params,
                       const std::string& prefix, std::vector<std::string>& values) {
  for (const auto& entry : params.items.entries()) {
    const std::string name = prefix + lang::to_text(entry.key);
    if (const auto* const inner = entry.value.as<MapObject>()) {
      add_secret_values(settings, *inner, name + ".", values);
    } else if (is_secret_param(settings, name) && !entry.value.is_null()) {
      values.push_back(lang::to_text(entry.value));
    }
  }
}

}  // namespace

std::vector<std::string> secret_values(const RunSettings& settings) {
  std::vector<std::string> values;
  if (settings.secret_params.empty()) return values;
  add_secret_values(settings, *fixed_params(settings), "", values);
  // An earlier one of two values for the same name is on the command line all the same.
  for (const ParamOverride& param : settings.params) {
    if (param.text.has_value() && is_secret_param(settings, param.name))
      values.push_back(*param.text);
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

namespace {

/// Gives a parameter the form that its declared type says.
class ParamReader {
 public:
  ParamReader(const ParamTyping& typing, const std::string& name, const lang::TypeRef& type)
      : typing_(typing), name_(name), type_(type) {}

  /// Of the command line or a file, where numbers and paths may be texts.
  [[nodiscard]] Value outside(const Value& given) const {
    return given.is_string() ? of_text(given) : of_value(given, type_);
  }

  /// Written in the script: texts are texts, or paths.
  [[nodiscard]] Value inside(const Value& value) const { return of_value(value, type_); }

 private:
  [[nodiscard]] std::string_view text(const lang::TypeRef& type) const {
    return typing_.ast.names.text(type.name);
  }

  [[nodiscard]] std::string shown(const Value& given) const {
    return is_secret_param(typing_.settings, name_) ? std::string(schema::k_masked)
                                                    : lang::to_short_text(given);
  }

  [[nodiscard]] Error refusal(const Value& given, const lang::TypeRef& type) const {
    return {ErrorKind::input, fmt::format("parameter '{}' needs a value of type {}, not '{}'",
                                          name_, text(type), shown(given))};
  }

  [[nodiscard]] Value path(const Value& given) const {
    if (given.kind() == lang::Kind::path) return given;
    const Value path = path_of(lang::to_text(given), typing_.settings.launch_dir);
    const auto* const object = path.as<lang::PathObject>();
    const bool can_be_seen = object->scheme.empty() || can_be_fetched(object->scheme);
    if (can_be_seen && !typing_.interpreter.host().files().attributes(*object)) {
      throw Error(ErrorKind::input,
                  fmt::format("parameter '{}' names a file that does not exist: '{}'", name_,
                              shown(given)));
    }
    return path;
  }

  [[nodiscard]] Value of_text(const Value& given) const {
    const std::string_view type = text(type_);
    const std::string& said = given.text();
    if (type == "Path") return path(given);
    if (type == "Boolean") {
      const std::string lower = base::to_lower_ascii(said);
      if (lower != "true" && lower != "false") throw refusal(given, type_);
      return Value::boolean(lower == "true");
    }
    if (type == "Integer" || type == "Float") {
      if (const auto number = base::parse_int64(said)) return Value::number(*number);
      if (type == "Integer" || !base::parse_double(said)) throw refusal(given, type_);
      return lang::cast(typing_.interpreter, given, "BigDecimal");
    }
    if (type == "Duration" || type == "MemoryUnit") return quantity(given, type);
    if (is_container_name(type) || is_record(type_)) {
      throw refusal(given, type_)
          .with_hint("lists, maps and records can be given in a parameter file: -params-file FILE");
    }
    return given;
  }

  [[nodiscard]] Value quantity(const Value& given, std::string_view type) const {
    try {
      return lang::cast(typing_.interpreter, given, type);
    } catch (const lang::ScriptException&) {
      throw refusal(given, type_);
    }
  }

  /// What a parameter file or the script holds; elements and fields by their own types.
  [[nodiscard]] Value of_value(const Value& given, const lang::TypeRef& type) const {
    if (given.is_null()) return given;
    const std::string_view name = text(type);
    if (name == "Path") return path(given);
    if (is_record(type)) return record(given, type);
    if (lang::is_collection(given) && is_collection_name(name)) return collection(given, type);
    const bool fits = lang::is_instance(given, name) ||
                      (name == "Float" && lang::is_number(given)) ||
                      (name == "Integer" && given.is_integer());
    const bool checked = name == "Boolean" || name == "Integer" || name == "Float" ||
                         name == "String" || name == "Duration" || name == "MemoryUnit" ||
                         is_container_name(name);
    if (!fits && checked) throw refusal(given, type);
    return given;
  }

  /// Of an element or a field, where a number may stand for a text.
  [[nodiscard]] Value inner_value(const Value& given, const lang::TypeRef& type) const {
    if (text(type) == "String" && (lang::is_number(given) || given.kind() == lang::Kind::boolean))
      return Value::string(lang::to_text(given));
    return of_value(given, type);
  }

  [[nodiscard]] static bool is_record(const lang::TypeRef& type) {
    return type.declaration != nullptr && type.declaration->kind == lang::DeclKind::record;
  }

  [[nodiscard]] static bool is_container_name(std::string_view name) {
    return is_collection_name(name) || name == "Map";
  }

  [[nodiscard]] static bool is_collection_name(std::string_view name) {
    return name == "List" || name == "Set" || name == "Bag" || name == "Collection" ||
           name == "Iterable";
  }

  [[nodiscard]] Value collection(const Value& given, const lang::TypeRef& type) const {
    const std::string_view name = text(type);
    Value items = given;
    if (type.arguments.size() == 1) {
      items = lang::with_items(
          given, [&](const Value& item) { return inner_value(item, *type.arguments[0]); });
    }
    if (name != "Bag" && lang::is_instance(items, name)) return items;
    return lang::cast(typing_.interpreter, items, name);
  }

  [[nodiscard]] Value record(const Value& given, const lang::TypeRef& type) const {
    const auto* const map = given.as<MapObject>();
    if (map == nullptr) throw refusal(given, type);
    auto record = lang::make<MapObject>(lang::Kind::record);
    record->record_type = text(type);
    for (const auto& entry : map->items.entries()) record->items.put(entry.key, entry.value);
    for (const lang::FieldDecl& field : type.declaration->as<lang::RecordDecl>().fields) {
      const std::string_view name = typing_.ast.names.text(field.name);
      const Value* const found = record->items.find(name);
      const bool nullable = field.type == nullptr || field.type->nullable;
      if (found != nullptr && !found->is_null()) {
        if (field.type != nullptr) record->items.put(name, inner_value(*found, *field.type));
      } else if (nullable) {
        record->items.put(name, Value());
      } else {
        throw Error(ErrorKind::input,
                    fmt::format("parameter '{}': {} has no '{}', which the type {} asks for", name_,
                                shown(given), name, text(type)));
      }
    }
    return Value(record);
  }

  const ParamTyping& typing_;
  const std::string& name_;
  const lang::TypeRef& type_;
};

}  // namespace

Value typed_param(const ParamTyping& typing, const std::string& name, const lang::TypeRef* type,
                  const Value& given) {
  if (type == nullptr || given.is_null()) return given;
  return ParamReader(typing, name, *type).outside(given);
}

Value typed_default(const ParamTyping& typing, const std::string& name, const lang::TypeRef* type,
                    const Value& value) {
  if (type == nullptr || value.is_null()) return value;
  return ParamReader(typing, name, *type).inside(value);
}

}  // namespace weir::engine
