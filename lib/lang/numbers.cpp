#include "lang/numbers.hpp"

#include "lang/exceptions.hpp"
#include "lang/number_text.hpp"
#include "lang/semantics.hpp"

#include <cmath>
#include <limits>

namespace weir::lang {
namespace {

constexpr std::uint32_t k_power_bits_max =
    4'000'000;  ///< of the result of `**`; larger ones are refused

/// The class in which two operands meet.
enum class Rank { integer, long_integer, big_integer, decimal, real };

Rank rank_of(const Value& number) {
  switch (number.kind()) {
    case Kind::integer: return Rank::integer;
    case Kind::long_integer: return Rank::long_integer;
    case Kind::big_integer: return Rank::big_integer;
    case Kind::decimal: return Rank::decimal;
    default: return Rank::real;
  }
}

Rank common_rank(const Value& a, const Value& b) {
  return std::max(rank_of(a), rank_of(b));
}

// Unsigned arithmetic wraps without being undefined.
std::int64_t wrap(std::uint64_t bits) {
  return static_cast<std::int64_t>(bits);
}
std::uint64_t bits_of(const Value& number) {
  return static_cast<std::uint64_t>(number.as_int64());
}

Value from_wrapped(Rank rank, std::uint64_t bits) {
  if (rank == Rank::integer)
    return Value::integer(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)));
  return Value::long_integer(wrap(bits));
}

Value big(BigInteger value) {
  return make<BigIntegerObject>(std::move(value));
}

[[noreturn]] void divided_by_zero(const Value& dividend) {
  throw script_error("ArithmeticException",
                     truth(dividend) ? "Division by zero" : "Division undefined");
}
[[noreturn]] void integer_divided_by_zero() {
  throw script_error("ArithmeticException", "/ by zero");
}

/// Java cuts a double to the nearest long; NaN becomes 0.
std::int64_t cut_to_int64(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 9223372036854775807.0) return std::numeric_limits<std::int64_t>::max();
  if (value <= -9223372036854775808.0) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

/// As Double.compare, which Groovy's operators go by: NaN is equal to itself and above all else,
/// and -0.0 is below 0.0.
int compare_reals(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  if (a == 0 && b == 0)
    return static_cast<int>(std::signbit(b)) - static_cast<int>(std::signbit(a));
  return a < b ? -1 : (a > b ? 1 : 0);
}

/// Groovy's general power: through doubles, an integer when the result is one.
Value power_of_doubles(double base, double exponent) {
  const double power = std::pow(base, exponent);
  const std::int64_t cut = cut_to_int64(power);
  if (static_cast<double>(cut) == power) return Value::number(cut);
  return Value::real(power);
}

std::uint32_t bit_count_estimate(const BigInteger& value) {
  return value.digit_count() * 10 / 3 + 1;
}

BigInteger checked_power(const BigInteger& base, std::int64_t exponent) {
  const bool small_base = base == BigInteger(0) || base == BigInteger(1) || base == BigInteger(-1);
  if (!small_base &&
      static_cast<std::uint64_t>(exponent) * bit_count_estimate(base) > k_power_bits_max) {
    throw script_error("ArithmeticException", "the result of ** is too large");
  }
  if (small_base)
    return exponent == 0 || base == BigInteger(1) || (base == BigInteger(-1) && exponent % 2 == 0)
               ? BigInteger(1)
               : base;
  return base.power(static_cast<std::uint32_t>(exponent));
}

}  // namespace

bool is_nan(const Value& number) {
  return number.is_real() && std::isnan(number.as_real());
}

std::int64_t to_int64(const Value& number) {
  switch (number.kind()) {
    case Kind::big_integer: return number.get<BigIntegerObject>().value.low_int64();
    case Kind::decimal: return number.get<DecimalObject>().value.to_big_integer().low_int64();
    case Kind::real:
    case Kind::single: return cut_to_int64(number.as_real());
    default: return number.as_int64();
  }
}

std::int32_t to_int32(const Value& number) {
  if (number.is_real()) {
    const std::int64_t cut = to_int64(number);
    if (cut > std::numeric_limits<std::int32_t>::max())
      return std::numeric_limits<std::int32_t>::max();
    if (cut < std::numeric_limits<std::int32_t>::min())
      return std::numeric_limits<std::int32_t>::min();
    return static_cast<std::int32_t>(cut);
  }
  return static_cast<std::int32_t>(
      static_cast<std::uint32_t>(static_cast<std::uint64_t>(to_int64(number))));
}

double to_double(const Value& number) {
  switch (number.kind()) {
    case Kind::big_integer: return number.get<BigIntegerObject>().value.to_double();
    case Kind::decimal: return number.get<DecimalObject>().value.to_double();
    case Kind::real:
    case Kind::single: return number.as_real();
    default: return static_cast<double>(number.as_int64());
  }
}

Decimal to_decimal(const Value& number) {
  switch (number.kind()) {
    case Kind::decimal: return number.get<DecimalObject>().value;
    case Kind::single:
      if (std::isfinite(number.as_real())) return *Decimal::parse(number_text(number));
      [[fallthrough]];
    case Kind::real:
      if (!std::isfinite(number.as_real())) {
        throw script_error("NumberFormatException",
                           number_text(number) + " is not a finite number");
      }
      return Decimal::from_double(number.as_real());
    default: return Decimal(to_big_integer(number));
  }
}

BigInteger to_big_integer(const Value& number) {
  switch (number.kind()) {
    case Kind::big_integer: return number.get<BigIntegerObject>().value;
    case Kind::decimal: return number.get<DecimalObject>().value.to_big_integer();
    case Kind::real:
    case Kind::single: return to_decimal(number).to_big_integer();
    default: return BigInteger(number.as_int64());
  }
}

std::string number_text(const Value& number) {
  switch (number.kind()) {
    case Kind::big_integer: return number.get<BigIntegerObject>().value.to_string();
    case Kind::decimal: return number.get<DecimalObject>().value.to_string();
    case Kind::real: return double_text(number.as_real());
    case Kind::single: return float_text(static_cast<float>(number.as_real()));
    default: return std::to_string(number.as_int64());
  }
}

NumberOrder compare_numbers(const Value& a, const Value& b) {
  int order = 0;
  switch (common_rank(a, b)) {
    case Rank::real: {
      const double x = to_double(a);
      const double y = to_double(b);
      order = compare_reals(x, y);
      break;
    }
    case Rank::decimal: order = Decimal::compare(to_decimal(a), to_decimal(b)); break;
    case Rank::big_integer:
      order = BigInteger::compare(to_big_integer(a), to_big_integer(b));
      break;
    default: order = a.as_int64() < b.as_int64() ? -1 : (a.as_int64() > b.as_int64() ? 1 : 0);
  }
  return static_cast<NumberOrder>(order);
}

Value add_numbers(const Value& a, const Value& b) {
  const Rank rank = common_rank(a, b);
  if (rank == Rank::real) return Value::real(to_double(a) + to_double(b));
  if (rank == Rank::decimal) return make_decimal(to_decimal(a) + to_decimal(b));
  if (rank == Rank::big_integer) return big(to_big_integer(a) + to_big_integer(b));
  return from_wrapped(rank, bits_of(a) + bits_of(b));
}

Value subtract_numbers(const Value& a, const Value& b) {
  const Rank rank = common_rank(a, b);
  if (rank == Rank::real) return Value::real(to_double(a) - to_double(b));
  if (rank == Rank::decimal) return make_decimal(to_decimal(a) - to_decimal(b));
  if (rank == Rank::big_integer) return big(to_big_integer(a) - to_big_integer(b));
  return from_wrapped(rank, bits_of(a) - bits_of(b));
}

Value multiply_numbers(const Value& a, const Value& b) {
  const Rank rank = common_rank(a, b);
  if (rank == Rank::real) return Value::real(to_double(a) * to_double(b));
  if (rank == Rank::decimal) return make_decimal(to_decimal(a) * to_decimal(b));
  if (rank == Rank::big_integer) return big(to_big_integer(a) * to_big_integer(b));
  return from_wrapped(rank, bits_of(a) * bits_of(b));
}

Value divide_numbers(const Value& a, const Value& b) {
  if (common_rank(a, b) == Rank::real) return Value::real(to_double(a) / to_double(b));
  const Decimal divisor = to_decimal(b);
  if (divisor.is_zero()) divided_by_zero(a);
  return make_decimal(Decimal::divide(to_decimal(a), divisor));
}

Value remainder_numbers(const Value& a, const Value& b) {
  const Rank rank = common_rank(a, b);
  if (rank == Rank::real) return Value::real(std::fmod(to_double(a), to_double(b)));
  if (rank == Rank::decimal) {
    const Decimal divisor = to_decimal(b);
    if (divisor.is_zero()) divided_by_zero(a);
    return make_decimal(Decimal::remainder(to_decimal(a), divisor));
  }
  if (rank == Rank::big_integer) {
    const BigInteger divisor = to_big_integer(b);
    if (divisor.is_zero()) integer_divided_by_zero();
    return big(to_big_integer(a).divide(divisor).remainder);
  }
  if (b.as_int64() == 0) integer_divided_by_zero();
  return from_wrapped(
      rank, b.as_int64() == -1 ? 0 : static_cast<std::uint64_t>(a.as_int64() % b.as_int64()));
}

Value divide_integers(const Value& a, const Value& b) {
  const Rank rank = common_rank(a, b);
  if (rank == Rank::real || rank == Rank::decimal) {
    throw script_error("UnsupportedOperationException",
                       "cannot use intdiv() on a number with a fraction: " +
                           number_text(rank_of(a) >= Rank::decimal ? a : b));
  }
  if (rank == Rank::big_integer) {
    const BigInteger divisor = to_big_integer(b);
    if (divisor.is_zero()) integer_divided_by_zero();
    return big(to_big_integer(a).divide(divisor).quotient);
  }
  if (b.as_int64() == 0) integer_divided_by_zero();
  if (b.as_int64() == -1) return from_wrapped(rank, 0 - bits_of(a));
  return from_wrapped(rank, static_cast<std::uint64_t>(a.as_int64() / b.as_int64()));
}

Value power_numbers(const Value& base, const Value& exponent) {
  if (exponent.kind() != Kind::integer || exponent.as_int64() < 0 || base.is_real()) {
    return power_of_doubles(to_double(base), to_double(exponent));
  }
  const std::int64_t times = exponent.as_int64();
  if (const DecimalObject* decimal = base.as<DecimalObject>()) {
    const std::int64_t scale = decimal->value.scale() * times;
    if (std::abs(scale) > k_power_bits_max)
      throw script_error("ArithmeticException", "the result of ** is too large");
    return make_decimal(
        Decimal(checked_power(decimal->value.unscaled(), times), static_cast<std::int32_t>(scale)));
  }
  BigInteger power = checked_power(to_big_integer(base), times);
  const std::optional<std::int64_t> small = power.to_int64();
  if (base.kind() == Kind::integer && small && *small == static_cast<std::int32_t>(*small)) {
    return Value::integer(static_cast<std::int32_t>(*small));
  }
  if (base.kind() == Kind::long_integer && small) return Value::long_integer(*small);
  return big(std::move(power));
}

Value negate_number(const Value& number) {
  switch (number.kind()) {
    case Kind::real: return Value::real(-number.as_real());
    case Kind::single: return Value::single(static_cast<float>(-number.as_real()));
    case Kind::decimal: return make_decimal(number.get<DecimalObject>().value.negated());
    case Kind::big_integer: return big(number.get<BigIntegerObject>().value.negated());
    default: return from_wrapped(rank_of(number), 0 - bits_of(number));
  }
}

Value absolute_number(const Value& number) {
  const bool negative =
      number.is_real() ? std::signbit(number.as_real()) : to_decimal(number).sign() < 0;
  return negative ? negate_number(number) : number;
}

}  // namespace weir::lang
