#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <array>
#include <cmath>

// Methods of numbers and booleans. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

/// `decimal` with so many digits after the point. A script may ask for 2^31 of them.
Decimal with_places(const Decimal& decimal, std::int64_t digits, Decimal::Rounding rounding) {
  constexpr std::int64_t k_places_max = 1'000'000;
  if (digits > k_places_max || digits < -k_places_max)
    throw script_error("ArithmeticException", "a decimal of so many digits would be too long");
  return decimal.with_scale(static_cast<std::int32_t>(digits), rounding);
}

Value rounded(Call call) {
  const std::int64_t digits = integer_argument(call, 0, 0);
  if (call.self.is_integer()) return call.self;
  if (call.self.kind() == Kind::decimal)
    return make_decimal(with_places(to_decimal(call.self), digits, Decimal::Rounding::half_up));
  const double value = to_double(call.self);
  const bool is_single = call.self.kind() == Kind::single;
  if (!call.has(0)) {
    const Value whole = Value::real(std::floor(value + 0.5));
    return is_single ? Value::integer(to_int32(whole)) : Value::long_integer(to_int64(whole));
  }
  const double factor = std::pow(10.0, static_cast<double>(digits));
  const double result = std::floor(value * factor + 0.5) / factor;
  return is_single ? Value::single(static_cast<float>(result)) : Value::real(result);
}

Value truncated(Call call) {
  const std::int64_t digits = integer_argument(call, 0, 0);
  if (call.self.is_integer()) return call.self;
  if (call.self.kind() == Kind::decimal)
    return make_decimal(with_places(to_decimal(call.self), digits, Decimal::Rounding::down));
  const double factor = std::pow(10.0, static_cast<double>(digits));
  const double result = std::trunc(to_double(call.self) * factor) / factor;
  return call.self.kind() == Kind::single ? Value::single(static_cast<float>(result))
                                          : Value::real(result);
}

Value times(Call call) {
  const std::int64_t count = to_int64(call.self);
  for (std::int64_t i = 0; i < count; ++i) call.interpreter.call(call[0], Value::number(i));
  return {};
}

Value upto(Call call, int direction) {
  require_value(call[0], "the last number");
  if (compare(call.self, call[0]) * direction > 0) {
    const bool up = direction > 0;
    throw script_error("GroovyRuntimeException",
                       "the argument (" + to_text(call[0]) + ") of " + (up ? "upto" : "downto") +
                           "() cannot be " + (up ? "less" : "greater") + " than the value (" +
                           to_text(call.self) + ") it is called on");
  }
  const Value step = Value::integer(direction);
  for (Value i = call.self; compare(i, call[0]) * direction <= 0; i = add_numbers(i, step))
    call.interpreter.call(call[1], i);
  return {};
}

Value stepped(Call call) {
  if (!is_number(call[0]) || !is_number(call[1]))
    throw script_error("IllegalArgumentException", "the end and the step must be numbers");
  const int direction = compare(call[1], Value::integer(0));
  if (direction == 0) {
    throw script_error(
        "GroovyRuntimeException",
        "Infinite loop on step size of 0 from " + to_text(call.self) + " to " + to_text(call[0]));
  }
  for (Value i = call.self; compare(i, call[0]) * direction < 0; i = add_numbers(i, call[1]))
    call.interpreter.call(call[2], i);
  return {};
}

Decimal::Rounding rounding_mode(const Value& mode) {
  const std::string name = to_text(mode);
  if (name == "UP") return Decimal::Rounding::up;
  if (name == "DOWN") return Decimal::Rounding::down;
  if (name == "CEILING") return Decimal::Rounding::ceiling;
  if (name == "FLOOR") return Decimal::Rounding::floor;
  if (name == "HALF_DOWN") return Decimal::Rounding::half_down;
  if (name == "HALF_EVEN") return Decimal::Rounding::half_even;
  return Decimal::Rounding::half_up;
}

Value set_scale(Call call) {
  const Decimal::Rounding mode = call.has(1) ? rounding_mode(call[1]) : Decimal::Rounding::down;
  const Decimal before = to_decimal(call.self);
  const Decimal result = with_places(before, integer_argument(call, 0), mode);
  if (!call.has(1) && Decimal::compare(before, result) != 0)
    throw script_error("ArithmeticException",
                       "rounding is necessary, and setScale() is not told how");
  return make_decimal(result);
}

Value as_type(Call call, std::string_view type) {
  return cast(call.interpreter, call.self, type);
}

Value compare_to(Call call) {
  const int order = compare(call.self, call[0]);
  return Value::integer(order < 0 ? -1 : (order > 0 ? 1 : 0));
}

template <BinaryOp op>
Value by_operator(Call call) {
  return apply_binary(call.interpreter, op, call.self, call[0]);
}

/// Of whole and decimal numbers, as the class of the larger: java.math's `max` and `min`.
Value extreme(Call call, int sign) {
  require_value(call[0], "the other number");
  const Value other =
      call.self.kind() == Kind::decimal || call.self.kind() == Kind::big_integer
          ? as_type(MethodCall{call.interpreter, call[0], {}, nullptr}, type_name(call.self))
          : call[0];
  return compare(call.self, other) * sign >= 0 ? call.self : other;
}

/// java.math's names of the operators; `divide(other, scale, mode)` and `divide(other, mode)`
/// round.
Value divided(Call call) {
  require_value(call[0], "the divisor");
  const Decimal a = to_decimal(call.self);
  const Decimal b = to_decimal(call[0]);
  if (b.is_zero()) throw script_error("ArithmeticException", "Division by zero");
  if (call.self.kind() == Kind::big_integer) return divide_integers(call.self, call[0]);
  if (call.size() == 1) {
    const Value quotient = divide_numbers(call.self, call[0]);
    if (Decimal::compare(to_decimal(quotient) * b, a) != 0)
      throw script_error(
          "ArithmeticException",
          "Non-terminating decimal expansion; no exact representable decimal result.");
    return quotient;
  }
  const auto scale =
      call.size() == 3 ? static_cast<std::int32_t>(integer_argument(call, 1)) : a.scale();
  return make_decimal(Decimal::divide(a, b, scale, rounding_mode(call[call.size() - 1])));
}

Value precision(Call call) {
  const std::string digits = to_decimal(call.self).unscaled().to_string();
  return Value::number(static_cast<std::int64_t>(digits.size()) - (digits.front() == '-' ? 1 : 0));
}

constexpr std::array k_methods = {
    Method{"abs", 0, 0, [](Call call) { return absolute_number(call.self); }, "without its sign"},
    Method{"add", 1, 1, by_operator<BinaryOp::add>, "the sum, as `+`"},
    Method{"and", 1, 1, by_operator<BinaryOp::bit_and>, "the bits that are in both, as `&`"},
    Method{"bitwiseNegate", 0, 0,
           [](Call call) { return apply_unary(UnaryOp::bit_not, call.self); },
           "all bits changed, as `~`"},
    Method{"byteValue", 0, 0, [](Call call) { return as_type(call, "byte"); }, "cut to 8 bits"},
    Method{"compareTo", 1, 1, compare_to, "-1, 0 or 1"},
    Method{"div", 1, 1, [](Call call) { return divide(call.interpreter, call.self, call[0]); },
           "the quotient, as `/`"},
    Method{"divide", 1, 3, divided, "the quotient of decimals, with a scale and a rounding mode"},
    Method{"doubleValue", 0, 0, [](Call call) { return Value::real(to_double(call.self)); },
           "as a double"},
    Method{"downto", 2, 2, [](Call call) { return upto(call, -1); },
           "calls the closure with each number down to the argument"},
    Method{"floatValue", 0, 0, [](Call call) { return as_type(call, "float"); }, "as a float"},
    Method{"intValue", 0, 0, [](Call call) { return Value::integer(to_int32(call.self)); },
           "cut to 32 bits"},
    Method{"intdiv", 1, 1, [](Call call) { return divide_integers(call.self, call[0]); },
           "the whole part of the quotient"},
    Method{"isNaN", 0, 0, [](Call call) { return Value::boolean(is_nan(call.self)); },
           "whether it is no number"},
    Method{"leftShift", 1, 1, by_operator<BinaryOp::shift_left>, "bits moved up, as `<<`"},
    Method{"longValue", 0, 0, [](Call call) { return Value::long_integer(to_int64(call.self)); },
           "cut to 64 bits"},
    Method{"max", 1, 1, [](Call call) { return extreme(call, 1); }, "the larger of two"},
    Method{"min", 1, 1, [](Call call) { return extreme(call, -1); }, "the smaller of two"},
    Method{"minus", 1, 1, [](Call call) { return subtract(call.interpreter, call.self, call[0]); },
           "the difference"},
    Method{"mod", 1, 1, [](Call call) { return remainder_numbers(call.self, call[0]); },
           "the remainder, as `%`"},
    Method{"multiply", 1, 1,
           [](Call call) { return multiply(call.interpreter, call.self, call[0]); }, "the product"},
    Method{"negate", 0, 0, [](Call call) { return negate_number(call.self); },
           "with the other sign"},
    Method{"next", 0, 0, [](Call call) { return add_numbers(call.self, Value::integer(1)); },
           "one more"},
    Method{"or", 1, 1, by_operator<BinaryOp::bit_or>, "the bits that are in one, as `|`"},
    Method{"plus", 1, 1, [](Call call) { return add(call.interpreter, call.self, call[0]); },
           "the sum"},
    Method{"pow", 1, 1, [](Call call) { return power_numbers(call.self, call[0]); }, "the power"},
    Method{"power", 1, 1, [](Call call) { return power_numbers(call.self, call[0]); },
           "the power, as `**`"},
    Method{"precision", 0, 0, precision, "the number of digits of a decimal"},
    Method{"previous", 0, 0,
           [](Call call) { return subtract_numbers(call.self, Value::integer(1)); }, "one less"},
    Method{"remainder", 1, 1, [](Call call) { return remainder_numbers(call.self, call[0]); },
           "the remainder, as `%`"},
    Method{"rightShift", 1, 1, by_operator<BinaryOp::shift_right>, "bits moved down, as `>>`"},
    Method{"round", 0, 1, rounded, "to an integer, or to some digits after the point"},
    Method{"scale", 0, 0, [](Call call) { return Value::integer(to_decimal(call.self).scale()); },
           "digits after the point"},
    Method{"setScale", 1, 2, set_scale, "with so many digits after the point"},
    Method{"shortValue", 0, 0, [](Call call) { return as_type(call, "short"); }, "cut to 16 bits"},
    Method{"signum", 0, 0, [](Call call) { return Value::integer(to_decimal(call.self).sign()); },
           "-1, 0 or 1"},
    Method{"step", 3, 3, stepped, "calls the closure with every so many numbers"},
    Method{"stripTrailingZeros", 0, 0,
           [](Call call) { return make_decimal(to_decimal(call.self).stripped()); },
           "without zeros at the end"},
    Method{"subtract", 1, 1, by_operator<BinaryOp::subtract>, "the difference, as `-`"},
    Method{"times", 1, 1, times, "calls the closure so often, with 0, 1, ..."},
    Method{"toBigDecimal", 0, 0, [](Call call) { return as_type(call, "BigDecimal"); },
           "as a decimal"},
    Method{"toBigInteger", 0, 0, [](Call call) { return as_type(call, "BigInteger"); },
           "as a big integer"},
    Method{"toDouble", 0, 0, [](Call call) { return as_type(call, "double"); }, "as a double"},
    Method{"toDuration", 0, 0, [](Call call) { return Value::duration(to_int64(call.self)); },
           "as so many milliseconds"},
    Method{"toFloat", 0, 0, [](Call call) { return as_type(call, "float"); }, "as a float"},
    Method{"toInteger", 0, 0, [](Call call) { return Value::integer(to_int32(call.self)); },
           "cut to 32 bits"},
    Method{"toLong", 0, 0, [](Call call) { return Value::long_integer(to_int64(call.self)); },
           "cut to 64 bits"},
    Method{"toMemory", 0, 0, [](Call call) { return Value::memory(to_int64(call.self)); },
           "as so many bytes"},
    Method{"toPlainString", 0, 0,
           [](Call call) { return Value::string(to_decimal(call.self).to_plain_string()); },
           "as text without exponent"},
    Method{"trunc", 0, 1, truncated, "cut to some digits after the point"},
    Method{"unaryMinus", 0, 0, [](Call call) { return negate_number(call.self); },
           "with the other sign, as `-`"},
    Method{
        "unscaledValue", 0, 0,
        [](Call call) { return Value(make<BigIntegerObject>(to_decimal(call.self).unscaled())); },
        "the digits of a decimal as a whole number"},
    Method{"upto", 2, 2, [](Call call) { return upto(call, 1); },
           "calls the closure with each number up to the argument"},
    Method{"xor", 1, 1, by_operator<BinaryOp::bit_xor>, "the bits that differ, as `^`"},
};

constexpr std::array k_boolean_methods = {
    Method{"and", 1, 1,
           [](Call call) { return Value::boolean(truth(call.self) && truth(call[0])); },
           "whether both hold"},
    Method{"booleanValue", 0, 0, [](Call call) { return call.self; }, "the value"},
    Method{"compareTo", 1, 1, compare_to, "-1, 0 or 1"},
    Method{"implies", 1, 1,
           [](Call call) { return Value::boolean(!truth(call.self) || truth(call[0])); },
           "whether the other holds when this does"},
    Method{"or", 1, 1, [](Call call) { return Value::boolean(truth(call.self) || truth(call[0])); },
           "whether one holds"},
    Method{"toBoolean", 0, 0, [](Call call) { return call.self; }, "the value"},
    Method{"xor", 1, 1,
           [](Call call) { return Value::boolean(truth(call.self) != truth(call[0])); },
           "whether exactly one holds"},
};

}  // namespace

MethodTable number_methods() {
  return k_methods;
}
MethodTable boolean_methods() {
  return k_boolean_methods;
}

}  // namespace weir::lang
