#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include "base/text.hpp"

#include <cmath>

// `as` and typed declarations; declared in operators.hpp.

namespace weir::lang {
namespace {

[[noreturn]] void refuse(const Value& value, std::string_view type) {
  throw script_error("GroovyCastException", "cannot cast object '" + to_short_text(value) +
                                                "' with class '" + qualified_type_name(value) +
                                                "' to class '" + qualified_class_name(type) + "'");
}

bool is_float(std::string_view type) {
  return type == "float" || type == "Float";
}

Value number_from_text(const std::string& text, std::string_view type) {
  const auto malformed = [&] {
    return script_error("NumberFormatException",
                        "For input string: \"" + base::printable(text) + "\"");
  };
  const std::string_view trimmed = base::trim(text);
  if (type == "int" || type == "Integer" || type == "short" || type == "byte" || type == "Short" ||
      type == "Byte") {
    const std::optional<std::int64_t> number = parse_java_integer(trimmed, 32);
    if (!number) throw malformed();
    return Value::integer(static_cast<std::int32_t>(*number));
  }
  if (type == "long" || type == "Long") {
    const std::optional<std::int64_t> number = parse_java_integer(trimmed, 64);
    if (!number) throw malformed();
    return Value::long_integer(*number);
  }
  if (type == "BigInteger") {
    std::optional<BigInteger> number = BigInteger::parse(trimmed);
    if (!number) throw malformed();
    return make<BigIntegerObject>(std::move(*number));
  }
  if (type == "BigDecimal" || type == "Number") {
    std::optional<Decimal> number = Decimal::parse(trimmed);
    if (!number) throw malformed();
    return make_decimal(std::move(*number));
  }
  const std::optional<double> number = parse_java_double(text);
  if (!number) throw malformed();
  if (is_float(type)) return Value::single(static_cast<float>(*number));
  return Value::real(*number);
}

bool is_numeric_type(std::string_view type) {
  return type == "int" || type == "Integer" || type == "long" || type == "Long" ||
         type == "double" || type == "Double" || type == "float" || type == "Float" ||
         type == "BigDecimal" || type == "BigInteger" || type == "Number" || type == "short" ||
         type == "Short" || type == "byte" || type == "Byte";
}

Value number_from_number(const Value& number, std::string_view type) {
  if (type == "int" || type == "Integer") return Value::integer(to_int32(number));
  if (type == "short" || type == "Short")
    return Value::integer(static_cast<std::int16_t>(to_int64(number)));
  if (type == "byte" || type == "Byte")
    return Value::integer(static_cast<std::int8_t>(to_int64(number)));
  if (type == "long" || type == "Long") return Value::long_integer(to_int64(number));
  if (type == "BigDecimal") return make_decimal(to_decimal(number));
  if (type == "BigInteger") return make<BigIntegerObject>(to_big_integer(number));
  if (type == "Number") return number;
  const double real = to_double(number);
  return is_float(type) ? Value::single(static_cast<float>(real)) : Value::real(real);
}

Value to_number(const Value& value, std::string_view type) {
  // A float is read as it is written: `1.1f as double` is 1.1.
  if (value.kind() == Kind::single && (type == "double" || type == "Double"))
    return number_from_text(number_text(value), type);
  if (is_number(value)) return number_from_number(value, type);
  if (value.is_string()) return number_from_text(value.text(), type);
  if (value.kind() == Kind::memory || value.kind() == Kind::duration) {
    return number_from_number(Value::long_integer(value.as_int64()), type);
  }
  refuse(value, type);
}

Value to_quantity(const Value& value, std::string_view type) {
  const bool is_memory = type == "MemoryUnit";
  const Kind kind = is_memory ? Kind::memory : Kind::duration;
  if (value.kind() == kind) return value;
  if (is_number(value))
    return is_memory ? Value::memory(to_int64(value)) : Value::duration(to_int64(value));
  if (value.is_string()) {
    const std::optional<std::int64_t> amount =
        is_memory ? parse_memory_text(value.text()) : parse_duration_text(value.text());
    if (!amount) {
      throw script_error("IllegalArgumentException", std::string("not a valid ") +
                                                         (is_memory ? "memory size" : "duration") +
                                                         ": '" + to_short_text(value) + "'");
    }
    return is_memory ? Value::memory(*amount) : Value::duration(*amount);
  }
  refuse(value, type);
}

Value to_path(Interpreter& interpreter, const Value& value) {
  if (value.kind() == Kind::path) return value;
  if (!value.is_string()) refuse(value, "Path");
  if (value.text().empty())
    throw script_error("IllegalArgumentException", "an empty text is no path");
  Value path = parse_path(value.text());
  const PathObject& parsed = path.get<PathObject>();
  if (!parsed.scheme.empty()) return path;
  return parse_path(interpreter.host().files().absolute(parsed.text));
}

Value to_map(const Value& value, std::string_view type) {
  if (value.as<MapObject>() != nullptr) {
    const Kind kind = type == "Record" ? Kind::record : value.kind();
    if (kind == value.kind()) return value;
    const Ref<MapObject> copy = make<MapObject>(kind);
    copy->items = value.get<MapObject>().items;
    return copy;
  }
  refuse(value, type);
}

/// Nothing when `type` is no type of the library.
std::optional<Value> cast_to_library_type(Interpreter& interpreter, const Value& value,
                                          std::string_view type) {
  if (type == "Object" || type == "def") return value;
  if (type == "String" || type == "CharSequence" || type == "GString")
    return Value::string(to_text(value));
  if (type == "Boolean" || type == "boolean") return Value::boolean(truth(value));
  if (is_numeric_type(type)) return to_number(value, type);
  if (type == "MemoryUnit" || type == "Duration") return to_quantity(value, type);
  if (type == "Path" || type == "File") return to_path(interpreter, value);
  const bool keeps_range = type == "List" || type == "Collection" || type == "Iterable";
  if (value.kind() == Kind::range && keeps_range) return value;  // which is one
  if (type == "List" || type == "ArrayList" || type == "Collection" || type == "Iterable" ||
      type == "LinkedList" || type == "Tuple" || type == "Queue" || type == "Deque") {
    if (value.kind() == Kind::list && !value.get<ListObject>().is_array) return value;
    if (is_collection(value) || value.is_string() || value.as<MapObject>() != nullptr)
      return make_list(elements_of(value));
    refuse(value, type);
  }
  if (type == "Bag") {
    if (value.kind() == Kind::bag) return value;
    if (is_collection(value)) return make_bag(elements_of(value));
    refuse(value, type);
  }
  if (type == "Set" || type == "LinkedHashSet" || type == "HashSet" || type == "SortedSet" ||
      type == "TreeSet") {
    if (!is_collection(value)) refuse(value, type);
    if (type == "HashSet") {
      const bool is_one = value.kind() == Kind::set;  // of any order, as in Java
      return is_one ? value : make_hash_set(elements_of(value));
    }
    const bool is_sorted = type == "SortedSet" || type == "TreeSet";
    return make_set(elements_of(value),
                    is_sorted ? OrderedTable::Order::keys : OrderedTable::Order::insertion);
  }
  if (type == "TreeMap" || type == "SortedMap") {
    const Ref<MapObject> map = make<MapObject>();
    map->items = to_map(value, type).get<MapObject>().items.with_order(OrderedTable::Order::keys);
    return Value(map);
  }
  if (type == "Map" || type == "LinkedHashMap" || type == "HashMap" || type == "Record")
    return to_map(value, type);
  if (type == "VersionNumber") return Value(make<VersionObject>(to_text(value)));
  if (type == "Character" || type == "char") {
    if (value.is_integer()) {
      std::string letter;
      append_utf8(letter, static_cast<char32_t>(value.as_int64() & 0xFFFF));
      return Value::string(std::move(letter));
    }
    if (size_of(value) == 1) return Value::string(to_text(value));
    refuse(value, type);
  }
  return std::nullopt;
}

}  // namespace

Value cast(Interpreter& interpreter, const Value& value, std::string_view qualified) {
  const std::string_view type = simple_class_name(qualified);
  if (value.is_null()) return type == "boolean" ? Value::boolean(false) : value;
  const auto* const list = value.as<ListObject>();
  const bool is_array = list != nullptr && list->is_array;
  if (is_instance(value, type) && value.kind() != Kind::set && value.kind() != Kind::range &&
      !is_array && type != "File")
    return value;
  if (std::optional<Value> result = cast_to_library_type(interpreter, value, type)) return *result;
  if (type.size() > 2 && type.substr(type.size() - 2) == "[]" && is_collection(value))
    return make_array(elements_of(value));
  if (value.as<MapObject>() != nullptr) {
    // A record type of the script.
    const Ref<MapObject> record = make<MapObject>(Kind::record);
    record->items = value.get<MapObject>().items;
    record->record_type = std::string(type);
    return record;
  }
  if (is_instance(value, type)) return value;
  refuse(value, type);
}

Value cast_to_array(Interpreter& interpreter, const Value& value, std::string_view type,
                    int dimensions) {
  if (value.is_null()) return value;
  if (!is_collection(value) && !value.is_string()) refuse(value, type);
  std::vector<Value> items = elements_of(value);
  for (Value& item : items) {
    item = dimensions > 1 ? cast_to_array(interpreter, item, type, dimensions - 1)
                          : cast(interpreter, item, type);
  }
  return make_list(std::move(items));
}

Value cast_for_declaration(Interpreter& interpreter, const Value& value,
                           std::string_view qualified) {
  const std::string_view type = simple_class_name(qualified);
  if (value.is_null()) return value;
  if (type == "String" || type == "boolean" || type == "Boolean")
    return cast(interpreter, value, type);
  if (is_numeric_type(type) && is_number(value)) {
    // "Float" of the typed language is any number with a fraction, "Integer" any whole one.
    if (is_instance(value, type) || (type == "Integer" && value.is_integer())) return value;
    return number_from_number(value, type);
  }
  return value;
}

}  // namespace weir::lang
