#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

/// An integer of any size. Values within 128 bits are kept in two machine words; only larger ones
/// allocate.
class BigInteger {
 public:
  BigInteger() noexcept = default;
  BigInteger(std::int64_t value) noexcept : small_(value) {}  // NOLINT: a conversion
  [[nodiscard]] static BigInteger from_int128(Int128 value);
  /// The nearest integer towards zero. `value` must be finite.
  [[nodiscard]] static BigInteger from_double(double value);
  /// Digits of `radix` (2 to 36) with an optional sign; nothing when malformed.
  [[nodiscard]] static std::optional<BigInteger> parse(std::string_view text, int radix = 10);
  /// 10 to the power `exponent`.
  [[nodiscard]] static BigInteger power_of_ten(std::uint32_t exponent);

  [[nodiscard]] bool is_zero() const noexcept { return limbs_.empty() && small_ == 0; }
  /// -1, 0 or 1.
  [[nodiscard]] int sign() const noexcept;
  [[nodiscard]] std::optional<std::int64_t> to_int64() const noexcept;
  /// The low 64 bits in two's complement, as Java's longValue.
  [[nodiscard]] std::int64_t low_int64() const noexcept;
  [[nodiscard]] double to_double() const;
  [[nodiscard]] std::string to_string(int radix = 10) const;
  /// Number of decimal digits; 1 for zero.
  [[nodiscard]] std::uint32_t digit_count() const;

  [[nodiscard]] BigInteger negated() const;
  [[nodiscard]] BigInteger power(std::uint32_t exponent) const;

  struct Division;
  /// Quotient towards zero and remainder with the sign of this. `divisor` must not be zero.
  [[nodiscard]] Division divide(const BigInteger& divisor) const;

  friend BigInteger operator+(const BigInteger& a, const BigInteger& b);
  friend BigInteger operator-(const BigInteger& a, const BigInteger& b);
  friend BigInteger operator*(const BigInteger& a, const BigInteger& b);
  [[nodiscard]] static int compare(const BigInteger& a, const BigInteger& b);
  friend bool operator==(const BigInteger& a, const BigInteger& b) { return compare(a, b) == 0; }

 private:
  using Limbs = std::vector<std::uint32_t>;

  [[nodiscard]] Limbs magnitude() const;
  [[nodiscard]] static BigInteger from_limbs(Limbs limbs, bool negative);

  // The value is `small_` unless `limbs_` is used: then it is a magnitude of base 2^32 digits,
  // least first, that does not fit 128 bits, with the sign in `negative_`.
  Int128 small_ = 0;
  Limbs limbs_;
  bool negative_ = false;
};

struct BigInteger::Division {
  BigInteger quotient;
  BigInteger remainder;
};

}  // namespace weir::lang
