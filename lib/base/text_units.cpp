// Durations and sizes as people write them.
#include "base/text.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace weir::base {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr double k_second = 1000;
constexpr std::array k_duration_units{Unit{"ms", 1},
                                      Unit{"milli", 1},
                                      Unit{"millis", 1},
                                      Unit{"s", k_second},
                                      Unit{"sec", k_second},
                                      Unit{"second", k_second},
                                      Unit{"seconds", k_second},
                                      Unit{"m", 60 * k_second},
                                      Unit{"min", 60 * k_second},
                                      Unit{"minute", 60 * k_second},
                                      Unit{"minutes", 60 * k_second},
                                      Unit{"h", 3600 * k_second},
                                      Unit{"hour", 3600 * k_second},
                                      Unit{"hours", 3600 * k_second},
                                      Unit{"d", 86400 * k_second},
                                      Unit{"day", 86400 * k_second},
                                      Unit{"days", 86400 * k_second}};

constexpr double k_kib = 1024;
constexpr std::array k_byte_units{Unit{"b", 1},
                                  Unit{"k", k_kib},
                                  Unit{"kb", k_kib},
                                  Unit{"kib", k_kib},
                                  Unit{"m", k_kib* k_kib},
                                  Unit{"mb", k_kib* k_kib},
                                  Unit{"mib", k_kib* k_kib},
                                  Unit{"g", k_kib* k_kib* k_kib},
                                  Unit{"gb", k_kib* k_kib* k_kib},
                                  Unit{"gib", k_kib* k_kib* k_kib},
                                  Unit{"t", k_kib* k_kib* k_kib* k_kib},
                                  Unit{"tb", k_kib* k_kib* k_kib* k_kib},
                                  Unit{"tib", k_kib* k_kib* k_kib* k_kib}};

template <std::size_t n>
std::optional<double> factor_of(const std::array<Unit, n>& units, std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  for (const Unit& unit : units) {
    if (unit.name == lower) return unit.factor;
  }
  return std::nullopt;
}

/// Takes "12.5" off the front of `text`; nothing when it does not start with a digit.
std::optional<double> take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_double(text.substr(0, end));
  text.remove_prefix(end);
  return number;
}

std::string_view take_unit(std::string_view& text) {
  text = trim(text);
  std::size_t end = 0;
  while (end < text.size() && ((text[end] | 0x20) >= 'a' && (text[end] | 0x20) <= 'z')) ++end;
  const std::string_view unit = text.substr(0, end);
  text = trim(text.substr(end));
  return unit;
}

std::optional<std::int64_t> rounded(double value) {
  if (!(value >= 0) || value >= static_cast<double>(std::numeric_limits<std::int64_t>::max()))
    return std::nullopt;
  return static_cast<std::int64_t>(std::llround(value));
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  double total = 0;
  bool first = true;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const std::string_view unit = take_unit(text);
    const auto factor =
        unit.empty() && first && text.empty() ? k_second : factor_of(k_duration_units, unit);
    if (!factor) return std::nullopt;
    total += *number * *factor;
    first = false;
  }
  const auto millis = rounded(total);
  if (!millis) return std::nullopt;
  return std::chrono::milliseconds(*millis);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  text = trim(text);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  const std::string_view unit = take_unit(text);
  const auto factor = unit.empty() ? 1.0 : factor_of(k_byte_units, unit);
  if (!factor || !text.empty()) return std::nullopt;
  return rounded(*number * *factor);
}

std::string format_bytes(std::int64_t bytes) {
  static constexpr std::array<std::string_view, 6> k_names{"B", "KB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  std::size_t step = 0;
  while (std::fabs(value) >= k_kib && step + 1 < k_names.size()) {
    value /= k_kib;
    ++step;
  }
  return step == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, k_names[step]);
}

std::string format_duration(std::chrono::milliseconds duration) {
  const std::int64_t millis = duration.count();
  if (millis < 1000) return fmt::format("{}ms", millis);
  if (millis < 60'000) return fmt::format("{:.1f}s", static_cast<double>(millis) / 1000);
  const std::int64_t seconds = millis / 1000;
  if (seconds < 3600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  if (seconds < 86400)
    return fmt::format("{}h {}m {}s", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return fmt::format("{}d {}h {}m", seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
}

}  // namespace weir::base
