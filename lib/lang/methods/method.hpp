#pragma once

#include "lang/callable.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weir::lang {

/// What a library method is given.
struct MethodCall {
  Interpreter& interpreter;
  const Value& self;
  std::span<const Value> arguments;
  const MapObject* named = nullptr;  ///< may be null

  [[nodiscard]] std::size_t size() const { return arguments.size(); }
  [[nodiscard]] const Value& operator[](std::size_t index) const { return arguments[index]; }
  [[nodiscard]] bool has(std::size_t index) const { return index < arguments.size(); }
};

using MethodFunction = Value (*)(const MethodCall& call);

/// A row of a method table.
struct Method {
  std::string_view name;
  std::int8_t arguments_min;
  std::int8_t arguments_max;  ///< -1: any number
  MethodFunction function;
  std::string_view documentation;

  [[nodiscard]] bool takes(std::size_t count) const {
    return count >= static_cast<std::size_t>(arguments_min) &&
           (arguments_max < 0 || count <= static_cast<std::size_t>(arguments_max));
  }
};

/// What a call site remembers.
struct MethodSite {
  const Method* method = nullptr;
  Kind kind = Kind::null;
};

using MethodTable = std::span<const Method>;

// The tables, one per file of this folder. A value's methods are those of its own table, then of
// the more general ones.
[[nodiscard]] MethodTable object_methods();
[[nodiscard]] MethodTable string_methods();
[[nodiscard]] MethodTable string_place_methods();
[[nodiscard]] MethodTable string_visit_methods();
[[nodiscard]] MethodTable number_methods();
[[nodiscard]] MethodTable boolean_methods();
[[nodiscard]] MethodTable iterable_methods();
/// More of the same: orders, choices and parts of the elements.
[[nodiscard]] MethodTable arrangement_methods();
/// A method of everything that can be iterated, to be called with a list; nullptr when there is
/// none.
[[nodiscard]] const Method* find_iterable_method(std::string_view name, std::size_t count);
/// A method that Groovy has for any object, null too, by visiting its elements or it alone; to be
/// called with a list of them. nullptr when there is none.
[[nodiscard]] const Method* find_visiting_method(std::string_view name, std::size_t count);
[[nodiscard]] MethodTable list_methods();
/// Of lists of bytes.
[[nodiscard]] MethodTable byte_methods();
[[nodiscard]] MethodTable set_methods();
[[nodiscard]] MethodTable range_methods();
[[nodiscard]] MethodTable map_methods();
[[nodiscard]] MethodTable sorted_map_methods();
[[nodiscard]] MethodTable sorted_set_methods();
[[nodiscard]] MethodTable entry_methods();
[[nodiscard]] MethodTable closure_methods();
[[nodiscard]] MethodTable pattern_methods();
[[nodiscard]] MethodTable matcher_methods();
/// Of texts and paths alike.
[[nodiscard]] MethodTable split_methods();
[[nodiscard]] MethodTable path_methods();
[[nodiscard]] MethodTable duration_methods();
[[nodiscard]] MethodTable memory_methods();
[[nodiscard]] MethodTable date_methods();
[[nodiscard]] MethodTable exception_methods();
[[nodiscard]] MethodTable enum_methods();
[[nodiscard]] MethodTable version_methods();
[[nodiscard]] MethodTable record_methods();
[[nodiscard]] MethodTable type_methods();
/// Functions of a class: `Math.max`, `Integer.parseInt`; nothing when the class is unknown.
/// `class_name` is simple or full.
[[nodiscard]] MethodTable static_methods(std::string_view class_name);
/// `new Class(...)`: the rows are class names.
[[nodiscard]] MethodTable constructors();
/// Functions that scripts call without an object: `println`, `tuple`, ...
[[nodiscard]] MethodTable global_functions();

/// The method of `value` that takes `count` arguments, or nullptr.
[[nodiscard]] const Method* find_method(const Value& value, std::string_view name,
                                        std::size_t count);
[[nodiscard]] const Method* find_in(MethodTable table, std::string_view name, std::size_t count);
/// All names that `value` has, for suggestions.
[[nodiscard]] std::vector<std::string> method_names(const Value& value);
/// A constant of a class, `Integer.MAX_VALUE`; nothing when there is none.
[[nodiscard]] std::optional<Value> static_field(std::string_view class_name, std::string_view name);

// Helpers that several tables share.

/// A NullPointerException unless `value` is there.
void require_value(const Value& value, std::string_view what);
/// Argument `index` as a number, text, ...; throws ScriptException (IllegalArgumentException) when
/// it is none.
[[nodiscard]] std::int64_t integer_argument(const MethodCall& call, std::size_t index);
[[nodiscard]] std::int64_t integer_argument(const MethodCall& call, std::size_t index,
                                            std::int64_t otherwise);
[[nodiscard]] std::string text_argument(const MethodCall& call, std::size_t index);
/// A pattern, or one made of a text.
[[nodiscard]] Ref<PatternObject> pattern_argument(const MethodCall& call, std::size_t index);
[[nodiscard]] bool is_closure(const Value& value);
/// Calls `closure` with an element, or with key and value when it takes two and the element is an
/// entry of a map.
Value call_with_element(Interpreter& interpreter, const Value& closure, const Value& element);
/// Adds what a closure of `collectEntries` gave to a map: a list (its first two elements), a map,
/// an entry; null adds nothing. Throws ScriptException for anything else.
void put_collected(MapObject& map, const Value& entry);
/// `target.putAll(entries)`; the target.
Value put_all(Interpreter& interpreter, const Value& target, const Value& entries);
/// Sorts by the language's rules: nothing, a mapper of one parameter, or a comparator of two.
void sort_values(Interpreter& interpreter, std::vector<Value>& values, const Value* closure);
/// Without repetitions by the same rules; the first of equal ones is kept.
[[nodiscard]] std::vector<Value> unique_values(Interpreter& interpreter,
                                               const std::vector<Value>& values,
                                               const Value* closure);

}  // namespace weir::lang
