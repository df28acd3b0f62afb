#include "lang/decimal.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/number_text.hpp"

#include <algorithm>
#include <cstdlib>

namespace weir::lang {
namespace {

constexpr std::int32_t k_exponent_max =
    1'000'000;  ///< of a literal or a parsed text; keeps memory linear
constexpr std::int32_t k_division_scale_min =
    10;  ///< digits kept when a quotient does not terminate

BigInteger scaled_up(const BigInteger& value, std::int32_t digits) {
  return digits == 0 ? value : value * BigInteger::power_of_ten(static_cast<std::uint32_t>(digits));
}

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether a quotient with remainder `rest` is to be moved away from zero.
bool rounds_away(const BigInteger& rest, const BigInteger& divisor, const BigInteger& quotient,
                 int sign, Decimal::Rounding rounding) {
  using Rounding = Decimal::Rounding;
  if (rest.is_zero() || rounding == Rounding::down) return false;
  if (rounding == Rounding::up) return true;
  if (rounding == Rounding::ceiling) return sign > 0;
  if (rounding == Rounding::floor) return sign < 0;
  const BigInteger twice = rest + rest;
  const int half = BigInteger::compare(twice.sign() < 0 ? twice.negated() : twice,
                                       divisor.sign() < 0 ? divisor.negated() : divisor);
  if (half != 0) return half > 0;
  if (rounding == Rounding::half_even) return !quotient.divide(BigInteger(2)).remainder.is_zero();
  return rounding == Rounding::half_up;
}

BigInteger divide_rounded(const BigInteger& a, const BigInteger& b, Decimal::Rounding rounding) {
  const BigInteger::Division parts = a.divide(b);
  const int sign = a.sign() * b.sign();
  if (!rounds_away(parts.remainder, b, parts.quotient, sign, rounding)) return parts.quotient;
  return parts.quotient + BigInteger(sign);
}

struct Factors {
  bool only_twos_and_fives = false;  ///< 1/divisor terminates
  std::int32_t digits = 0;           ///< decimal digits that the exact quotient needs
};

BigInteger greatest_common_divisor(BigInteger a, BigInteger b) {
  while (!b.is_zero()) {
    BigInteger rest = a.divide(b).remainder;
    a = std::move(b);
    b = std::move(rest);
  }
  return a.sign() < 0 ? a.negated() : a;
}

Factors factors_of(BigInteger divisor) {
  std::int32_t counts[2] = {0, 0};
  const std::int64_t primes[2] = {2, 5};
  for (int i = 0; i < 2; ++i) {
    while (true) {
      BigInteger::Division parts = divisor.divide(BigInteger(primes[i]));
      if (!parts.remainder.is_zero()) break;
      divisor = std::move(parts.quotient);
      ++counts[i];
    }
  }
  const bool is_one = divisor == BigInteger(1) || divisor == BigInteger(-1);
  return {is_one, std::max(counts[0], counts[1])};
}

/// Without trailing zeros, as long as the scale stays above `scale_min`.
Decimal stripped_to(Decimal value, std::int32_t scale_min) {
  while (value.scale() > scale_min) {
    BigInteger::Division parts = value.unscaled().divide(BigInteger(10));
    if (!parts.remainder.is_zero()) break;
    value = Decimal(std::move(parts.quotient), value.scale() - 1);
  }
  return value;
}

/// `a / b` with `precision` significant digits, rounded half up, as BigDecimal.divide with a
/// MathContext.
Decimal divide_to_precision(const Decimal& a, const Decimal& b, std::int32_t precision) {
  const std::int32_t preferred = a.scale() - b.scale();
  // The quotient of the unscaled values has this many digits before the point, or one fewer.
  const std::int32_t digits =
      static_cast<std::int32_t>(a.precision()) - static_cast<std::int32_t>(b.precision()) + 1;
  std::int32_t shift = precision - digits;
  Decimal quotient;
  while (true) {
    const BigInteger dividend = shift >= 0 ? scaled_up(a.unscaled(), shift) : a.unscaled();
    const BigInteger divisor = shift >= 0 ? b.unscaled() : scaled_up(b.unscaled(), -shift);
    quotient =
        Decimal(divide_rounded(dividend, divisor, Decimal::Rounding::half_up), preferred + shift);
    if (static_cast<std::int32_t>(quotient.precision()) >= precision) break;
    ++shift;
  }
  return stripped_to(quotient, preferred);
}

}  // namespace

Decimal Decimal::from_double(double value) {
  const std::optional<Decimal> parsed = parse(double_text(value));
  WEIR_ASSERT(parsed.has_value());
  return *parsed;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  std::int64_t exponent = 0;
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    const std::optional<std::int64_t> parsed = base::parse_int64(digits);
    if (!parsed || std::abs(*parsed) > k_exponent_max) return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, e);
  }
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  if ((whole.empty() && fraction.empty()) || !is_digits(whole) || !is_digits(fraction))
    return std::nullopt;
  const std::optional<BigInteger> unscaled = BigInteger::parse(std::string(whole).append(fraction));
  if (!unscaled) return std::nullopt;
  const std::int64_t scale = static_cast<std::int64_t>(fraction.size()) - exponent;
  return Decimal(negative ? unscaled->negated() : *unscaled, static_cast<std::int32_t>(scale));
}

std::string Decimal::to_plain_string() const {
  std::string digits = unscaled_.to_string();
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  if (scale_ < 0 && !is_zero()) digits.append(static_cast<std::size_t>(-scale_), '0');
  if (scale_ > 0) {
    const auto places = static_cast<std::size_t>(scale_);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

// Follows the rules of java.math.BigDecimal.toString: plain when the scale is not negative and the
// exponent is at least -6.
std::string Decimal::to_string() const {
  const std::string digits = (sign() < 0 ? unscaled_.negated() : unscaled_).to_string();
  const std::int64_t adjusted = static_cast<std::int64_t>(digits.size()) - 1 - scale_;
  if (scale_ >= 0 && adjusted >= -6) return to_plain_string();
  std::string text = sign() < 0 ? "-" : "";
  text += digits.front();
  if (digits.size() > 1) text.append(".").append(digits, 1);
  if (adjusted != 0) text.append(adjusted > 0 ? "E+" : "E").append(std::to_string(adjusted));
  return text;
}

double Decimal::to_double() const {
  return std::strtod(to_string().c_str(), nullptr);
}

BigInteger Decimal::to_big_integer() const {
  return with_scale(0, Rounding::down).unscaled_;
}

Decimal Decimal::with_scale(std::int32_t scale, Rounding rounding) const {
  if (scale >= scale_) return Decimal(scaled_up(unscaled_, scale - scale_), scale);
  const BigInteger divisor = BigInteger::power_of_ten(static_cast<std::uint32_t>(scale_ - scale));
  return Decimal(divide_rounded(unscaled_, divisor, rounding), scale);
}

Decimal Decimal::stripped() const {
  if (is_zero()) return Decimal();
  Decimal result = *this;
  while (true) {
    BigInteger::Division parts = result.unscaled_.divide(BigInteger(10));
    if (!parts.remainder.is_zero()) return result;
    result = Decimal(std::move(parts.quotient), result.scale_ - 1);
  }
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  const std::int32_t scale = std::max(a.scale_, b.scale_);
  return Decimal(
      scaled_up(a.unscaled_, scale - a.scale_) + scaled_up(b.unscaled_, scale - b.scale_), scale);
}

Decimal operator-(const Decimal& a, const Decimal& b) {
  return a + b.negated();
}

Decimal operator*(const Decimal& a, const Decimal& b) {
  return Decimal(a.unscaled_ * b.unscaled_, a.scale_ + b.scale_);
}

Decimal Decimal::divide(const Decimal& a, const Decimal& b) {
  WEIR_ASSERT(!b.is_zero());
  const std::int32_t preferred = a.scale_ - b.scale_;
  if (a.is_zero()) return Decimal(BigInteger(), preferred);
  const BigInteger common = greatest_common_divisor(a.unscaled_, b.unscaled_);
  const Factors factors = factors_of(b.unscaled_.divide(common).quotient);
  if (factors.only_twos_and_fives) {
    const BigInteger exact = scaled_up(a.unscaled_, factors.digits).divide(b.unscaled_).quotient;
    return stripped_to(Decimal(exact, preferred + factors.digits), preferred);
  }
  const auto precision =
      static_cast<std::int32_t>(std::max(a.precision(), b.precision())) + k_division_scale_min;
  const Decimal quotient = divide_to_precision(a, b, precision);
  const std::int32_t kept = std::max({a.scale_, b.scale_, k_division_scale_min});
  return quotient.scale_ > kept ? quotient.with_scale(kept, Rounding::half_up) : quotient;
}

Decimal Decimal::divide(const Decimal& a, const Decimal& b, std::int32_t scale, Rounding rounding) {
  WEIR_ASSERT(!b.is_zero());
  const bool negative = b.sign() < 0;
  const BigInteger dividend = negative ? a.unscaled_.negated() : a.unscaled_;
  const BigInteger divisor = negative ? b.unscaled_.negated() : b.unscaled_;
  const std::int32_t shift = scale - (a.scale_ - b.scale_);
  return Decimal(divide_rounded(scaled_up(dividend, std::max(shift, 0)),
                                scaled_up(divisor, std::max(-shift, 0)), rounding),
                 scale);
}

Decimal Decimal::remainder(const Decimal& a, const Decimal& b) {
  const std::int32_t scale = std::max(a.scale_, b.scale_);
  const BigInteger x = scaled_up(a.unscaled_, scale - a.scale_);
  const BigInteger y = scaled_up(b.unscaled_, scale - b.scale_);
  const auto parts = x.divide(y);
  // The quotient's scale comes as near to the difference of the two as its zeros allow.
  std::int32_t quotient_scale = a.scale_ - b.scale_;
  if (quotient_scale < 0 && !parts.quotient.is_zero())
    quotient_scale = std::max(quotient_scale, Decimal(parts.quotient, 0).stripped().scale());
  return Decimal(parts.remainder, scale)
      .with_scale(std::max(a.scale_, quotient_scale + b.scale_), Rounding::down);
}

int Decimal::compare(const Decimal& a, const Decimal& b) {
  if (a.sign() != b.sign()) return a.sign() < b.sign() ? -1 : 1;
  const std::int32_t scale = std::max(a.scale_, b.scale_);
  return BigInteger::compare(scaled_up(a.unscaled_, scale - a.scale_),
                             scaled_up(b.unscaled_, scale - b.scale_));
}

}  // namespace weir::lang
