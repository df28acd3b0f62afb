#pragma once

#include "lang/callable.hpp"
#include "lang/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

// What the language's operators mean where no closure is called: truth, equality, order, hashing,
// text, types.

/// False: null, false, zero, empty text or container, a matcher that finds nothing. Advances a
/// matcher, as Groovy does.
[[nodiscard]] bool truth(const Value& value);

/// `a == b`: numbers by value, containers element by element; never an error.
[[nodiscard]] bool equals(const Value& a, const Value& b);
/// Java's `equals`, by which keys of maps and elements of sets are told apart: 1 and 1L differ, 1.0
/// and 1.00 too.
[[nodiscard]] bool equal_keys(const Value& a, const Value& b);
/// Agrees with `equal_keys`.
[[nodiscard]] std::uint64_t hash_key(const Value& value);
/// Java's `hashCode`, on which the order of otherwise incomparable values rests.
[[nodiscard]] std::int32_t java_hash(const Value& value);

/// `a <=> b`: negative, zero, positive; null first. Throws ScriptException
/// (IllegalArgumentException) when the two cannot be compared.
[[nodiscard]] int compare(const Value& a, const Value& b);
/// The order of `sort()`: `compare`, and by hash where that is refused.
[[nodiscard]] int compare_for_sort(const Value& a, const Value& b);

/// `candidate in criterion` and the criteria of operators: a closure by truth, a type by instance,
/// a pattern by full match, a container by membership, anything else by equality.
[[nodiscard]] bool is_case(Interpreter& interpreter, const Value& criterion,
                           const Value& candidate);

/// What `println` and interpolation show.
[[nodiscard]] std::string to_text(const Value& value);
/// What `String.valueOf`, formats and builders show: maps as Java writes them, `{key=value}`.
[[nodiscard]] std::string java_text(const Value& value);
/// `inspect()`: as `to_text`, with strings in quotes.
[[nodiscard]] std::string inspect(const Value& value);
/// `to_text` cut for messages.
[[nodiscard]] std::string to_short_text(const Value& value);

/// The name of the value's class as scripts write it: "Integer", "ArrayList", "Path"; "null" for
/// null.
[[nodiscard]] std::string type_name(const Value& value);
/// The name with its package: "java.lang.Integer".
[[nodiscard]] std::string qualified_type_name(const Value& value);
/// "Date" for "java.util.Date".
[[nodiscard]] std::string_view simple_class_name(std::string_view name);
/// "java.util.Date" for "Date"; names that have a package, or are unknown, as they are.
[[nodiscard]] std::string qualified_class_name(std::string_view name);
/// `value instanceof type`; `type` with or without package.
[[nodiscard]] bool is_instance(const Value& value, std::string_view type);

/// The elements that `each` would visit, as a copy, so that closures may change the container
/// meanwhile: items, entries of a map, characters of a string; one element for any other value but
/// null. Throws ScriptException when a range has more than k_range_elements_max.
[[nodiscard]] std::vector<Value> elements_of(const Value& value);
inline constexpr std::int64_t k_range_elements_max = 20'000'000;
/// Lists, bags, sets, ranges: what has elements, maps excepted.
[[nodiscard]] bool is_collection(const Value& value);
/// Number of elements of a collection or map, characters of a string.
[[nodiscard]] std::int64_t size_of(const Value& value);

}  // namespace weir::lang
