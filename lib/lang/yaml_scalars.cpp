#include "lang/yaml_scalars.hpp"

#include "base/text.hpp"
#include "lang/dates.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>

namespace weir::lang {
namespace {

constexpr std::string_view k_digits = "0123456789";
constexpr std::string_view k_digits_and_lines = "0123456789_";

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

/// A scalar read from its front.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool is_at_one_of(std::string_view characters) const {
    return !rest_.empty() && characters.find(rest_.front()) != std::string_view::npos;
  }
  bool take(std::string_view characters) {
    if (!is_at_one_of(characters)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view take_all(std::string_view characters) {
    const std::size_t end = std::min(rest_.find_first_not_of(characters), rest_.size());
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }
  /// A number of `least` to `most` digits, which must fit.
  bool take_number(std::int32_t& number, std::size_t least, std::size_t most) {
    const std::string_view digits = take_all(k_digits);
    if (digits.size() < least || digits.size() > most) return false;
    number = static_cast<std::int32_t>(*base::parse_int64(digits));
    return true;
  }

 private:
  std::string_view rest_;
};

/// Base 60, as in 1:30:00: what stands between the colons, each part but the first below 60.
std::optional<std::int64_t> base_60(std::string_view text) {
  std::int64_t total = 0;
  bool first = true;
  for (const std::string_view part : base::split(text, ':')) {
    if (!consists_of(part, first ? k_digits_and_lines : k_digits)) return std::nullopt;
    if (first ? (part.front() == '_') : part.size() > 2) return std::nullopt;
    const auto value = base::parse_int64(base::replace_all(std::string(part), "_", ""));
    if (!value || (!first && *value > 59)) return std::nullopt;
    if (__builtin_mul_overflow(total, 60, &total) || __builtin_add_overflow(total, *value, &total))
      return std::nullopt;
    first = false;
  }
  return total;
}

Value integer_value(const BigInteger& value) {
  const std::optional<std::int64_t> small = value.to_int64();
  return small ? Value::number(*small) : Value(make<BigIntegerObject>(value));
}

std::optional<Value> integer_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int radix = 10;
  std::string_view digits = text;
  if (text.starts_with("0b") && consists_of(text.substr(2), "01_")) {
    radix = 2;
    digits.remove_prefix(2);
  } else if (text.starts_with("0x") && consists_of(text.substr(2), "0123456789abcdefABCDEF_")) {
    radix = 16;
    digits.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    if (!consists_of(text, "01234567_")) return std::nullopt;
    radix = 8;
  } else if (!consists_of(text, k_digits_and_lines) || text.front() == '_') {
    if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
    const auto total = base_60(text);
    if (!total) return std::nullopt;
    return Value::number(negative ? -*total : *total);
  }
  const auto value = BigInteger::parse(base::replace_all(std::string(digits), "_", ""), radix);
  if (!value) return std::nullopt;
  return integer_value(negative ? value->negated() : *value);
}

bool take_exponent(Cursor& cursor) {
  cursor.take("eE");
  cursor.take("+-");
  return !cursor.take_all(k_digits).empty();
}

/// A number with a point, with an exponent, or with both.
bool is_decimal(std::string_view text) {
  Cursor cursor(text);
  const bool whole = cursor.is_at_one_of(k_digits);
  if (whole) cursor.take_all(k_digits_and_lines);
  const bool point = cursor.take(".");
  if (!whole && !(point && cursor.is_at_one_of(k_digits))) return false;
  if (point) cursor.take_all(k_digits_and_lines);
  if (cursor.at_end()) return point;
  return cursor.is_at_one_of("eE") && take_exponent(cursor) && cursor.at_end();
}

std::optional<double> base_60_decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.find(':') > point) return std::nullopt;
  const std::string_view fraction = text.substr(point + 1);
  if (!fraction.empty() && !consists_of(fraction, k_digits_and_lines)) return std::nullopt;
  const auto whole = base_60(text.substr(0, point));
  if (!whole) return std::nullopt;
  const auto part =
      parse_java_double("0." + base::replace_all(std::string(fraction), "_", "") + "0");
  return static_cast<double>(*whole) + part.value_or(0);
}

std::optional<Value> float_of(std::string_view text) {
  static constexpr std::array<std::string_view, 3> k_nan = {".nan", ".NaN", ".NAN"};
  static constexpr std::array<std::string_view, 3> k_infinite = {".inf", ".Inf", ".INF"};
  using Limits = std::numeric_limits<double>;
  if (is_one_of(text, k_nan)) return Value::real(Limits::quiet_NaN());
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::optional<double> value;
  if (is_one_of(text, k_infinite)) {
    value = Limits::infinity();
  } else if (is_decimal(text)) {
    value = parse_java_double(base::replace_all(std::string(text), "_", ""));
  } else if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value = base_60_decimal(text);
  }
  if (!value) return std::nullopt;
  return Value::real(negative ? -*value : *value);
}

bool take_date(Cursor& cursor, DateParts& parts) {
  std::int32_t year = 0;
  if (!cursor.take_number(year, 4, 4)) return false;
  parts.year = year;
  return cursor.take("-") && cursor.take_number(parts.month, 1, 2) && cursor.take("-") &&
         cursor.take_number(parts.day, 1, 2);
}

bool take_time(Cursor& cursor, DateParts& parts) {
  if (!cursor.take_number(parts.hour, 1, 2) || !cursor.take(":") ||
      !cursor.take_number(parts.minute, 2, 2) || !cursor.take(":") ||
      !cursor.take_number(parts.second, 2, 2))
    return false;
  if (cursor.take(".")) {
    std::string fraction(cursor.take_all(k_digits).substr(0, 3));
    fraction.resize(3, '0');
    parts.millisecond = static_cast<std::int32_t>(base::parse_int64(fraction).value_or(0));
  }
  return true;
}

/// Seconds east of UTC: Z, +2 or -03:30.
bool take_offset(Cursor& cursor, std::int32_t& offset) {
  offset = 0;
  if (cursor.take("Z")) return true;
  const bool west = cursor.is_at_one_of("-");
  std::int32_t hours = 0;
  std::int32_t minutes = 0;
  if (!cursor.take("+-") || !cursor.take_number(hours, 1, 2)) return false;
  if (cursor.take(":") && !cursor.take_number(minutes, 2, 2)) return false;
  offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
  return true;
}

/// 2024-01-31, or with a time behind T or blanks: 2024-1-31 1:02:03.5 +2:00. A java.util.Date, in
/// UTC unless the text has an offset.
std::optional<Value> timestamp_of(std::string_view text) {
  constexpr std::size_t k_date_bytes = 10;
  Cursor cursor(text);
  DateParts parts;
  std::int32_t offset = 0;
  if (!take_date(cursor, parts)) return std::nullopt;
  if (cursor.at_end()) {
    if (text.size() != k_date_bytes) return std::nullopt;
  } else {
    if (!cursor.take("Tt") && cursor.take_all(" \t").empty()) return std::nullopt;
    if (!take_time(cursor, parts)) return std::nullopt;
    const bool is_utc = cursor.at_end();
    cursor.take_all(" \t");
    if (!is_utc && !take_offset(cursor, offset)) return std::nullopt;
    if (!cursor.at_end()) return std::nullopt;
  }
  return Value(make<DateObject>(millis_of(parts, offset), DateObject::Flavour::date));
}

std::optional<bool> boolean_of(std::string_view text) {
  static constexpr std::array<std::string_view, 9> k_true = {"true", "True", "TRUE", "yes", "Yes",
                                                             "YES",  "on",   "On",   "ON"};
  static constexpr std::array<std::string_view, 9> k_false = {"false", "False", "FALSE", "no", "No",
                                                              "NO",    "off",   "Off",   "OFF"};
  if (is_one_of(text, k_true)) return true;
  if (is_one_of(text, k_false)) return false;
  return std::nullopt;
}

}  // namespace

Value yaml_scalar(const std::string& text) {
  static constexpr std::array<std::string_view, 5> k_null = {"", "~", "null", "Null", "NULL"};
  if (is_one_of(text, k_null)) return {};
  if (const auto boolean = boolean_of(text)) return Value::boolean(*boolean);
  if (auto number = integer_of(text)) return *std::move(number);
  if (auto number = float_of(text)) return *std::move(number);
  if (auto date = timestamp_of(text)) return *std::move(date);
  return Value::string(std::string_view(text));
}

Value tagged_yaml_scalar(std::string_view tag, const std::string& text) {
  constexpr std::string_view k_prefix = "tag:yaml.org,2002:";
  std::optional<Value> value;
  if (tag.starts_with(k_prefix)) {
    const std::string_view name = tag.substr(k_prefix.size());
    if (name == "null") return {};
    if (name == "int") value = integer_of(text);
    if (name == "timestamp") value = timestamp_of(text);
    if (const auto boolean = name == "bool" ? boolean_of(text) : std::nullopt)
      value = Value::boolean(*boolean);
    if (name == "float") {
      const std::optional<double> real = parse_java_double(text);
      value = real ? Value::real(*real) : float_of(text);
    }
  }
  return value ? *std::move(value) : Value::string(std::string_view(text));
}

}  // namespace weir::lang
