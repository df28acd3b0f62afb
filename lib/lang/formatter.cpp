#include "lang/formatter.hpp"

#include "lang/dates.hpp"
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
  bool again = false;        ///< `%<s`: the argument of the one before
  std::size_t argument = 0;  ///< 1-based; 0: the next one
  std::size_t width = 0;
  std::optional<int> precision;
  char conversion = 's';
  char date_part = 0;  ///< what follows a `t`
  bool upper = false;  ///< the conversion was a capital letter; it is kept as a small one
};

constexpr std::size_t k_width_max = 1'000'000;
constexpr int k_precision_max = 10'000;  ///< digits behind a point; time grows with their square

std::size_t take_number(std::string_view text, std::size_t& at) {
  std::size_t number = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9')
    number = std::min(number * 10 + static_cast<std::size_t>(text[at++] - '0'), k_width_max);
  return number;
}

[[noreturn]] void unknown_conversion(std::string_view conversion) {
  throw script_error("UnknownFormatConversionException",
                     "Conversion = '" + std::string(conversion) + "'");
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
      case '<': placeholder.again = true; continue;
      default: break;
    }
    break;
  }
  placeholder.width = take_number(format, at);
  if (at < format.size() && format[at] == '.') {
    ++at;
    placeholder.precision = static_cast<int>(take_number(format, at));
  }
  if (at >= format.size()) unknown_conversion("%");
  placeholder.conversion = format[at++];
  if (std::string_view("BHSCXEGT").find(placeholder.conversion) != std::string_view::npos) {
    placeholder.upper = true;
    placeholder.conversion = static_cast<char>(placeholder.conversion - 'A' + 'a');
  }
  if (placeholder.conversion == 't') {
    if (at >= format.size()) unknown_conversion("t");
    placeholder.date_part = format[at++];
  }
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
  throw script_error(
      "IllegalFormatConversionException",
      fmt::format("{} != {}",
                  placeholder.upper ? static_cast<char>(placeholder.conversion - 'a' + 'A')
                                    : placeholder.conversion,
                  qualified_type_name(value)));
}

std::string integer_text(const Placeholder& placeholder, const Value& value) {
  if (!value.is_integer() && value.kind() != Kind::big_integer) wrong_class(placeholder, value);
  if (placeholder.precision)
    throw script_error("IllegalFormatPrecisionException", std::to_string(*placeholder.precision));
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
  return signed_number(placeholder, std::move(digits), false);
}

/// `%g`: so many significant digits, as `%f` from 0.0001 up to as many digits before the point.
std::string general_text(double magnitude, int precision) {
  const int digits = precision == 0 ? 1 : precision;
  const std::string scientific = fmt::format("{:.{}e}", magnitude, digits - 1);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  if (magnitude != 0 && (exponent < -4 || exponent >= digits)) return scientific;
  return fmt::format("{:.{}f}", magnitude, digits - 1 - (magnitude == 0 ? 0 : exponent));
}

std::string real_text(const Placeholder& placeholder, const Value& value) {
  if (!is_number(value) || value.is_integer() || value.kind() == Kind::big_integer)
    wrong_class(placeholder, value);
  const int precision = placeholder.precision.value_or(6);
  if (precision > k_precision_max)
    throw script_error("OutOfMemoryError", "a number with so many digits would be too long");
  const double real = to_double(value);
  if (!std::isfinite(real) && value.kind() != Kind::decimal)
    return padded(placeholder, number_text(value));
  const bool negative = std::signbit(real);
  std::string digits;
  if (placeholder.conversion == 'f') {
    // Through decimals, since Java rounds the shortest text half up, not the binary value.
    const Decimal exact =
        value.kind() == Kind::single ? Decimal::from_double(real) : to_decimal(value);
    const Decimal rounded = exact.with_scale(precision, Decimal::Rounding::half_up);
    digits = (rounded.sign() < 0 ? rounded.negated() : rounded).to_plain_string();
  } else {
    const double magnitude = std::abs(real);
    digits = placeholder.conversion == 'g' ? general_text(magnitude, precision)
                                           : fmt::format("{:.{}e}", magnitude, precision);
  }
  return signed_number(placeholder, std::move(digits), negative);
}

std::string character_text(const Placeholder& placeholder, const Value& value) {
  if (value.is_null()) return padded(placeholder, "null");
  if (value.is_string() && length_of(value.get<StringObject>()) == 1)
    return padded(placeholder, value.text());
  if (value.kind() != Kind::integer) wrong_class(placeholder, value);
  std::string letter;
  append_utf8(letter, static_cast<char32_t>(value.as_int64()));
  return padded(placeholder, std::move(letter));
}

/// The pattern of `format_date` that `%t` and a letter stand for; empty for none.
std::string_view date_pattern(char part) {
  switch (part) {
    case 'A': return "EEEE";
    case 'a': return "EEE";
    case 'B': return "MMMM";
    case 'b':
    case 'h': return "MMM";
    case 'D': return "MM/dd/yy";
    case 'd': return "dd";
    case 'e': return "d";
    case 'F': return "yyyy-MM-dd";
    case 'H': return "HH";
    case 'I': return "hh";
    case 'j': return "DDD";
    case 'k': return "H";
    case 'L': return "SSS";
    case 'l': return "h";
    case 'M': return "mm";
    case 'm': return "MM";
    case 'R': return "HH:mm";
    case 'S': return "ss";
    case 'T': return "HH:mm:ss";
    case 'Y': return "yyyy";
    case 'y': return "yy";
    case 'z': return "Z";
    default: return {};
  }
}

std::string date_text(const Placeholder& placeholder, const Value& value) {
  if (value.is_null()) return padded(placeholder, "null");
  const Ref<DateObject> date = value.kind() == Kind::long_integer
                                   ? make<DateObject>(value.as_int64(), DateObject::Flavour::date)
                                   : Ref<DateObject>(value.as<DateObject>());
  if (!date) wrong_class(placeholder, value);
  if (placeholder.date_part == 's')
    return padded(placeholder, std::to_string(date->epoch_millis / 1000));
  if (placeholder.date_part == 'Q') return padded(placeholder, std::to_string(date->epoch_millis));
  const std::string_view pattern = date_pattern(placeholder.date_part);
  if (pattern.empty()) unknown_conversion(std::string("t") + placeholder.date_part);
  return padded(placeholder, format_date(*date, pattern));
}

std::string shown(const Placeholder& placeholder, const Value& value) {
  switch (placeholder.conversion) {
    case 'd':
    case 'x':
    case 'o':
      if (value.is_null()) return padded(placeholder, "null");
      return integer_text(placeholder, value);
    case 'f':
    case 'e':
    case 'g':
      if (value.is_null()) return padded(placeholder, "null");
      return real_text(placeholder, value);
    case 'b':
      return padded(placeholder, value.kind() == Kind::boolean
                                     ? to_text(value)
                                     : (value.is_null() ? "false" : "true"));
    case 'h':
      if (value.is_null()) return padded(placeholder, "null");
      return padded(placeholder, fmt::format("{:x}", static_cast<std::uint32_t>(java_hash(value))));
    case 'c': return character_text(placeholder, value);
    case 't': return date_text(placeholder, value);
    case 's': {
      std::string text = java_text(value);
      if (placeholder.precision) {
        const StringObject object(text);
        text = slice(object, 0, std::min<std::int64_t>(*placeholder.precision, length_of(object)));
      }
      return padded(placeholder, text);
    }
    default: unknown_conversion(std::string_view(&placeholder.conversion, 1));
  }
}

}  // namespace

std::string format_text(std::string_view format, std::span<const Value> arguments) {
  std::string result;
  std::size_t next = 0;
  std::size_t last = 0;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      result += format[at++];
      continue;
    }
    const std::size_t begin = at++;
    const Placeholder placeholder = take_placeholder(format, at);
    if (placeholder.conversion == 'n') {
      result += '\n';
    } else if (placeholder.conversion == '%') {
      result += padded(placeholder, "%");
    } else {
      const std::size_t index = placeholder.again          ? last
                                : placeholder.argument > 0 ? placeholder.argument - 1
                                                           : next++;
      if (index >= arguments.size() || (placeholder.again && next + last == 0)) {
        throw script_error("MissingFormatArgumentException",
                           fmt::format("Format specifier '{}'", format.substr(begin, at - begin)));
      }
      last = index;
      const std::string text = shown(placeholder, arguments[index]);
      result += placeholder.upper ? to_upper(text) : text;
    }
  }
  return result;
}

}  // namespace weir::lang
