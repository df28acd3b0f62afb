#include "lang/formatter.hpp"

#include "lang/exceptions.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <fmt/format.h>
#include <cmath>
#include <optional>

namespace weir::lang {
namespace {

/// One `%...` of a format.
struct Placeholder {
  bool left = false;
  bool zeros = false;
  bool plus = false;
  bool blank = false;
  bool grouped = false;
  bool parentheses = false;
  bool alternate = false;
  std::size_t argument = 0;  ///< 1-based; 0: the next one
  std::size_t width = 0;
  std::optional<int> precision;
  char conversion = 's';
};

constexpr std::size_t k_width_max = 1'000'000;

std::size_t take_number(std::string_view text, std::size_t& at) {
  std::size_t number = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9')
    number = std::min(number * 10 + static_cast<std::size_t>(text[at++] - '0'), k_width_max);
  return number;
}

[[noreturn]] void malformed(std::string_view format) {
  throw script_error("IllegalArgumentException", "malformed format '" + std::string(format) + "'");
}

/// Reads what follows a `%`; `at` ends behind the conversion.
Placeholder take_placeholder(std::string_view format, std::size_t& at) {
  Placeholder placeholder;
  std::size_t ahead = at;
  const std::size_t number = take_number(format, ahead);
  if (number > 0 && ahead < format.size() && format[ahead] == '$') {
    placeholder.argument = number;
    at = ahead + 1;
  }
  for (; at < format.size(); ++at) {
    switch (format[at]) {
      case '-': placeholder.left = true; continue;
      case '0': placeholder.zeros = true; continue;
      case '+': placeholder.plus = true; continue;
      case ' ': placeholder.blank = true; continue;
      case ',': placeholder.grouped = true; continue;
      case '(': placeholder.parentheses = true; continue;
      case '#': placeholder.alternate = true; continue;
      default: break;
    }
    break;
  }
  placeholder.width = take_number(format, at);
  if (at < format.size() && format[at] == '.') {
    ++at;
    placeholder.precision = static_cast<int>(take_number(format, at));
  }
  if (at >= format.size()) malformed(format);
  placeholder.conversion = format[at++];
  return placeholder;
}

std::string with_groups(std::string digits) {
  std::size_t end = digits.find('.');
  if (end == std::string::npos) end = digits.size();
  for (std::size_t at = end; at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string padded(const Placeholder& placeholder, std::string text) {
  const auto units = static_cast<std::size_t>(length_of(StringObject(text)));
  if (units >= placeholder.width) return text;
  const std::string blanks(placeholder.width - units, ' ');
  return placeholder.left ? text + blanks : blanks + text;
}

/// Adds sign, grouping and zeros to the digits of a number.
std::string signed_number(const Placeholder& placeholder, std::string digits, bool negative) {
  if (placeholder.grouped) digits = with_groups(std::move(digits));
  std::string sign = negative ? "-" : (placeholder.plus ? "+" : (placeholder.blank ? " " : ""));
  std::string tail;
  if (negative && placeholder.parentheses) {
    sign = "(";
    tail = ")";
  }
  const std::size_t used = sign.size() + digits.size() + tail.size();
  if (placeholder.zeros && used < placeholder.width)
    digits.insert(0, placeholder.width - used, '0');
  return padded(placeholder, sign + digits + tail);
}

[[noreturn]] void wrong_class(const Placeholder& placeholder, const Value& value) {
  throw script_error("IllegalArgumentException",
                     fmt::format("format %{} cannot show a {}: '{}'", placeholder.conversion,
                                 type_name(value), to_short_text(value)));
}

std::string integer_text(const Placeholder& placeholder, const Value& value) {
  if (!value.is_integer() && value.kind() != Kind::big_integer) wrong_class(placeholder, value);
  const BigInteger number = to_big_integer(value);
  if (placeholder.conversion == 'd') {
    return signed_number(placeholder, (number.sign() < 0 ? number.negated() : number).to_string(),
                         number.sign() < 0);
  }
  const bool narrow = value.kind() == Kind::integer;
  const std::uint64_t bits = narrow ? static_cast<std::uint32_t>(value.as_int64())
                                    : static_cast<std::uint64_t>(number.low_int64());
  std::string digits =
      placeholder.conversion == 'o' ? fmt::format("{:o}", bits) : fmt::format("{:x}", bits);
  if (placeholder.alternate) digits.insert(0, placeholder.conversion == 'o' ? "0" : "0x");
  if (placeholder.conversion == 'X') digits = to_upper(digits);
  return signed_number(placeholder, std::move(digits), false);
}

std::string real_text(const Placeholder& placeholder, const Value& value) {
  if (!is_number(value)) wrong_class(placeholder, value);
  const int precision = placeholder.precision.value_or(6);
  const double real = to_double(value);
  if (!std::isfinite(real) && value.kind() == Kind::real)
    return padded(placeholder, number_text(value));
  const bool negative = std::signbit(real);
  std::string digits;
  if (placeholder.conversion == 'f') {
    // Through decimals, since Java rounds the shortest text half up, not the binary value.
    const Decimal rounded = to_decimal(value).with_scale(precision, Decimal::Rounding::half_up);
    digits = (rounded.sign() < 0 ? rounded.negated() : rounded).to_plain_string();
  } else {
    const double magnitude = std::abs(real);
    digits = placeholder.conversion == 'g' ? fmt::format("{:.{}g}", magnitude, precision)
                                           : fmt::format("{:.{}e}", magnitude, precision);
    if (placeholder.conversion == 'E') digits = to_upper(digits);
  }
  return signed_number(placeholder, std::move(digits), negative);
}

std::string shown(const Placeholder& placeholder, const Value& value) {
  switch (placeholder.conversion) {
    case 'd':
    case 'x':
    case 'X':
    case 'o':
      if (value.is_null()) return padded(placeholder, "null");
      return integer_text(placeholder, value);
    case 'f':
    case 'e':
    case 'E':
    case 'g':
      if (value.is_null()) return padded(placeholder, "null");
      return real_text(placeholder, value);
    case 'b':
    case 'B':
      return padded(placeholder, value.kind() == Kind::boolean
                                     ? to_text(value)
                                     : (value.is_null() ? "false" : "true"));
    case 'h':
      return padded(placeholder, fmt::format("{:x}", static_cast<std::uint32_t>(java_hash(value))));
    case 'c':
    case 's':
    case 'S': {
      std::string text = to_text(value);
      if (placeholder.precision) {
        const StringObject object(text);
        text = slice(object, 0, std::min<std::int64_t>(*placeholder.precision, length_of(object)));
      }
      return padded(placeholder, placeholder.conversion == 'S' ? to_upper(text) : text);
    }
    default:
      throw script_error("IllegalArgumentException", std::string("unknown conversion '%") +
                                                         placeholder.conversion + "' in a format");
  }
}

}  // namespace

std::string format_text(std::string_view format, std::span<const Value> arguments) {
  std::string result;
  std::size_t next = 0;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      result += format[at++];
      continue;
    }
    ++at;
    const Placeholder placeholder = take_placeholder(format, at);
    if (placeholder.conversion == 'n') {
      result += '\n';
    } else if (placeholder.conversion == '%') {
      result += padded(placeholder, "%");
    } else {
      const std::size_t index = placeholder.argument > 0 ? placeholder.argument - 1 : next++;
      if (index >= arguments.size()) {
        throw script_error("IllegalArgumentException",
                           fmt::format("format '{}' has no argument {}", format, index + 1));
      }
      result += shown(placeholder, arguments[index]);
    }
  }
  return result;
}

}  // namespace weir::lang
