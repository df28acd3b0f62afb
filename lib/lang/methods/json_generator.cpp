#include "lang/callable.hpp"
#include "lang/dates.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/json.hpp"
#include "lang/methods/shims.hpp"
#include "lang/objects.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// groovy.json.JsonGenerator of Groovy 4: a value is rewritten as its options say, then written as
// JSON. Declared in shims.hpp.

namespace weir::lang {
namespace {

constexpr int k_depth_max = 1'000;

struct JsonOptions {
  struct Converter {
    std::string type;
    Value closure;
  };
  bool nulls = true;
  JsonText text = JsonText::ascii;
  std::optional<std::string> date_pattern;
  std::vector<std::string> excluded_names;
  std::vector<std::string> excluded_types;
  std::vector<Converter> converters;
};

std::string type_argument(const Value& value) {
  const TypeObject* const type = value.as<TypeObject>();
  if (type == nullptr)
    throw script_error("IllegalArgumentException", "a class is wanted, not " + type_name(value));
  return type->name;
}

class Rewriting {
 public:
  Rewriting(Interpreter& interpreter, const JsonOptions& options)
      : interpreter_(interpreter), options_(options) {}

  /// Nothing when the value is left out. `key`: of the entry that it stands in, or empty.
  std::optional<Value> rewritten(Value value, const std::string& key, int depth = 0) const {
    if (depth > k_depth_max)
      throw script_error("JsonException", "the value is nested too deeply for JSON");
    if (is_excluded(value)) return std::nullopt;
    if (value.is_null()) return value;
    for (const JsonOptions::Converter& converter : options_.converters) {
      if (!is_instance(value, converter.type)) continue;
      value = converted(converter, value, key);
      break;
    }
    if (const MapObject* const map = value.as<MapObject>()) return entries(*map, depth);
    if (is_collection(value)) return elements(value, key, depth);
    const DateObject* const date = value.as<DateObject>();
    if (date != nullptr && options_.date_pattern && date->flavour == DateObject::Flavour::date)
      return Value::string(format_date(*date, *options_.date_pattern));
    return value;
  }

 private:
  bool is_excluded(const Value& value) const {
    if (value.is_null()) return !options_.nulls;
    return std::any_of(options_.excluded_types.begin(), options_.excluded_types.end(),
                       [&](const std::string& type) { return is_instance(value, type); });
  }

  /// A converter of two parameters is given the key, too.
  Value converted(const JsonOptions::Converter& converter, const Value& value,
                  const std::string& key) const {
    if (closure_arity(converter.closure) < 2) return interpreter_.call(converter.closure, value);
    return interpreter_.call(converter.closure, value, Value::string(key));
  }

  Value entries(const MapObject& map, int depth) const {
    const Ref<MapObject> result = make<MapObject>();
    for (const OrderedTable::Entry& entry : map.items.entries()) {
      const std::string name = to_text(entry.key);
      const std::vector<std::string>& hidden = options_.excluded_names;
      if (std::find(hidden.begin(), hidden.end(), name) != hidden.end()) continue;
      std::optional<Value> value = rewritten(entry.value, name, depth + 1);
      if (value) result->items.put(Value::string(name), std::move(*value));
    }
    return result;
  }

  Value elements(const Value& collection, const std::string& key, int depth) const {
    const Ref<ListObject> result = make<ListObject>();
    for (const Value& element : elements_of(collection)) {
      std::optional<Value> value = rewritten(element, key, depth + 1);
      if (value) result->items.push_back(std::move(*value));
    }
    return result;
  }

  Interpreter& interpreter_;
  const JsonOptions& options_;
};

class JsonGenerator final : public NativeObject {
 public:
  explicit JsonGenerator(JsonOptions options) : options_(std::move(options)) {}
  [[nodiscard]] std::string_view type_name() const override { return "JsonGenerator"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name != "toJson" || arguments.size() != 1) return std::nullopt;
    const std::optional<Value> value =
        Rewriting(interpreter, options_).rewritten(arguments[0], std::string());
    return Value::string(value ? to_json(*value, JsonLayout::compact, options_.text) : "");
  }
  [[nodiscard]] std::vector<std::string> names() const override { return {"toJson"}; }

 private:
  JsonOptions options_;
};

class GeneratorOptions final : public NativeObject {
 public:
  [[nodiscard]] std::string_view type_name() const override { return "JsonGenerator.Options"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter&, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "build" && arguments.size() == 0) return Value(make<JsonGenerator>(options_));
    if (!set(name, arguments)) return std::nullopt;
    return Value(this);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"addConverter",        "build",
            "dateFormat",          "disableUnicodeEscaping",
            "excludeFieldsByName", "excludeFieldsByType",
            "excludeNulls"};
  }

 private:
  bool set(std::string_view name, const Arguments& arguments) {
    if (name == "excludeNulls" && arguments.size() == 0) {
      options_.nulls = false;
    } else if (name == "disableUnicodeEscaping" && arguments.size() == 0) {
      options_.text = JsonText::unicode;
    } else if (name == "dateFormat" && arguments.size() == 1) {
      options_.date_pattern = lang::to_text(arguments[0]);
    } else if (name == "excludeFieldsByName") {
      for (const Value& value : flattened(arguments))
        options_.excluded_names.push_back(lang::to_text(value));
    } else if (name == "excludeFieldsByType") {
      for (const Value& value : flattened(arguments))
        options_.excluded_types.push_back(type_argument(value));
    } else if (name == "addConverter" && arguments.size() == 2) {
      add_converter({type_argument(arguments[0]), arguments[1]});
    } else {
      return false;
    }
    return true;
  }

  /// A second one for a class takes the place of the first, at the end.
  void add_converter(JsonOptions::Converter converter) {
    std::erase_if(options_.converters, [&](const JsonOptions::Converter& other) {
      return other.type == converter.type;
    });
    options_.converters.push_back(std::move(converter));
  }

  static std::vector<Value> flattened(const Arguments& arguments) {
    std::vector<Value> values;
    for (const Value& argument : arguments.values) {
      if (!is_collection(argument)) {
        values.push_back(argument);
        continue;
      }
      for (Value& element : elements_of(argument)) values.push_back(std::move(element));
    }
    return values;
  }

  JsonOptions options_;
};

}  // namespace

Value make_json_options() {
  return make<GeneratorOptions>();
}

}  // namespace weir::lang
