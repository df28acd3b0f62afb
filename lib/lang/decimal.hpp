#pragma once

#include "lang/big_integer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::lang {

/// A decimal number that keeps its scale: `unscaled * 10^-scale`. Java's BigDecimal, with Groovy's
/// division.
class Decimal {
 public:
  Decimal() = default;
  explicit Decimal(BigInteger unscaled, std::int32_t scale = 0)
      : unscaled_(std::move(unscaled)), scale_(scale) {}
  /// Through the shortest text of the double, as Groovy converts. `value` must be finite.
  [[nodiscard]] static Decimal from_double(double value);
  /// "1.10", "-3", "2.5e-3"; nothing when malformed.
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);

  [[nodiscard]] const BigInteger& unscaled() const { return unscaled_; }
  [[nodiscard]] std::int32_t scale() const { return scale_; }
  [[nodiscard]] std::uint32_t precision() const { return unscaled_.digit_count(); }
  [[nodiscard]] int sign() const { return unscaled_.sign(); }
  [[nodiscard]] bool is_zero() const { return unscaled_.is_zero(); }

  /// As Java prints it: plain, or scientific when the scale is negative or the number tiny.
  [[nodiscard]] std::string to_string() const;
  /// Never scientific.
  [[nodiscard]] std::string to_plain_string() const;
  [[nodiscard]] double to_double() const;
  /// The integer part, towards zero.
  [[nodiscard]] BigInteger to_big_integer() const;

  enum class Rounding { half_up, half_even, half_down, up, down, ceiling, floor };
  /// With exactly `scale` digits after the point.
  [[nodiscard]] Decimal with_scale(std::int32_t scale, Rounding rounding) const;
  /// Without trailing zeros; the scale may become negative.
  [[nodiscard]] Decimal stripped() const;
  [[nodiscard]] Decimal negated() const { return Decimal(unscaled_.negated(), scale_); }

  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b);
  friend Decimal operator*(const Decimal& a, const Decimal& b);
  /// Groovy's `/` (BigDecimalMath): the exact quotient with the least scale not below a's scale
  /// minus b's, or, when it does not terminate, at least ten digits after the point, rounded half
  /// up, trailing zeros removed. `b` must not be zero.
  [[nodiscard]] static Decimal divide(const Decimal& a, const Decimal& b);
  /// With exactly `scale` digits after the point. `b` must not be zero.
  [[nodiscard]] static Decimal divide(const Decimal& a, const Decimal& b, std::int32_t scale,
                                      Rounding rounding);
  /// The remainder with the sign of `a`, in the scale of java.math.BigDecimal's: that of `a` less
  /// the integer quotient times `b`. `b` must not be zero.
  [[nodiscard]] static Decimal remainder(const Decimal& a, const Decimal& b);
  /// By value: 1.0 and 1.00 compare equal.
  [[nodiscard]] static int compare(const Decimal& a, const Decimal& b);

 private:
  BigInteger unscaled_;
  std::int32_t scale_ = 0;
};

}  // namespace weir::lang
