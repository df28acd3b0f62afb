#include "lang/methods/method.hpp"

#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>

namespace weir::lang {
namespace {

using Tables = std::array<MethodTable, 5>;

/// The tables of a kind, the most special first.
Tables tables_of(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean: return {boolean_methods(), object_methods()};
    case Kind::integer:
    case Kind::long_integer:
    case Kind::real:
    case Kind::single:
    case Kind::big_integer:
    case Kind::decimal: return {number_methods(), object_methods()};
    case Kind::duration: return {duration_methods(), object_methods()};
    case Kind::memory: return {memory_methods(), object_methods()};
    case Kind::string:
      return {string_methods(), string_place_methods(), string_visit_methods(), split_methods(),
              object_methods()};
    case Kind::list:
      return {list_methods(), iterable_methods(), arrangement_methods(), byte_methods(),
              object_methods()};
    case Kind::bag:
      return {list_methods(), iterable_methods(), arrangement_methods(), object_methods()};
    case Kind::set:
      return {set_methods(), iterable_methods(), arrangement_methods(), sorted_set_methods(),
              object_methods()};
    case Kind::range:
      return {range_methods(), list_methods(), iterable_methods(), arrangement_methods(),
              object_methods()};
    case Kind::record: return {record_methods(), map_methods(), object_methods()};
    case Kind::map: return {map_methods(), sorted_map_methods(), object_methods()};
    case Kind::entry: return {entry_methods(), object_methods()};
    case Kind::closure: return {closure_methods(), object_methods()};
    case Kind::path: return {path_methods(), split_methods(), object_methods()};
    case Kind::date: return {date_methods(), object_methods()};
    case Kind::pattern: return {pattern_methods(), object_methods()};
    case Kind::matcher: return {matcher_methods(), iterable_methods(), object_methods()};
    case Kind::enum_constant: return {enum_methods(), object_methods()};
    case Kind::exception: return {exception_methods(), object_methods()};
    case Kind::version: return {version_methods(), object_methods()};
    case Kind::type:
      return {static_methods(value.get<TypeObject>().name), type_methods(), object_methods()};
    case Kind::null:
    case Kind::native:
    case Kind::hidden: break;
  }
  return {object_methods()};
}

/// What may be called on null without an error.
bool is_null_safe(std::string_view name) {
  static constexpr std::array<std::string_view, 6> k_names = {"toString", "equals",    "is",
                                                              "inspect",  "asBoolean", "with"};
  return std::find(k_names.begin(), k_names.end(), name) != k_names.end();
}

/// Orders two elements by a comparator closure, whose answer may be any number or truth value.
int compare_by(Interpreter& interpreter, const Value& closure, const Value& a, const Value& b) {
  const Value order = interpreter.call(closure, a, b);
  if (is_number(order)) {
    const double amount = to_double(order);
    return amount < 0 ? -1 : (amount > 0 ? 1 : 0);
  }
  return truth(order) ? 1 : 0;
}

/// A stable merge sort whose comparison may throw or be inconsistent, either of which std::sort
/// does not allow.
template <typename Item, typename Less>
void merge_sort(std::vector<Item>& items, const Less& comes_after) {
  std::vector<Item> buffer(items.size());
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    for (std::size_t begin = 0; begin < items.size(); begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, items.size());
      const std::size_t end = std::min(begin + 2 * width, items.size());
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t at = begin; at < end; ++at) {
        const bool take_right =
            left == middle || (right < end && comes_after(items[left], items[right]));
        buffer[at] = std::move(items[take_right ? right++ : left++]);
      }
    }
    items.swap(buffer);
  }
}

}  // namespace

const Method* find_in(MethodTable table, std::string_view name, std::size_t count) {
  for (const Method& method : table) {
    if (method.name == name && method.takes(count)) return &method;
  }
  return nullptr;
}

const Method* find_method(const Value& value, std::string_view name, std::size_t count) {
  if (value.is_null() && !is_null_safe(name)) return nullptr;
  for (const MethodTable table : tables_of(value)) {
    if (const Method* const method = find_in(table, name, count)) return method;
  }
  return nullptr;
}

const Method* find_iterable_method(std::string_view name, std::size_t count) {
  if (const Method* const method = find_in(iterable_methods(), name, count)) return method;
  if (const Method* const method = find_in(arrangement_methods(), name, count)) return method;
  // Of a list's own methods, those that Groovy has for any Iterable.
  static constexpr std::array<std::string_view, 16> k_names = {
      "asList", "collate",  "drop", "dropRight", "dropWhile", "first", "getAt",     "head",
      "init",   "iterator", "last", "sort",      "tail",      "take",  "takeRight", "takeWhile"};
  const bool is_general = std::find(k_names.begin(), k_names.end(), name) != k_names.end();
  return is_general ? find_in(list_methods(), name, count) : nullptr;
}

const Method* find_visiting_method(std::string_view name, std::size_t count) {
  static constexpr std::array<std::string_view, 15> k_names = {
      "any",  "collect",    "each",        "eachWithIndex",   "every",
      "find", "findAll",    "findIndexOf", "findIndexValues", "findLastIndexOf",
      "grep", "findResult", "inject",      "iterator",        "split"};
  if (std::find(k_names.begin(), k_names.end(), name) == k_names.end()) return nullptr;
  return find_iterable_method(name, count);
}

std::vector<std::string> method_names(const Value& value) {
  std::vector<std::string> names;
  for (const MethodTable table : tables_of(value)) {
    for (const Method& method : table) names.emplace_back(method.name);
  }
  return names;
}

void require_value(const Value& value, std::string_view what) {
  if (value.is_null()) throw script_error("NullPointerException", std::string(what) + " is null");
}

std::int64_t integer_argument(const MethodCall& call, std::size_t index) {
  if (is_number(call[index])) return to_int64(call[index]);
  throw script_error("IllegalArgumentException",
                     "argument " + std::to_string(index + 1) + " must be a number, not " +
                         type_name(call[index]) + " '" + to_short_text(call[index]) + "'");
}

std::int64_t integer_argument(const MethodCall& call, std::size_t index, std::int64_t otherwise) {
  return call.has(index) ? integer_argument(call, index) : otherwise;
}

std::string text_argument(const MethodCall& call, std::size_t index) {
  require_value(call[index], "argument " + std::to_string(index + 1));
  return to_text(call[index]);
}

Ref<PatternObject> pattern_argument(const MethodCall& call, std::size_t index) {
  require_value(call[index], "the pattern");
  if (PatternObject* const pattern = call[index].as<PatternObject>())
    return Ref<PatternObject>(pattern);
  return make_pattern(to_text(call[index]));
}

bool is_closure(const Value& value) {
  return value.kind() == Kind::closure;
}

Value call_with_element(Interpreter& interpreter, const Value& closure, const Value& element) {
  const EntryObject* const entry = element.as<EntryObject>();
  if (entry != nullptr && closure_arity(closure) == 2)
    return interpreter.call(closure, entry->key, entry->value);
  return interpreter.call(closure, element);
}

void put_collected(MapObject& map, const Value& entry) {
  if (entry.is_null()) return;
  if (const EntryObject* pair = entry.as<EntryObject>()) {
    map.items.put(pair->key, pair->value);
  } else if (const MapObject* several = entry.as<MapObject>()) {
    for (const OrderedTable::Entry& item : several->items.entries())
      map.items.put(item.key, item.value);
  } else if (const ListObject* list = entry.as<ListObject>()) {
    const auto at = [list](std::size_t i) {
      return i < list->items.size() ? list->items[i] : Value();
    };
    map.items.put(at(0), at(1));
  } else {
    throw script_error("IllegalArgumentException",
                       "an entry of a map is made of a list of two, a map or an entry, not '" +
                           to_short_text(entry) + "'");
  }
}

Value put_all(Interpreter& interpreter, const Value& target, const Value& entries) {
  interpreter.call_method(target, "putAll", Arguments{std::span(&entries, 1), nullptr});
  return target;
}

void sort_values(Interpreter& interpreter, std::vector<Value>& values, const Value* closure) {
  if (closure == nullptr || closure->is_null()) {
    merge_sort(values, [](const Value& a, const Value& b) { return compare_for_sort(a, b) > 0; });
    return;
  }
  if (closure_arity(*closure) == 2) {
    merge_sort(values, [&](const Value& a, const Value& b) {
      return compare_by(interpreter, *closure, a, b) > 0;
    });
    return;
  }
  struct Keyed {
    Value key;
    Value value;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(values.size());
  for (const Value& value : values)
    keyed.push_back({call_with_element(interpreter, *closure, value), value});
  merge_sort(keyed,
             [](const Keyed& a, const Keyed& b) { return compare_for_sort(a.key, b.key) > 0; });
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::move(keyed[i].value);
}

std::vector<Value> unique_values(Interpreter& interpreter, const std::vector<Value>& values,
                                 const Value* closure) {
  std::vector<Value> kept;
  if (closure != nullptr && closure_arity(*closure) == 2) {
    for (const Value& value : values) {
      const bool repeated = std::any_of(kept.begin(), kept.end(), [&](const Value& other) {
        return compare_by(interpreter, *closure, other, value) == 0;
      });
      if (!repeated) kept.push_back(value);
    }
    return kept;
  }
  OrderedTable seen;
  for (const Value& value : values) {
    const Value key = closure == nullptr ? value : call_with_element(interpreter, *closure, value);
    if (seen.put(key_by_value(key), Value())) kept.push_back(value);
  }
  return kept;
}

}  // namespace weir::lang
