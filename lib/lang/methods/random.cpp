#include "lang/callable.hpp"
#include "lang/exceptions.hpp"
#include "lang/methods/shims.hpp"
#include "lang/numbers.hpp"

#include <cmath>
#include <optional>

// java.util.Random: its generator is part of its documentation, so that a seed gives the numbers
// that it gives there. Declared in shims.hpp.

namespace weir::lang {
namespace {

class RandomObject final : public NativeObject {
 public:
  explicit RandomObject(std::uint64_t seed) : state_(scrambled(seed)) {}
  [[nodiscard]] std::string_view type_name() const override { return "Random"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter&, std::string_view name,
                                                 const Arguments& arguments) override {
    for (const Value& argument : arguments.values) {
      if (!is_number(argument)) return std::nullopt;
    }
    if (name == "nextInt") return next_int(arguments);
    if (name == "setSeed" && arguments.size() == 1) {
      state_ = scrambled(static_cast<std::uint64_t>(to_int64(arguments[0])));
      kept_gaussian_.reset();
      return Value();
    }
    if (arguments.size() != 0) return std::nullopt;
    if (name == "nextLong") return Value::long_integer(next_long());
    if (name == "nextBoolean") return Value::boolean(next(1) != 0);
    if (name == "nextDouble") return Value::real(next_double());
    if (name == "nextFloat")
      return Value::single(static_cast<float>(next(24) & 0xFFFFFF) * 0x1.0p-24F);
    if (name == "nextGaussian") return Value::real(next_gaussian());
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"nextInt",   "nextLong",     "nextBoolean", "nextDouble",
            "nextFloat", "nextGaussian", "setSeed"};
  }

 private:
  static constexpr std::uint64_t k_mask = (1ULL << 48) - 1;

  static std::uint64_t scrambled(std::uint64_t seed) { return (seed ^ 0x5DEECE66DULL) & k_mask; }

  std::int32_t next(int bits) {
    state_ = (state_ * 0x5DEECE66DULL + 0xBULL) & k_mask;
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(
        static_cast<std::uint64_t>(static_cast<std::int64_t>(state_ << 16) >> (64 - bits))));
  }

  /// nextInt(), nextInt(bound), nextInt(origin, bound).
  std::optional<Value> next_int(const Arguments& arguments) {
    switch (arguments.size()) {
      case 0: return Value::integer(next(32));
      case 1: return Value::number(below(to_int64(arguments[0])));
      case 2: return Value::number(between(to_int64(arguments[0]), to_int64(arguments[1])));
      default: return std::nullopt;
    }
  }

  std::int64_t next_long() {
    const auto high = static_cast<std::uint64_t>(static_cast<std::int64_t>(next(32))) << 32;
    return static_cast<std::int64_t>(high + static_cast<std::uint64_t>(next(32)));
  }

  double next_double() {
    const std::int64_t high = static_cast<std::int64_t>(next(26)) & 0x3FFFFFF;
    const std::int64_t low = static_cast<std::int64_t>(next(27)) & 0x7FFFFFF;
    return static_cast<double>((high << 27) + low) * 0x1.0p-53;
  }

  /// The polar method of G. E. P. Box, M. E. Muller and G. Marsaglia, which gives two at a time.
  double next_gaussian() {
    if (kept_gaussian_) {
      const double kept = *kept_gaussian_;
      kept_gaussian_.reset();
      return kept;
    }
    while (true) {
      const double x = 2 * next_double() - 1;
      const double y = 2 * next_double() - 1;
      const double square = x * x + y * y;
      if (square >= 1 || square == 0) continue;
      const double factor = std::sqrt(-2 * std::log(square) / square);
      kept_gaussian_ = y * factor;
      return x * factor;
    }
  }

  std::int64_t below(std::int64_t bound) {
    if (bound <= 0) throw script_error("IllegalArgumentException", "bound must be positive");
    if ((bound & -bound) == bound) return bound * (next(31) & 0x7FFFFFFF) >> 31;
    while (true) {
      const std::int64_t bits = next(31) & 0x7FFFFFFF;
      const std::int64_t value = bits % bound;
      if (bits - value + (bound - 1) <= 0x7FFFFFFF) return value;
    }
  }

  std::int64_t between(std::int64_t origin, std::int64_t bound) {
    if (origin >= bound)
      throw script_error("IllegalArgumentException", "bound must be greater than origin");
    const std::int64_t count = bound - origin;
    std::int64_t bits = next(32);
    if ((count & (count - 1)) == 0) return (bits & (count - 1)) + origin;
    if (count > 0x7FFFFFFF) {
      while (bits < origin || bits >= bound) bits = next(32);
      return bits;
    }
    std::int64_t half = (bits & 0xFFFFFFFF) >> 1;
    while (half + count - 1 - half % count > 0x7FFFFFFF)
      half = (static_cast<std::int64_t>(next(32)) & 0xFFFFFFFF) >> 1;
    return half % count + origin;
  }

  std::uint64_t state_;
  std::optional<double> kept_gaussian_;
};

}  // namespace

Value make_random(std::uint64_t seed) {
  return make<RandomObject>(seed);
}

}  // namespace weir::lang
