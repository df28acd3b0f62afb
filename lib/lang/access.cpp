#include "lang/exceptions.hpp"
#include "lang/internal/evaluator.hpp"
#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>

// Properties and indexes of values; declared in interpreter.hpp.

namespace weir::lang {
namespace {

/// Elements that an assignment past the end may create.
constexpr std::int64_t k_padding_max = 50'000'000;

std::string getter(std::string_view prefix, std::string_view name) {
  std::string method(prefix);
  method += name;
  if (name.front() >= 'a' && name.front() <= 'z')
    method[prefix.size()] = static_cast<char>(name.front() - 'a' + 'A');
  return method;
}

/// `getName()` or `isName()` of the value.
std::optional<Value> by_getter(Interpreter& interpreter, const Value& object,
                               std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const std::string_view prefix : {"get", "is"}) {
    if (const Method* const method = find_method(object, getter(prefix, name), 0)) {
      return method->function(MethodCall{interpreter, object, {}, nullptr});
    }
  }
  return std::nullopt;
}

/// `4.GB`, `1.5.h`.
std::optional<Value> with_unit(const Value& number, std::string_view unit) {
  const int power = memory_unit_power(unit);
  const std::int64_t millis = duration_unit_millis(unit);
  if (power < 0 && millis == 0) return std::nullopt;
  const double factor = power >= 0 ? std::pow(1024.0, power) : static_cast<double>(millis);
  const Value scaled =
      number.is_integer() && factor < 9e18
          ? multiply_numbers(Value::long_integer(number.as_int64()),
                             Value::long_integer(static_cast<std::int64_t>(factor)))
          : Value::real(std::floor(to_double(number) * factor + 0.5));
  return power >= 0 ? Value::memory(to_int64(scaled)) : Value::duration(to_int64(scaled));
}

std::vector<std::string> property_names(const Value& object) {
  if (object.kind() == Kind::native)
    return static_cast<const NativeObject*>(object.object())->names();
  std::vector<std::string> names;
  for (const std::string& method : method_names(object)) {
    const bool is_getter = method.size() > 3 && method.compare(0, 3, "get") == 0;
    if (!is_getter) continue;
    std::string name = method.substr(3);
    name.front() = static_cast<char>(name.front() - 'A' + 'a');
    names.push_back(std::move(name));
  }
  return names;
}

[[noreturn]] void refuse_property(const Value& object, std::string_view name) {
  std::string hint;
  if (const std::optional<std::string> near = base::nearest(name, property_names(object)))
    hint = "; did you mean '" + *near + "'?";
  throw script_error("MissingPropertyException", "no property '" + std::string(name) + "' of " +
                                                     type_name(object) + " '" +
                                                     to_short_text(object) + "'" + hint);
}

Value map_property(Interpreter& interpreter, const Value& object, std::string_view name) {
  MapObject& map = object.get<MapObject>();
  if (const Value* const value = map.items.find(name)) return *value;
  if (!map.default_value.is_null()) return interpreter.index(object, Value::string(name));
  return {};
}

/// From the end when negative. Throws when it is below the first element.
std::int64_t normalized_index(std::int64_t index, std::int64_t size) {
  if (index >= 0) return index;
  if (index + size < 0) {
    throw script_error("ArrayIndexOutOfBoundsException",
                       "Negative array index [" + std::to_string(index) +
                           "] too large for array size " + std::to_string(size));
  }
  return index + size;
}

struct Borders {
  std::int64_t begin;
  std::int64_t end;
  bool reverse;
};

Borders borders_of(const RangeObject& range, std::int64_t size) {
  if (range.is_empty) return {0, 0, false};
  const std::int64_t from = normalized_index(range.first, size);
  const std::int64_t to = normalized_index(range.open_end.value_or(range.last), size);
  // The direction is that of the positions: 1..-1 runs upwards. An end that is left out is that
  // position, not the element before it in the range: 0..<-1 leaves out the last.
  const std::int64_t left_out = range.open_end ? 1 : 0;
  if (from > to) return {to + left_out, from + 1, true};
  return {from, to + 1 - left_out, false};
}

Value list_slice(const Value& object, const RangeObject& range) {
  const std::vector<Value> items = elements_of(object);
  const auto size = static_cast<std::int64_t>(items.size());
  const Borders borders = borders_of(range, size);
  if (borders.end > size) {
    throw script_error("IndexOutOfBoundsException", "toIndex = " + std::to_string(borders.end));
  }
  std::vector<Value> slice(items.begin() + borders.begin, items.begin() + borders.end);
  if (borders.reverse) slice = std::vector<Value>(slice.rbegin(), slice.rend());
  return make_list(std::move(slice));
}

/// `list[1..2] = [8, 9]`: the elements of the range give way to those of the value, or to the
/// value.
void set_slice(ListObject& list, const RangeObject& range, const Value& value) {
  const auto size = static_cast<std::int64_t>(list.items.size());
  const Borders borders = borders_of(range, size);
  if (borders.end > size + k_padding_max)
    throw script_error("OutOfMemoryError", "the range of positions is too large");
  const std::vector<Value> fresh =
      is_collection(value) ? elements_of(value) : std::vector<Value>{value};
  list.items.resize(static_cast<std::size_t>(std::max(size, borders.end)));
  const std::int64_t from =
      range.is_empty ? std::min(normalized_index(range.first, size), size) : borders.begin;
  const auto begin = list.items.begin() + from;
  const auto end = range.is_empty ? begin : list.items.begin() + borders.end;
  list.items.insert(list.items.erase(begin, end), fresh.begin(), fresh.end());
}

/// `list[0, 2] = [8, 9]`, or one value for all of them.
void set_several(Interpreter& interpreter, const Value& object, const std::vector<Value>& indexes,
                 const Value& value) {
  const std::vector<Value> values =
      is_collection(value) ? elements_of(value) : std::vector<Value>(indexes.size(), value);
  if (values.size() != indexes.size())
    throw script_error("IllegalArgumentException",
                       "there are " + std::to_string(indexes.size()) + " positions, and " +
                           std::to_string(values.size()) + " values for them");
  for (std::size_t i = 0; i < indexes.size(); ++i)
    interpreter.set_index(object, indexes[i], values[i]);
}

/// The element of a list that makes what it has not got, and keeps it.
Value made_element(Interpreter& interpreter, const Value& object, std::int64_t index) {
  ListObject& list = object.get<ListObject>();
  const auto size = static_cast<std::int64_t>(list.items.size());
  const std::int64_t at = index < 0 ? index + size : index;
  if (at < 0) {
    throw script_error("IndexOutOfBoundsException", "Negative index [" + std::to_string(at) +
                                                        "] too large for list size " +
                                                        std::to_string(size));
  }
  if (at >= k_padding_max)
    throw script_error("OutOfMemoryError", "index " + std::to_string(at) + " is too large");
  const auto put = [&](std::int64_t position) {
    const Value value = interpreter.call(list.default_value, Value::number(position));
    if (static_cast<std::size_t>(position) >= list.items.size())
      list.items.resize(static_cast<std::size_t>(position) + 1);
    list.items[static_cast<std::size_t>(position)] = value;
    note_link(interpreter, object, value);
  };
  for (std::int64_t i = size; list.is_default_eager && i < at; ++i) put(i);
  const bool is_missing =
      at >= static_cast<std::int64_t>(list.items.size()) ||
      (!list.is_default_eager && list.items[static_cast<std::size_t>(at)].is_null());
  if (is_missing) put(at);
  return list.items[static_cast<std::size_t>(at)];
}

bool makes_elements(const Value& object) {
  const ListObject* const list = object.as<ListObject>();
  return list != nullptr && !list->default_value.is_null();
}

Value list_element(const Value& object, std::int64_t index) {
  const std::int64_t size = size_of(object);
  const std::int64_t at = normalized_index(index, size);
  if (at >= size) return {};
  if (const ListObject* list = object.as<ListObject>())
    return list->items[static_cast<std::size_t>(at)];
  if (const RangeObject* range = object.as<RangeObject>()) return range->at(at);
  return elements_of(object)[static_cast<std::size_t>(at)];
}

/// A slice past the end makes its last element alone.
void make_last(Interpreter& interpreter, const Value& object, const RangeObject& range) {
  const Borders borders = borders_of(range, size_of(object));
  if (borders.end > size_of(object))
    static_cast<void>(made_element(interpreter, object, borders.end - 1));
}

Value several(Interpreter& interpreter, const Value& object, const Value& indexes) {
  std::vector<Value> values;
  for (const Value& index : elements_of(indexes)) {
    if (index.kind() == Kind::range) {
      for (Value& value : elements_of(interpreter.index(object, index)))
        values.push_back(std::move(value));
    } else {
      values.push_back(interpreter.index(object, index));
    }
  }
  return make_list(std::move(values));
}

Value string_index(Interpreter& interpreter, const Value& object, const Value& index) {
  const StringObject& text = object.get<StringObject>();
  const std::int64_t size = length_of(text);
  if (const RangeObject* range = index.as<RangeObject>()) {
    const Borders borders = borders_of(*range, size);
    if (borders.end > size) {
      throw script_error("StringIndexOutOfBoundsException",
                         "begin " + std::to_string(borders.begin) + ", end " +
                             std::to_string(borders.end) + ", length " + std::to_string(size));
    }
    if (!borders.reverse) return Value::string(slice(text, borders.begin, borders.end));
    std::u16string units = to_utf16(slice(text, borders.begin, borders.end));
    return Value::string(to_utf8(std::u16string(units.rbegin(), units.rend())));
  }
  if (is_collection(index)) {
    std::string letters;
    for (const Value& part : elements_of(several(interpreter, object, index)))
      letters += to_text(part);
    return Value::string(std::move(letters));
  }
  const std::int64_t given = to_int64(index);
  const std::int64_t at = given < 0 ? given + size : given;
  if (at < 0 || at >= size) {
    throw script_error("StringIndexOutOfBoundsException",
                       "index " + std::to_string(given) + ", length " + std::to_string(size));
  }
  return Value::string(slice(text, at, at + 1));
}

Value map_index(Interpreter& interpreter, const Value& object, const Value& key) {
  MapObject& map = object.get<MapObject>();
  if (const Value* const value = map.items.find(key)) return *value;
  if (map.default_value.is_null()) return {};
  // withDefault keeps what the closure answered.
  const Value value = interpreter.call(map.default_value, key);
  map.items.put(key, value);
  note_link(interpreter, object, value);
  return value;
}

void refuse_read_only(bool is_read_only, const Value& object) {
  if (is_read_only)
    throw script_error("UnsupportedOperationException",
                       "a " + type_name(object) + " cannot be changed");
}

/// Whether some element is a map, whose entries are its properties.
bool has_properties(const Value& list) {
  const std::vector<Value>& items = list.get<ListObject>().items;
  return std::any_of(items.begin(), items.end(),
                     [](const Value& item) { return item.as<MapObject>() != nullptr; });
}

}  // namespace

Value Interpreter::property(const Value& object, std::string_view name) {
  if (object.is_null()) {
    throw script_error("NullPointerException",
                       "cannot get property '" + std::string(name) + "' on null object");
  }
  if (object.as<MapObject>() != nullptr) return map_property(*this, object, name);
  if (object.kind() == Kind::native) {
    const Value keep_alive = object;
    if (std::optional<Value> value =
            static_cast<NativeObject*>(object.object())->property(*this, name))
      return *value;
  }
  if (is_number(object)) {
    if (std::optional<Value> value = with_unit(object, name)) return *value;
  }
  if (const TypeObject* type = object.as<TypeObject>()) {
    if (std::optional<Value> value = static_field(type->name, name)) return *value;
  }
  // What is a list here may be an array there, which has a length.
  if (object.kind() == Kind::list && name == "length" && !has_properties(object))
    return Value::number(size_of(object));
  // Groovy finds the field of that name in Java's list before the elements' property.
  if (object.kind() == Kind::list && name == "size") return Value::number(size_of(object));
  if (is_collection(object) && name != "class" && name != "empty" && name != "indices" &&
      !(object.kind() == Kind::range && (name == "from" || name == "to"))) {
    std::vector<Value> values;
    for (const Value& element : elements_of(object)) {
      if (!element.is_null()) values.push_back(property(element, name));
    }
    return make_list(std::move(values));
  }
  if (std::optional<Value> value = by_getter(*this, object, name)) return *value;
  refuse_property(object, name);
}

void Interpreter::set_property(const Value& object, std::string_view name, const Value& value) {
  if (object.is_null()) {
    throw script_error("NullPointerException",
                       "cannot set property '" + std::string(name) + "' on null object");
  }
  if (MapObject* map = object.as<MapObject>()) {
    refuse_read_only(map->is_read_only || map->kind() == Kind::record, object);
    if (map->keeps_first && map->items.find(name) != nullptr) return;
    map->items.put(name, value);
    state_->rings.note(object, value);
    return;
  }
  if (object.kind() == Kind::native &&
      static_cast<NativeObject*>(object.object())->set_property(*this, name, value))
    return;
  if (const Method* const setter =
          name.empty() ? nullptr : find_method(object, getter("set", name), 1)) {
    setter->function(MethodCall{*this, object, std::span(&value, 1), nullptr});
    return;
  }
  throw script_error("MissingPropertyException", "property '" + std::string(name) + "' of " +
                                                     type_name(object) + " cannot be set");
}

Value Interpreter::index(const Value& object, const Value& index) {
  if (object.is_null()) {
    throw script_error("NullPointerException", "cannot invoke method getAt() on null object");
  }
  if (object.as<MapObject>() != nullptr) return map_index(*this, object, index);
  if (is_collection(object)) {
    if (const RangeObject* range = index.as<RangeObject>()) {
      if (makes_elements(object)) make_last(*this, object, *range);
      return list_slice(object, *range);
    }
    if (is_number(index) && makes_elements(object))
      return made_element(*this, object, to_int64(index));
    if (is_collection(index)) return several(*this, object, index);
    if (is_number(index)) return list_element(object, to_int64(index));
    if (index.is_string()) return property(object, index.text());
  }
  if (object.kind() == Kind::path && !index.is_string())
    return this->index(names_of_path(object), index);
  if (object.is_string() && (is_number(index) || is_collection(index)))
    return string_index(*this, object, index);
  MatcherObject* const matcher = object.as<MatcherObject>();
  if (matcher != nullptr && is_collection(index))
    return this->index(make_list(all_matches(*matcher)), index);
  if (matcher != nullptr && is_number(index)) {
    const std::vector<Value> matches = all_matches(*matcher);
    const std::int64_t at =
        normalized_index(to_int64(index), static_cast<std::int64_t>(matches.size()));
    if (at >= static_cast<std::int64_t>(matches.size())) {
      throw script_error("IndexOutOfBoundsException",
                         "index is out of range 0.." +
                             std::to_string(static_cast<std::int64_t>(matches.size()) - 1) +
                             " (index = " + std::to_string(at) + ")");
    }
    return matches[static_cast<std::size_t>(at)];
  }
  if (object.kind() == Kind::native) {
    if (std::optional<Value> value =
            static_cast<NativeObject*>(object.object())->index(*this, index))
      return *value;
  }
  if (index.is_string()) return property(object, index.text());
  if (const EntryObject* entry = object.as<EntryObject>(); entry != nullptr && is_number(index)) {
    return to_int64(index) == 0 ? entry->key : entry->value;
  }
  throw script_error("MissingMethodException",
                     "a " + type_name(object) + " has no element [" + to_short_text(index) + "]");
}

void Interpreter::set_index(const Value& object, const Value& index, const Value& value) {
  if (object.is_null())
    throw script_error("NullPointerException", "cannot invoke method putAt() on null object");
  if (MapObject* map = object.as<MapObject>()) {
    refuse_read_only(map->is_read_only || map->kind() == Kind::record, object);
    if (map->keeps_first && map->items.find(index) != nullptr) return;
    map->items.put(index, value);
    state_->rings.note(object, value);
    return;
  }
  if (ListObject* list = object.as<ListObject>(); list != nullptr && is_number(index)) {
    refuse_read_only(list->is_tuple || list->is_read_only, object);
    const std::int64_t at =
        normalized_index(to_int64(index), static_cast<std::int64_t>(list->items.size()));
    if (at >= k_padding_max)
      throw script_error("OutOfMemoryError", "index " + std::to_string(at) + " is too large");
    if (at >= static_cast<std::int64_t>(list->items.size()))
      list->items.resize(static_cast<std::size_t>(at) + 1);
    list->items[static_cast<std::size_t>(at)] = value;
    state_->rings.note(object, value);
    return;
  }
  if (object.kind() == Kind::list && is_collection(index)) {
    ListObject& list = object.get<ListObject>();
    refuse_read_only(list.is_tuple || list.is_read_only, object);
    if (const RangeObject* range = index.as<RangeObject>())
      set_slice(list, *range, value);
    else
      set_several(*this, object, elements_of(index), value);
    state_->rings.note(object, value);
    return;
  }
  if (index.is_string()) {
    set_property(object, index.text(), value);
    return;
  }
  throw script_error("MissingMethodException", "element [" + to_short_text(index) + "] of a " +
                                                   type_name(object) + " cannot be set");
}

}  // namespace weir::lang
