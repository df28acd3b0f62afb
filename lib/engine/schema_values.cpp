#include "engine/schema_values.hpp"

#include "base/error.hpp"
#include "engine/path_lookup.hpp"
#include "lang/json.hpp"
#include "lang/semantics.hpp"
#include "schema/formats.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::engine {

using lang::Value;
using schema::Json;

namespace {

constexpr int k_nesting_max = 100;

/// Turns parameters into a document, value by value.
class DocumentMaker {
 public:
  explicit DocumentMaker(const schema::ParameterSchema* schema) : schema_(schema) {}

  Json object(const lang::MapObject& map, const std::string& prefix, int depth) {
    Json result = Json::object();
    for (const auto& entry : map.items.entries()) {
      const std::string name = lang::to_text(entry.key);
      if (!entry.value.is_null()) result[name] = value(entry.value, prefix + name, depth + 1);
    }
    return result;
  }

 private:
  Json value(const Value& value, const std::string& name, int depth) {
    if (depth > k_nesting_max)
      throw Error(ErrorKind::input, "parameter '" + name + "' is nested too deeply");
    if (const auto* const map = value.as<lang::MapObject>()) return object(*map, name + ".", depth);
    if (const auto* const list = value.as<lang::ListObject>()) {
      Json items = Json::array();
      for (const Value& item : list->items) items.push_back(this->value(item, name, depth + 1));
      return items;
    }
    switch (value.kind()) {
      case lang::Kind::null: return nullptr;
      case lang::Kind::boolean: return lang::truth(value);
      case lang::Kind::integer:
      case lang::Kind::long_integer:
      case lang::Kind::decimal:
      case lang::Kind::big_integer:
      case lang::Kind::real:
      case lang::Kind::single: return Json::parse(lang::to_json(value, lang::JsonLayout::compact));
      case lang::Kind::duration:
      case lang::Kind::memory:
        if (wants_number(name)) return value.as_int64();
        break;
      default: break;
    }
    return lang::to_text(value);
  }

  [[nodiscard]] bool wants_number(const std::string& name) const {
    const schema::Parameter* const parameter = schema_ == nullptr ? nullptr : schema_->find(name);
    return parameter != nullptr && parameter->type.find("string") == std::string::npos &&
           !parameter->type.empty();
  }

  const schema::ParameterSchema* schema_;
};

Value plain_value(const Json& json) {
  if (json.is_object()) {
    auto map = lang::make<lang::MapObject>();
    for (auto it = json.begin(); it != json.end(); ++it) map->items.put(it.key(), plain_value(*it));
    return map;
  }
  if (json.is_array()) {
    std::vector<Value> items;
    for (const Json& item : json) items.push_back(plain_value(item));
    return lang::make_list(std::move(items));
  }
  return lang::parse_json(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

/// Whether a text of this column is a path, may be one, or is none.
enum class PathKind { never, maybe, always };

PathKind path_kind(const Json& column) {
  bool path = false;
  bool text = false;
  const auto look = [&](const Json& part) {
    const Json* const type = member(part, "type");
    if (type == nullptr || *type != "string") return;
    const Json* format = member(part, "format");
    if (format == nullptr) format = member(column, "format");
    const bool is_path = format != nullptr && format->is_string() &&
                         schema::is_path_format(format->get_ref<const std::string&>());
    (is_path ? path : text) = true;
  };
  look(column);
  for (const char* const keyword : {"anyOf", "oneOf", "allOf"}) {
    if (const Json* const parts = member(column, keyword); parts != nullptr && parts->is_array()) {
      for (const Json& part : *parts) look(part);
    }
  }
  if (!path) return PathKind::never;
  return text ? PathKind::maybe : PathKind::always;
}

/// As upstream guesses where the schema leaves it open: a slash, or a dot among the last seven.
bool looks_like_path(std::string_view text) {
  return text.find('/') != std::string_view::npos ||
         text.substr(text.size() > 7 ? text.size() - 7 : 0).find('.') != std::string_view::npos;
}

/// One row after another, with the row's metadata map.
class EntryMaker {
 public:
  explicit EntryMaker(const std::string& launch_dir) : launch_dir_(launch_dir) {}

  Value entry(const Json& row, const Json& schema) {
    meta_ = lang::make<lang::MapObject>();
    Value result = element(&row, schema);
    if (meta_->items.size() == 0) return result;
    std::vector<Value> parts{meta_};
    if (const auto* const list = result.as<lang::ListObject>()) {
      parts.insert(parts.end(), list->items.begin(), list->items.end());
    } else {
      parts.push_back(result);
    }
    return lang::make_list(std::move(parts));
  }

 private:
  /// The value, its default, or an empty list.
  Value element(const Json* value, const Json& schema) {
    if (value == nullptr) value = member(schema, "default");
    if (value == nullptr) return lang::make_list({});
    const Json* const properties = member(schema, "properties");
    if (value->is_object() && properties != nullptr) return columns(*value, *properties);
    if (value->is_array()) {
      const Json* const items = member(schema, "items");
      std::vector<Value> elements;
      for (const Json& item : *value)
        elements.push_back(items == nullptr ? plain_value(item) : element(&item, *items));
      return lang::make_list(std::move(elements));
    }
    return scalar(*value, schema);
  }

  Value columns(const Json& row, const Json& properties) {
    std::vector<Value> result;
    for (auto it = properties.begin(); it != properties.end(); ++it) {
      const Json* const value = member(row, it.key().c_str());
      const Json* const meta = member(*it, "meta");
      if (meta == nullptr || meta->empty()) {
        result.push_back(element(value, *it));
      } else if (meta->is_string()) {
        meta_->items.put(meta->get<std::string>(), meta_value(value, *it));
      } else {
        for (const Json& name : *meta)
          meta_->items.put(name.get<std::string>(), meta_value(value, *it));
      }
    }
    return lang::make_list(std::move(result));
  }

  /// In the metadata map objects stay maps.
  Value meta_value(const Json* value, const Json& schema) {
    if (value == nullptr) value = member(schema, "default");
    if (value == nullptr) return lang::make_list({});
    const Json* const properties = member(schema, "properties");
    if (!value->is_object() || properties == nullptr) return element(value, schema);
    auto map = lang::make<lang::MapObject>();
    for (auto it = properties->begin(); it != properties->end(); ++it)
      map->items.put(it.key(), meta_value(member(*value, it.key().c_str()), *it));
    return map;
  }

  Value scalar(const Json& value, const Json& schema) {
    if (!value.is_string()) return plain_value(value);
    const auto& text = value.get_ref<const std::string&>();
    const PathKind kind = path_kind(schema);
    const bool is_path =
        kind == PathKind::always || (kind == PathKind::maybe && looks_like_path(text));
    if (!is_path) return Value::string(text);
    const LookupOptions options;
    if (!is_glob(text, options)) return path_of(text, launch_dir_);
    return lang::make_list(find_paths(text, launch_dir_, options));
  }

  const std::string& launch_dir_;
  lang::Ref<lang::MapObject> meta_;
};

}  // namespace

Json document_of(const lang::MapObject& params, const schema::ParameterSchema* schema) {
  return DocumentMaker(schema).object(params, "", 0);
}

Value entries_of(const Json& sheet, const schema::JsonSchema& schema,
                 const std::string& launch_dir) {
  const Json empty = Json::object();
  const Json* const items = schema.find("items");
  EntryMaker maker(launch_dir);
  std::vector<Value> entries;
  for (const Json& row : sheet) entries.push_back(maker.entry(row, items ? *items : empty));
  return lang::make_list(std::move(entries));
}

}  // namespace weir::engine
