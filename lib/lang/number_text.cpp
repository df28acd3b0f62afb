#include "lang/number_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace weir::lang {
namespace {

constexpr std::array<std::string_view, 8> k_memory_units = {"B",  "KB", "MB", "GB",
                                                            "TB", "PB", "EB", "ZB"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// From the shortest scientific form, such as "1.25e-05", to Java's layout.
std::string java_layout(std::string_view scientific, double magnitude) {
  const bool negative = scientific.front() == '-';
  if (negative) scientific.remove_prefix(1);
  const std::size_t e = scientific.find('e');
  std::string digits(1, scientific.front());
  if (e > 2) digits.append(scientific.substr(2, e - 2));
  int exponent = 0;
  const char* first = scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1);
  std::from_chars(first, scientific.data() + scientific.size(), exponent);
  std::string text;
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    if (exponent < 0) {
      text = "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    } else {
      const auto whole = static_cast<std::size_t>(exponent) + 1;
      if (digits.size() < whole) digits.append(whole - digits.size(), '0');
      text = digits.substr(0, whole) + "." + (digits.size() > whole ? digits.substr(whole) : "0");
    }
  } else {
    text = digits.substr(0, 1) + "." + (digits.size() > 1 ? digits.substr(1) : "0") + "E" +
           std::to_string(exponent);
  }
  return negative ? "-" + text : text;
}

template <typename Number>
std::string shortest(Number value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  std::array<char, 64> buffer{};
  std::to_chars_result end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                           std::chars_format::scientific);
  // Java writes at least two digits, and then the nearest two: 4.9E-324, not 5.0E-324. That is no
  // other number only where numbers are that far apart.
  if (std::abs(value) < 20 * std::numeric_limits<Number>::denorm_min()) {
    end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                        std::chars_format::scientific, 1);
  }
  return java_layout(
      std::string_view(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())),
      std::abs(static_cast<double>(value)));
}

/// Java's Math.round.
std::int64_t rounded(double value) {
  return static_cast<std::int64_t>(std::floor(value + 0.5));
}

/// A number such as "12", "1.5" or "3." at the front of `text`, which is cut.
std::optional<double> take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 0) return std::nullopt;
  if (end < text.size() && text[end] == '.') ++end;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  if (number.back() == '.') number.remove_suffix(1);
  return base::parse_double(number);
}

std::optional<std::int64_t> parse_clock_text(std::string_view text) {
  std::int64_t total = 0;
  const std::vector<std::string_view> parts = base::split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  for (const std::string_view part : parts) {
    if (part.empty() || part.size() > 2 || !is_digit(part.front()) || !is_digit(part.back()))
      return std::nullopt;
    total = total * 60 + base::parse_int64(part).value_or(0);
  }
  return total * 1000;
}

}  // namespace

std::string double_text(double value) {
  return shortest(value);
}
std::string float_text(float value) {
  return shortest(value);
}

std::optional<double> parse_java_double(std::string_view text) {
  text = base::trim(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return negative ? -INFINITY : INFINITY;
  if (!text.empty() &&
      (text.back() == 'd' || text.back() == 'D' || text.back() == 'f' || text.back() == 'F')) {
    text.remove_suffix(1);
  }
  // from_chars would also read "inf" and a sign.
  if (text.empty() || (!is_digit(text.front()) && text.front() != '.')) return std::nullopt;
  double value = 0;
  const std::from_chars_result end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ptr != text.data() + text.size()) return std::nullopt;
  if (end.ec == std::errc::result_out_of_range)
    value = std::strtod(std::string(text).c_str(), nullptr);
  else if (end.ec != std::errc())
    return std::nullopt;
  return negative ? -value : value;
}

std::optional<std::int64_t> parse_java_integer(std::string_view text, int bits, int radix) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  std::int64_t value = 0;
  const std::from_chars_result end =
      std::from_chars(text.data(), text.data() + text.size(), value, radix);
  if (text.empty() || end.ec != std::errc() || end.ptr != text.data() + text.size())
    return std::nullopt;
  if (bits == 32 && value != static_cast<std::int32_t>(value)) return std::nullopt;
  return value;
}

std::string duration_text(std::int64_t milliseconds) {
  if (milliseconds < 1000) return std::to_string(milliseconds) + "ms";
  if (milliseconds < 60'000) {
    const std::int64_t tenths = rounded(static_cast<double>(milliseconds) / 100.0);
    return tenths % 10 == 0 ? fmt::format("{}s", tenths / 10)
                            : fmt::format("{}.{}s", tenths / 10, tenths % 10);
  }
  std::int64_t rest = rounded(static_cast<double>(milliseconds) / 1000.0);
  std::string text;
  const std::array<std::pair<std::int64_t, char>, 4> units = {
      {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  for (const std::pair<std::int64_t, char>& unit : units) {
    const std::int64_t count = rest / unit.first;
    rest %= unit.first;
    if (count == 0) continue;
    if (!text.empty()) text += ' ';
    text += std::to_string(count) + unit.second;
  }
  return text;
}

std::int64_t duration_unit_millis(std::string_view unit) {
  struct Unit {
    std::string_view name;
    std::int64_t millis;
  };
  static constexpr std::array<Unit, 17> k_units = {{{"ms", 1},
                                                    {"milli", 1},
                                                    {"millis", 1},
                                                    {"s", 1000},
                                                    {"sec", 1000},
                                                    {"second", 1000},
                                                    {"seconds", 1000},
                                                    {"m", 60'000},
                                                    {"min", 60'000},
                                                    {"minute", 60'000},
                                                    {"minutes", 60'000},
                                                    {"h", 3'600'000},
                                                    {"hour", 3'600'000},
                                                    {"hours", 3'600'000},
                                                    {"d", 86'400'000},
                                                    {"day", 86'400'000},
                                                    {"days", 86'400'000}}};
  for (const Unit& candidate : k_units) {
    if (candidate.name == unit) return candidate.millis;
  }
  return 0;
}

std::optional<std::int64_t> parse_duration_text(std::string_view text) {
  if (const std::optional<std::int64_t> clock = parse_clock_text(text)) return clock;
  std::int64_t total = 0;
  std::string_view rest = text;
  do {
    const std::optional<double> number = take_number(rest);
    if (!number) return std::nullopt;
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    std::size_t end = 0;
    while (end < rest.size() && is_letter(rest[end])) ++end;
    const std::int64_t unit = duration_unit_millis(rest.substr(0, end));
    if (unit == 0) return std::nullopt;
    total += rounded(*number * static_cast<double>(unit));
    rest = base::trim(rest.substr(end));
  } while (!rest.empty());
  return total;
}

std::string memory_text(std::int64_t bytes) {
  if (bytes <= 0) return "0";
  std::size_t power = 0;
  double scaled = static_cast<double>(bytes);
  // Compared as integers: the logarithm that the reference takes is exact at these powers too.
  for (std::int64_t rest = bytes; rest >= 1024 && power + 1 < k_memory_units.size(); rest >>= 10) {
    scaled /= 1024;
    ++power;
  }
  // One decimal, halves to even, as Java's DecimalFormat("0.#").
  const double tenths = std::nearbyint(scaled * 10);
  const auto whole = static_cast<std::int64_t>(tenths) / 10;
  const auto tenth = static_cast<std::int64_t>(tenths) % 10;
  return tenth == 0 ? fmt::format("{} {}", whole, k_memory_units[power])
                    : fmt::format("{}.{} {}", whole, tenth, k_memory_units[power]);
}

int memory_unit_power(std::string_view unit) {
  for (std::size_t i = 0; i < k_memory_units.size(); ++i) {
    if (k_memory_units[i] == unit) return static_cast<int>(i);
  }
  return -1;
}

std::optional<std::int64_t> parse_memory_text(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  std::string_view number = text.substr(0, end);
  std::string_view unit = text.substr(end);
  while (!unit.empty() && (unit.front() == ' ' || unit.front() == '\t')) unit.remove_prefix(1);
  if (unit.size() > 2 || (unit.size() == 2 && unit[1] != 'B')) return std::nullopt;
  std::string letter = unit.empty() ? "B" : std::string(1, unit.front());
  if (letter[0] >= 'a' && letter[0] <= 'z') letter[0] = static_cast<char>(letter[0] - 'a' + 'A');
  if (letter == "B") return base::parse_int64(number);
  const int power = memory_unit_power(letter + "B");
  if (!number.empty() && number.back() == '.') number.remove_suffix(1);
  const std::optional<double> value = base::parse_double(number);
  if (power < 0 || !value) return std::nullopt;
  const double bytes = *value * std::pow(1024.0, power);
  if (bytes >= 9.2e18) return std::nullopt;
  return rounded(bytes);
}

}  // namespace weir::lang
