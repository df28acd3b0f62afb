#include "lang/big_integer.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace weir::lang {
namespace {

using Limbs = std::vector<std::uint32_t>;

constexpr UInt128 k_int128_min_magnitude = static_cast<UInt128>(1) << 127;

void trim(Limbs& limbs) {
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
}

Limbs limbs_of(UInt128 value) {
  Limbs limbs;
  for (; value != 0; value >>= 32) limbs.push_back(static_cast<std::uint32_t>(value));
  return limbs;
}

int compare_magnitudes(const Limbs& a, const Limbs& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

Limbs add_magnitudes(const Limbs& a, const Limbs& b) {
  const Limbs& longer = a.size() < b.size() ? b : a;
  const Limbs& shorter = a.size() < b.size() ? a : b;
  Limbs sum;
  sum.reserve(longer.size() + 1);
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < longer.size(); ++i) {
    carry += std::uint64_t{longer[i]} + (i < shorter.size() ? shorter[i] : 0U);
    sum.push_back(static_cast<std::uint32_t>(carry));
    carry >>= 32;
  }
  if (carry != 0) sum.push_back(static_cast<std::uint32_t>(carry));
  return sum;
}

/// `a` must not be smaller than `b`.
Limbs subtract_magnitudes(const Limbs& a, const Limbs& b) {
  Limbs difference = a;
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::int64_t digit = std::int64_t{a[i]} - borrow - (i < b.size() ? std::int64_t{b[i]} : 0);
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += std::int64_t{1} << 32;
    difference[i] = static_cast<std::uint32_t>(digit);
  }
  trim(difference);
  return difference;
}

Limbs multiply_magnitudes(const Limbs& a, const Limbs& b) {
  Limbs product(a.size() + b.size(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      carry += std::uint64_t{a[i]} * b[j] + product[i + j];
      product[i + j] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    product[i + b.size()] = static_cast<std::uint32_t>(carry);
  }
  trim(product);
  return product;
}

/// Divides in place and returns the remainder.
std::uint32_t divide_by_limb(Limbs& limbs, std::uint32_t divisor) {
  std::uint64_t remainder = 0;
  for (std::size_t i = limbs.size(); i-- > 0;) {
    remainder = (remainder << 32) | limbs[i];
    limbs[i] = static_cast<std::uint32_t>(remainder / divisor);
    remainder %= divisor;
  }
  trim(limbs);
  return static_cast<std::uint32_t>(remainder);
}

Limbs shifted_left(const Limbs& limbs, int bits) {
  Limbs shifted(limbs.size() + 1, 0);
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    carry |= std::uint64_t{limbs[i]} << bits;
    shifted[i] = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  shifted[limbs.size()] = static_cast<std::uint32_t>(carry);
  return shifted;
}

void shift_right(Limbs& limbs, int bits) {
  if (bits != 0) {
    for (std::size_t i = 0; i < limbs.size(); ++i) {
      const std::uint64_t high = i + 1 < limbs.size() ? limbs[i + 1] : 0;
      limbs[i] = static_cast<std::uint32_t>(((high << 32) | limbs[i]) >> bits);
    }
  }
  trim(limbs);
}

struct LimbDivision {
  Limbs quotient;
  Limbs remainder;
};

/// Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D.
LimbDivision divide_magnitudes(const Limbs& dividend, const Limbs& divisor) {
  if (compare_magnitudes(dividend, divisor) < 0) return {{}, dividend};
  if (divisor.size() == 1) {
    LimbDivision result{dividend, {}};
    const std::uint32_t remainder = divide_by_limb(result.quotient, divisor[0]);
    if (remainder != 0) result.remainder.push_back(remainder);
    return result;
  }
  const int shift = std::countl_zero(divisor.back());
  Limbs v = shifted_left(divisor, shift);
  v.pop_back();
  Limbs u = shifted_left(dividend, shift);
  const std::size_t n = v.size();
  const std::size_t m = u.size() - n;
  Limbs quotient(m, 0);
  for (std::size_t j = m; j-- > 0;) {
    const std::uint64_t top = (std::uint64_t{u[j + n]} << 32) | u[j + n - 1];
    std::uint64_t guess = top / v[n - 1];
    std::uint64_t rest = top % v[n - 1];
    while (guess >> 32 != 0 || guess * v[n - 2] > ((rest << 32) | u[j + n - 2])) {
      --guess;
      rest += v[n - 1];
      if (rest >> 32 != 0) break;
    }
    std::int64_t borrow = 0;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
      carry += guess * v[i];
      const std::int64_t digit =
          std::int64_t{u[i + j]} - borrow - static_cast<std::int64_t>(carry & 0xffffffffU);
      u[i + j] = static_cast<std::uint32_t>(digit);
      borrow = digit < 0 ? 1 : 0;
      carry >>= 32;
    }
    const std::int64_t last = std::int64_t{u[j + n]} - borrow - static_cast<std::int64_t>(carry);
    u[j + n] = static_cast<std::uint32_t>(last);
    if (last < 0) {
      --guess;
      std::uint64_t back = 0;
      for (std::size_t i = 0; i < n; ++i) {
        back += std::uint64_t{u[i + j]} + v[i];
        u[i + j] = static_cast<std::uint32_t>(back);
        back >>= 32;
      }
      u[j + n] += static_cast<std::uint32_t>(back);
    }
    quotient[j] = static_cast<std::uint32_t>(guess);
  }
  trim(quotient);
  u.resize(n);
  shift_right(u, shift);
  return {std::move(quotient), std::move(u)};
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

UInt128 magnitude_of(Int128 value) {
  return value < 0 ? ~static_cast<UInt128>(value) + 1 : static_cast<UInt128>(value);
}

}  // namespace

BigInteger BigInteger::from_int128(Int128 value) {
  BigInteger number;
  number.small_ = value;
  return number;
}

BigInteger::Limbs BigInteger::magnitude() const {
  return limbs_.empty() ? limbs_of(magnitude_of(small_)) : limbs_;
}

BigInteger BigInteger::from_limbs(Limbs limbs, bool negative) {
  trim(limbs);
  if (limbs.size() <= 4) {
    UInt128 value = 0;
    for (std::size_t i = limbs.size(); i-- > 0;) value = (value << 32) | limbs[i];
    if (value < k_int128_min_magnitude) {
      const Int128 positive = static_cast<Int128>(value);
      return from_int128(negative ? -positive : positive);
    }
  }
  BigInteger number;
  number.limbs_ = std::move(limbs);
  number.negative_ = negative;
  return number;
}

BigInteger BigInteger::from_double(double value) {
  int exponent = 0;
  const double fraction = std::frexp(std::trunc(value), &exponent);
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  if (exponent <= 53) return BigInteger(static_cast<std::int64_t>(std::trunc(value)));
  return BigInteger(mantissa) * BigInteger(2).power(static_cast<std::uint32_t>(exponent - 53));
}

std::optional<BigInteger> BigInteger::parse(std::string_view text, int radix) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  Limbs limbs;
  for (const char c : text) {
    const int digit = digit_value(c);
    if (digit >= radix) return std::nullopt;
    std::uint64_t carry = static_cast<std::uint64_t>(digit);
    for (std::uint32_t& limb : limbs) {
      carry += std::uint64_t{limb} * static_cast<std::uint64_t>(radix);
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs.push_back(static_cast<std::uint32_t>(carry));
  }
  return from_limbs(std::move(limbs), negative);
}

BigInteger BigInteger::power_of_ten(std::uint32_t exponent) {
  static const std::array<std::int64_t, 19> k_powers = [] {
    std::array<std::int64_t, 19> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = 10 * powers[i - 1];
    return powers;
  }();
  if (exponent < k_powers.size()) return BigInteger(k_powers[exponent]);
  return BigInteger(10).power(exponent);
}

int BigInteger::sign() const noexcept {
  if (!limbs_.empty()) return negative_ ? -1 : 1;
  return small_ < 0 ? -1 : (small_ > 0 ? 1 : 0);
}

std::optional<std::int64_t> BigInteger::to_int64() const noexcept {
  if (!limbs_.empty() || small_ != static_cast<std::int64_t>(small_)) return std::nullopt;
  return static_cast<std::int64_t>(small_);
}

std::int64_t BigInteger::low_int64() const noexcept {
  if (limbs_.empty()) return static_cast<std::int64_t>(small_);
  const std::uint64_t low = limbs_[0] | (std::uint64_t{limbs_.size() > 1 ? limbs_[1] : 0} << 32);
  return static_cast<std::int64_t>(negative_ ? ~low + 1 : low);
}

double BigInteger::to_double() const {
  if (const std::optional<std::int64_t> value = to_int64()) return static_cast<double>(*value);
  // The decimal text is converted, since summing limbs would round twice.
  return std::strtod(to_string().c_str(), nullptr);
}

std::string BigInteger::to_string(int radix) const {
  WEIR_ASSERT(radix >= 2 && radix <= 36);
  if (is_zero()) return "0";
  Limbs limbs = magnitude();
  std::string digits;
  while (!limbs.empty()) {
    // Nine decimal digits at a time would be faster; numbers of this size are rare.
    const std::uint32_t digit = divide_by_limb(limbs, static_cast<std::uint32_t>(radix));
    digits.push_back("0123456789abcdefghijklmnopqrstuvwxyz"[digit]);
  }
  if (sign() < 0) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::uint32_t BigInteger::digit_count() const {
  if (limbs_.empty()) {
    std::uint32_t count = 1;
    for (UInt128 rest = magnitude_of(small_) / 10; rest != 0; rest /= 10) ++count;
    return count;
  }
  return static_cast<std::uint32_t>(to_string().size()) - (negative_ ? 1 : 0);
}

BigInteger BigInteger::negated() const {
  if (!limbs_.empty()) return from_limbs(limbs_, !negative_);
  return BigInteger() - *this;
}

BigInteger BigInteger::power(std::uint32_t exponent) const {
  BigInteger result(1);
  BigInteger square = *this;
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1U) != 0) result = result * square;
    if (exponent > 1) square = square * square;
  }
  return result;
}

BigInteger::Division BigInteger::divide(const BigInteger& divisor) const {
  WEIR_ASSERT(!divisor.is_zero());
  constexpr Int128 k_min = static_cast<Int128>(k_int128_min_magnitude);
  if (limbs_.empty() && divisor.limbs_.empty() && small_ != k_min) {
    return {from_int128(small_ / divisor.small_), from_int128(small_ % divisor.small_)};
  }
  LimbDivision parts = divide_magnitudes(magnitude(), divisor.magnitude());
  return {from_limbs(std::move(parts.quotient), sign() * divisor.sign() < 0),
          from_limbs(std::move(parts.remainder), sign() < 0)};
}

BigInteger operator+(const BigInteger& a, const BigInteger& b) {
  Int128 sum = 0;
  if (a.limbs_.empty() && b.limbs_.empty() && !__builtin_add_overflow(a.small_, b.small_, &sum)) {
    return BigInteger::from_int128(sum);
  }
  const Limbs x = a.magnitude();
  const Limbs y = b.magnitude();
  if ((a.sign() < 0) == (b.sign() < 0))
    return BigInteger::from_limbs(add_magnitudes(x, y), a.sign() < 0);
  if (compare_magnitudes(x, y) >= 0)
    return BigInteger::from_limbs(subtract_magnitudes(x, y), a.sign() < 0);
  return BigInteger::from_limbs(subtract_magnitudes(y, x), b.sign() < 0);
}

BigInteger operator-(const BigInteger& a, const BigInteger& b) {
  Int128 difference = 0;
  if (a.limbs_.empty() && b.limbs_.empty() &&
      !__builtin_sub_overflow(a.small_, b.small_, &difference)) {
    return BigInteger::from_int128(difference);
  }
  return a + BigInteger::from_limbs(b.magnitude(), b.sign() > 0);
}

BigInteger operator*(const BigInteger& a, const BigInteger& b) {
  Int128 product = 0;
  if (a.limbs_.empty() && b.limbs_.empty() &&
      !__builtin_mul_overflow(a.small_, b.small_, &product)) {
    return BigInteger::from_int128(product);
  }
  return BigInteger::from_limbs(multiply_magnitudes(a.magnitude(), b.magnitude()),
                                a.sign() * b.sign() < 0);
}

int BigInteger::compare(const BigInteger& a, const BigInteger& b) {
  if (a.limbs_.empty() && b.limbs_.empty())
    return a.small_ < b.small_ ? -1 : (a.small_ > b.small_ ? 1 : 0);
  if (a.sign() != b.sign()) return a.sign() < b.sign() ? -1 : 1;
  const int by_size = compare_magnitudes(a.magnitude(), b.magnitude());
  return a.sign() < 0 ? -by_size : by_size;
}

}  // namespace weir::lang
