#pragma once

#include "lang/objects.hpp"

#include <cstdint>

namespace weir::lang {

// Arithmetic of numbers, by Groovy's rules: a double or float on either side makes a double; else a
// decimal makes a decimal; else big integers; else Long, Integer, both of which wrap.

[[nodiscard]] inline bool is_number(const Value& value) {
  return value.is_integer() || value.is_real() || value.kind() == Kind::decimal ||
         value.kind() == Kind::big_integer;
}
[[nodiscard]] bool is_nan(const Value& number);

// Conversions of a number, cut towards zero as Java's intValue and longValue.
[[nodiscard]] std::int64_t to_int64(const Value& number);
[[nodiscard]] std::int32_t to_int32(const Value& number);
[[nodiscard]] double to_double(const Value& number);
[[nodiscard]] Decimal to_decimal(const Value& number);
[[nodiscard]] BigInteger to_big_integer(const Value& number);
/// As Java prints it.
[[nodiscard]] std::string number_text(const Value& number);

enum class NumberOrder : int { less = -1, equal = 0, greater = 1 };
[[nodiscard]] NumberOrder compare_numbers(const Value& a, const Value& b);

// Both operands must be numbers. Division by an integer or decimal zero throws ScriptException
// (ArithmeticException).
[[nodiscard]] Value add_numbers(const Value& a, const Value& b);
[[nodiscard]] Value subtract_numbers(const Value& a, const Value& b);
[[nodiscard]] Value multiply_numbers(const Value& a, const Value& b);
[[nodiscard]] Value divide_numbers(const Value& a, const Value& b);
[[nodiscard]] Value remainder_numbers(const Value& a, const Value& b);
/// `intdiv`: integers only.
[[nodiscard]] Value divide_integers(const Value& a, const Value& b);
/// `**`: the smallest of Integer, Long and BigInteger that holds an integer power; see Groovy's
/// power.
[[nodiscard]] Value power_numbers(const Value& base, const Value& exponent);
[[nodiscard]] Value negate_number(const Value& number);
[[nodiscard]] Value absolute_number(const Value& number);

}  // namespace weir::lang
