#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/methods/classes.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>
#include <array>
#include <bit>
#include <cmath>

// Functions of Math and of the classes of numbers. Declared in classes.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

double real(Call call, std::size_t index = 0) {
  if (!is_number(call[index]))
    throw script_error("IllegalArgumentException",
                       "a number is needed, not " + type_name(call[index]));
  return to_double(call[index]);
}

template <double (*function)(double)>
Value of_real(Call call) {
  return Value::real(function(real(call)));
}

Value larger(Call call, int sign) {
  static_cast<void>(real(call, 0));
  static_cast<void>(real(call, 1));
  const bool first = static_cast<int>(compare_numbers(call[0], call[1])) * sign >= 0;
  const Value chosen = first ? call[0] : call[1];
  // Java gives both operands one class first.
  const auto either = [&](Kind kind) { return call[0].kind() == kind || call[1].kind() == kind; };
  if (either(Kind::real) || either(Kind::decimal)) return Value::real(to_double(chosen));
  if (either(Kind::single)) return Value::single(static_cast<float>(to_double(chosen)));
  if (call[0].kind() == Kind::long_integer || call[1].kind() == Kind::long_integer)
    return Value::long_integer(to_int64(chosen));
  return chosen;
}

Value absolute(Call call) {
  const Value result = absolute_number(call[0]);
  return result.kind() == Kind::decimal ? Value::real(to_double(result)) : result;
}

Value random(Call call) {
  const std::uint64_t bits = call.interpreter.host().random_bits() >> 11;
  return Value::real(static_cast<double>(bits) * 0x1.0p-53);
}

/// `addExact` and its kin: an overflow is an error.
template <Value (*function)(const Value&, const Value&)>
Value exact(Call call) {
  const bool is_wide = call[0].kind() == Kind::long_integer || call[1].kind() == Kind::long_integer;
  const Value result = function(Value(make<BigIntegerObject>(to_big_integer(call[0]))),
                                Value(make<BigIntegerObject>(to_big_integer(call[1]))));
  const std::optional<std::int64_t> number = to_big_integer(result).to_int64();
  const bool fits = number && (is_wide || *number == static_cast<std::int32_t>(*number));
  if (!fits)
    throw script_error("ArithmeticException", is_wide ? "long overflow" : "integer overflow");
  return is_wide ? Value::long_integer(*number)
                 : Value::integer(static_cast<std::int32_t>(*number));
}

double to_degrees(double radians) {
  return radians * (180.0 / 3.141592653589793);
}
double to_radians(double degrees) {
  return degrees * (3.141592653589793 / 180.0);
}

constexpr std::array k_math = {
    Method{"abs", 1, 1, absolute, "without its sign"},
    Method{"acos", 1, 1, of_real<std::acos>, "the angle of a cosine"},
    Method{"addExact", 2, 2, exact<add_numbers>, "the sum, when it fits"},
    Method{"asin", 1, 1, of_real<std::asin>, "the angle of a sine"},
    Method{"atan", 1, 1, of_real<std::atan>, "the angle of a tangent"},
    Method{"atan2", 2, 2,
           [](Call call) { return Value::real(std::atan2(real(call, 0), real(call, 1))); },
           "the angle of a point"},
    Method{"ceil", 1, 1, of_real<std::ceil>, "the next whole number up"},
    Method{"cbrt", 1, 1, of_real<std::cbrt>, "the cube root"},
    Method{"cos", 1, 1, of_real<std::cos>, "the cosine"},
    Method{"exp", 1, 1, of_real<std::exp>, "the exponential"},
    Method{"expm1", 1, 1, of_real<std::expm1>, "the exponential less 1"},
    Method{"floor", 1, 1, of_real<std::floor>, "the next whole number down"},
    Method{"floorDiv", 2, 2,
           [](Call call) {
             return Value::number(
                 static_cast<std::int64_t>(std::floor(real(call, 0) / real(call, 1))));
           },
           "the quotient rounded down"},
    Method{"floorMod", 2, 2,
           [](Call call) {
             const std::int64_t divisor = integer_argument(call, 1);
             if (divisor == 0) throw script_error("ArithmeticException", "/ by zero");
             return Value::number(((integer_argument(call, 0) % divisor) + divisor) % divisor);
           },
           "the remainder with the sign of the divisor"},
    Method{"hypot", 2, 2,
           [](Call call) { return Value::real(std::hypot(real(call, 0), real(call, 1))); },
           "the length of the diagonal"},
    Method{"log", 1, 1, of_real<std::log>, "the natural logarithm"},
    Method{"log1p", 1, 1, of_real<std::log1p>, "the natural logarithm of 1 more"},
    Method{"log10", 1, 1, of_real<std::log10>, "the logarithm of base 10"},
    Method{"max", 2, 2, [](Call call) { return larger(call, 1); }, "the larger of two"},
    Method{"min", 2, 2, [](Call call) { return larger(call, -1); }, "the smaller of two"},
    Method{"multiplyExact", 2, 2, exact<multiply_numbers>, "the product, when it fits"},
    Method{"pow", 2, 2,
           [](Call call) { return Value::real(std::pow(real(call, 0), real(call, 1))); },
           "the power, as a double"},
    Method{"random", 0, 0, random, "a number from 0 up to but not including 1"},
    Method{"rint", 1, 1, of_real<std::nearbyint>, "the nearest whole number, halves to even"},
    Method{"round", 1, 1,
           [](Call call) {
             const Value whole = Value::real(std::floor(real(call) + 0.5));
             return call[0].kind() == Kind::single ? Value::integer(to_int32(whole))
                                                   : Value::long_integer(to_int64(whole));
           },
           "the nearest whole number"},
    Method{"signum", 1, 1,
           [](Call call) {
             const double value = real(call);
             return Value::real(value > 0 ? 1.0 : (value < 0 ? -1.0 : 0.0));
           },
           "the sign"},
    Method{"sin", 1, 1, of_real<std::sin>, "the sine"},
    Method{"sqrt", 1, 1, of_real<std::sqrt>, "the square root"},
    Method{"subtractExact", 2, 2, exact<subtract_numbers>, "the difference, when it fits"},
    Method{"tan", 1, 1, of_real<std::tan>, "the tangent"},
    Method{"toDegrees", 1, 1, of_real<to_degrees>, "an angle in degrees"},
    Method{"toIntExact", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Integer"); },
           "as an Integer"},
    Method{"toRadians", 1, 1, of_real<to_radians>, "an angle of degrees"},
};

Value parsed_integer(Call call, int bits) {
  const int radix = static_cast<int>(integer_argument(call, 1, 10));
  const std::string text = text_argument(call, 0);
  if (radix < 2 || radix > 36)
    throw script_error("NumberFormatException",
                       "radix " + std::to_string(radix) + " is not between 2 and 36");
  const std::optional<std::int64_t> number = parse_java_integer(text, bits, radix);
  if (!number) throw script_error("NumberFormatException", "For input string: \"" + text + "\"");
  return bits == 32 ? Value::integer(static_cast<std::int32_t>(*number))
                    : Value::long_integer(*number);
}

Value integer_value_of(Call call, int bits) {
  if (call[0].is_string()) return parsed_integer(call, bits);
  return cast(call.interpreter, call[0], bits == 32 ? "Integer" : "Long");
}

Value in_radix(Call call, int radix) {
  const bool narrow = call[0].kind() == Kind::integer;
  const std::uint64_t bits = narrow ? static_cast<std::uint32_t>(call[0].as_int64())
                                    : static_cast<std::uint64_t>(integer_argument(call, 0));
  if (radix == 2) return Value::string(fmt::format("{:b}", bits));
  return Value::string(radix == 8 ? fmt::format("{:o}", bits) : fmt::format("{:x}", bits));
}

Value integer_text(Call call) {
  return Value::string(
      to_big_integer(call[0]).to_string(static_cast<int>(integer_argument(call, 1, 10))));
}

Value compared(Call call) {
  return Value::integer(compare(call[0], call[1]));
}

Value reversed_bits(Call call) {
  const auto bits = static_cast<std::uint32_t>(integer_argument(call, 0));
  std::uint32_t reversed = 0;
  for (unsigned i = 0; i < 32; ++i) reversed = reversed << 1 | (bits >> i & 1U);
  return Value::integer(static_cast<std::int32_t>(reversed));
}

constexpr std::array k_integer = {
    Method{"bitCount", 1, 1,
           [](Call call) {
             return Value::integer(
                 __builtin_popcountll(call[0].kind() == Kind::integer
                                          ? static_cast<std::uint32_t>(call[0].as_int64())
                                          : static_cast<std::uint64_t>(integer_argument(call, 0))));
           },
           "number of bits that are set"},
    Method{"compare", 2, 2, compared, "-1, 0 or 1"},
    Method{"highestOneBit", 1, 1,
           [](Call call) {
             const auto bits = static_cast<std::uint32_t>(integer_argument(call, 0));
             return Value::integer(static_cast<std::int32_t>(std::bit_floor(bits)));
           },
           "the highest bit that is set"},
    Method{"max", 2, 2, [](Call call) { return larger(call, 1); }, "the larger of two"},
    Method{"min", 2, 2, [](Call call) { return larger(call, -1); }, "the smaller of two"},
    Method{"numberOfLeadingZeros", 1, 1,
           [](Call call) {
             return Value::integer(
                 std::countl_zero(static_cast<std::uint32_t>(integer_argument(call, 0))));
           },
           "the bits above the highest that is set"},
    Method{"numberOfTrailingZeros", 1, 1,
           [](Call call) {
             return Value::integer(
                 std::countr_zero(static_cast<std::uint32_t>(integer_argument(call, 0))));
           },
           "the bits below the lowest that is set"},
    Method{"parseInt", 1, 2, [](Call call) { return parsed_integer(call, 32); },
           "reads a number of a radix"},
    Method{"reverse", 1, 1, reversed_bits, "the bits in the other order"},
    Method{"signum", 1, 1, [](Call call) { return Value::integer(to_decimal(call[0]).sign()); },
           "-1, 0 or 1"},
    Method{"sum", 2, 2, [](Call call) { return add_numbers(call[0], call[1]); }, "the sum"},
    Method{"toBinaryString", 1, 1, [](Call call) { return in_radix(call, 2); }, "as binary digits"},
    Method{"toHexString", 1, 1, [](Call call) { return in_radix(call, 16); },
           "as hexadecimal digits"},
    Method{"toOctalString", 1, 1, [](Call call) { return in_radix(call, 8); }, "as octal digits"},
    Method{"toString", 1, 2, integer_text, "as text, in a radix"},
    Method{"valueOf", 1, 2, [](Call call) { return integer_value_of(call, 32); }, "as an Integer"},
};

constexpr std::array k_long = {
    Method{"compare", 2, 2, compared, "-1, 0 or 1"},
    Method{"max", 2, 2, [](Call call) { return larger(call, 1); }, "the larger of two"},
    Method{"min", 2, 2, [](Call call) { return larger(call, -1); }, "the smaller of two"},
    Method{"parseLong", 1, 2, [](Call call) { return parsed_integer(call, 64); },
           "reads a number of a radix"},
    Method{"toBinaryString", 1, 1, [](Call call) { return in_radix(call, 2); }, "as binary digits"},
    Method{"toHexString", 1, 1, [](Call call) { return in_radix(call, 16); },
           "as hexadecimal digits"},
    Method{"toString", 1, 2, integer_text, "as text, in a radix"},
    Method{"valueOf", 1, 2, [](Call call) { return integer_value_of(call, 64); }, "as a Long"},
};

constexpr std::array k_double = {
    Method{"compare", 2, 2, compared, "-1, 0 or 1"},
    Method{"isInfinite", 1, 1, [](Call call) { return Value::boolean(std::isinf(real(call))); },
           "whether it is infinite"},
    Method{"isNaN", 1, 1, [](Call call) { return Value::boolean(std::isnan(real(call))); },
           "whether it is no number"},
    Method{"parseDouble", 1, 1,
           [](Call call) {
             return cast(call.interpreter, Value::string(text_argument(call, 0)), "Double");
           },
           "reads a double"},
    Method{"toString", 1, 1, [](Call call) { return Value::string(double_text(real(call))); },
           "as text"},
    Method{"valueOf", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Double"); },
           "as a Double"},
};

constexpr std::array k_float = {
    Method{"compare", 2, 2, compared, "-1, 0 or 1"},
    Method{"isInfinite", 1, 1, [](Call call) { return Value::boolean(std::isinf(real(call))); },
           "whether it is infinite"},
    Method{"isNaN", 1, 1, [](Call call) { return Value::boolean(std::isnan(real(call))); },
           "whether it is no number"},
    Method{"parseFloat", 1, 1,
           [](Call call) {
             return cast(call.interpreter, Value::string(text_argument(call, 0)), "Float");
           },
           "reads a float"},
    Method{
        "toString", 1, 1,
        [](Call call) { return Value::string(to_text(cast(call.interpreter, call[0], "Float"))); },
        "as text"},
    Method{"valueOf", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Float"); },
           "as a Float"},
};

Value parse_boolean(Call call) {
  if (call[0].kind() == Kind::boolean) return call[0];
  const std::string text = to_text(call[0]);
  return Value::boolean(
      text.size() == 4 &&
      equals(call.interpreter.call_method(Value::string(std::string_view(text)), "toLowerCase"),
             Value::string("true")));
}

constexpr std::array k_boolean = {
    Method{"parseBoolean", 1, 1, parse_boolean, "whether the text is 'true', regardless of case"},
    Method{"valueOf", 1, 1, parse_boolean, "whether the text is 'true', regardless of case"},
};

constexpr std::array k_character = {
    Method{"isDigit", 1, 1,
           [](Call call) {
             const std::string text = to_text(call[0]);
             return Value::boolean(text.size() == 1 && text[0] >= '0' && text[0] <= '9');
           },
           "whether it is a digit"},
    Method{"isLetter", 1, 1,
           [](Call call) {
             return Value::boolean(matches_fully(*make_pattern("\\p{L}"), to_text(call[0])));
           },
           "whether it is a letter"},
    Method{"isUpperCase", 1, 1,
           [](Call call) {
             return Value::boolean(matches_fully(*make_pattern("\\p{Lu}"), to_text(call[0])));
           },
           "whether it is an upper-case letter"},
    Method{"isWhitespace", 1, 1,
           [](Call call) {
             return Value::boolean(matches_fully(*make_pattern("\\s"), to_text(call[0])));
           },
           "whether it is white space"},
};

}  // namespace

MethodTable math_class() {
  return k_math;
}
MethodTable integer_class() {
  return k_integer;
}
MethodTable long_class() {
  return k_long;
}
MethodTable double_class() {
  return k_double;
}
MethodTable float_class() {
  return k_float;
}
MethodTable boolean_class() {
  return k_boolean;
}
MethodTable character_class() {
  return k_character;
}

}  // namespace weir::lang
