#include "lang/dates.hpp"

#include "lang/exceptions.hpp"

#include <fmt/format.h>
#include <array>
#include <chrono>

namespace weir::lang {
namespace {

constexpr std::int64_t k_day_millis = 86'400'000;
constexpr std::array<std::string_view, 12> k_months = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> k_weekdays = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

std::int64_t days_from_civil(std::int64_t year, std::int32_t month, std::int32_t day) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// "+01:00", or "Z" for none, with `separator` between hours and minutes.
std::string offset_text(std::int32_t offset, std::string_view separator, std::string_view zero) {
  if (offset == 0) return std::string(zero);
  const std::int32_t minutes = std::abs(offset) / 60;
  return fmt::format("{}{:02}{}{:02}", offset < 0 ? '-' : '+', minutes / 60, separator,
                     minutes % 60);
}

[[noreturn]] void unknown_letter(char letter) {
  throw script_error("IllegalArgumentException",
                     std::string("unknown letter '") + letter + "' in a date pattern");
}

std::string number_field(std::int64_t value, std::size_t width) {
  return fmt::format("{:0{}}", value, width);
}

std::string name_field(std::string_view name, std::size_t width) {
  return std::string(width >= 4 ? name : name.substr(0, 3));
}

/// One run of the same letter.
std::string field_text(const DateObject& date, const DateParts& parts, char letter,
                       std::size_t width) {
  switch (letter) {
    case 'y':
    case 'u':
      return width == 2 ? number_field(parts.year % 100, 2) : number_field(parts.year, width);
    case 'M':
    case 'L':
      return width >= 3 ? name_field(k_months[static_cast<std::size_t>(parts.month - 1)], width)
                        : number_field(parts.month, width);
    case 'd': return number_field(parts.day, width);
    case 'H': return number_field(parts.hour, width);
    case 'k': return number_field(parts.hour == 0 ? 24 : parts.hour, width);
    case 'K': return number_field(parts.hour % 12, width);
    case 'h': return number_field(parts.hour % 12 == 0 ? 12 : parts.hour % 12, width);
    case 'm': return number_field(parts.minute, width);
    case 's': return number_field(parts.second, width);
    case 'S':
      return number_field(parts.millisecond, 3)
          .substr(0, std::max<std::size_t>(1, std::min<std::size_t>(width, 3)));
    case 'E': return name_field(k_weekdays[static_cast<std::size_t>(parts.weekday)], width);
    case 'D': return number_field(parts.day_of_year, width);
    case 'a': return parts.hour < 12 ? "AM" : "PM";
    case 'z':
      return date.offset_seconds == 0 ? "UTC" : "GMT" + offset_text(date.offset_seconds, ":", "");
    case 'Z': return offset_text(date.offset_seconds, "", "+0000");
    case 'X':
    case 'x':
      return offset_text(date.offset_seconds, width >= 3 ? ":" : "",
                         letter == 'X' ? "Z" : (width >= 3 ? "+00:00" : "+0000"));
    default: unknown_letter(letter);
  }
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Calls `field(letter, width)` and `literal(text)` for the pieces of a pattern, in order.
template <typename Field, typename Literal>
void walk_pattern(std::string_view pattern, const Field& field, const Literal& literal) {
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        literal("'");
        i += 2;
        continue;
      }
      const std::size_t end = pattern.find('\'', i + 1);
      literal(pattern.substr(i + 1, end == std::string_view::npos ? end : end - i - 1));
      i = end == std::string_view::npos ? pattern.size() : end + 1;
      continue;
    }
    std::size_t end = i + 1;
    while (is_letter(pattern[i]) && end < pattern.size() && pattern[end] == pattern[i]) ++end;
    if (is_letter(pattern[i])) {
      field(pattern[i], end - i);
    } else {
      literal(pattern.substr(i, 1));
    }
    i = end;
  }
}

/// Reads what a pattern describes.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  void read_literal(std::string_view literal) {
    if (text_.substr(0, literal.size()) != literal) {
      failed_ = true;
    } else {
      text_.remove_prefix(literal.size());
    }
  }

  void read_field(char letter, std::size_t width, bool next_is_digit) {
    switch (letter) {
      case 'y':
      case 'u': {
        const std::size_t before = text_.size();
        parts_.year = number(next_is_digit ? width : 9);
        if (width == 2 && before - text_.size() == 2) parts_.year += parts_.year < 70 ? 2000 : 1900;
        return;
      }
      case 'M':
      case 'L':
        parts_.month = width >= 3 ? month_name() : static_cast<std::int32_t>(number(2));
        return;
      case 'd': parts_.day = static_cast<std::int32_t>(number(2)); return;
      case 'H':
      case 'k':
      case 'K':
      case 'h': parts_.hour = static_cast<std::int32_t>(number(2)); return;
      case 'm': parts_.minute = static_cast<std::int32_t>(number(2)); return;
      case 's': parts_.second = static_cast<std::int32_t>(number(2)); return;
      case 'S': parts_.millisecond = static_cast<std::int32_t>(number(3)); return;
      case 'a': afternoon_ = take_word() == "PM"; return;
      case 'E': static_cast<void>(take_word()); return;
      case 'z':
      case 'Z':
      case 'X':
      case 'x': read_offset(); return;
      default: unknown_letter(letter);
    }
  }

  [[nodiscard]] std::optional<std::int64_t> finish() {
    if (failed_ || !text_.empty()) return std::nullopt;
    const bool plausible = parts_.month >= 1 && parts_.month <= 12 && parts_.day >= 1 &&
                           parts_.day <= 31 && parts_.hour <= 24 && parts_.minute < 60 &&
                           parts_.second <= 60;
    if (!plausible) return std::nullopt;
    if (afternoon_ && parts_.hour < 12) parts_.hour += 12;
    return millis_of(parts_, offset_);
  }
  [[nodiscard]] std::int32_t offset() const { return offset_; }

 private:
  std::int64_t number(std::size_t digits_max) {
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < digits_max && digits < text_.size() && is_digit(text_[digits]))
      value = value * 10 + (text_[digits++] - '0');
    failed_ = failed_ || digits == 0;
    text_.remove_prefix(digits);
    return value;
  }

  std::string_view take_word() {
    std::size_t end = 0;
    while (end < text_.size() && is_letter(text_[end])) ++end;
    const std::string_view word = text_.substr(0, end);
    failed_ = failed_ || word.empty();
    text_.remove_prefix(end);
    return word;
  }

  std::int32_t month_name() {
    const std::string_view word = take_word();
    for (std::size_t i = 0; i < k_months.size(); ++i) {
      if (word == k_months[i] || word == k_months[i].substr(0, 3))
        return static_cast<std::int32_t>(i + 1);
    }
    failed_ = true;
    return 1;
  }

  void read_offset() {
    if (!text_.empty() && is_letter(text_.front())) {
      const std::string_view word = take_word();
      failed_ = failed_ || (word != "Z" && word != "UTC" && word != "GMT");
      return;
    }
    if (text_.empty() || (text_.front() != '+' && text_.front() != '-')) {
      failed_ = true;
      return;
    }
    const int sign = text_.front() == '-' ? -1 : 1;
    text_.remove_prefix(1);
    const std::int64_t hours = number(2);
    if (!text_.empty() && text_.front() == ':') text_.remove_prefix(1);
    const std::int64_t minutes = text_.empty() || !is_digit(text_.front()) ? 0 : number(2);
    offset_ = static_cast<std::int32_t>(sign * (hours * 3600 + minutes * 60));
  }

  std::string_view text_;
  DateParts parts_;
  std::int32_t offset_ = 0;
  bool afternoon_ = false;
  bool failed_ = false;
};

DateReader read_by_pattern(std::string_view text, std::string_view pattern) {
  DateReader reader(text);
  char pending_letter = '\0';
  std::size_t pending_width = 0;
  // A field knows whether digits follow it directly, as in yyyyMMdd.
  const auto flush = [&](bool next_is_digit) {
    if (pending_letter != '\0') reader.read_field(pending_letter, pending_width, next_is_digit);
    pending_letter = '\0';
  };
  walk_pattern(
      pattern,
      [&](char letter, std::size_t width) {
        flush(true);
        pending_letter = letter;
        pending_width = width;
      },
      [&](std::string_view literal) {
        flush(false);
        reader.read_literal(literal);
      });
  flush(false);
  return reader;
}

}  // namespace

DateParts date_parts(const DateObject& date) {
  const std::int64_t local = date.epoch_millis + date.offset_seconds * 1000LL;
  const std::int64_t days = floor_divide(local, k_day_millis);
  const std::chrono::year_month_day civil{std::chrono::sys_days(std::chrono::days(days))};
  std::int64_t rest = local - days * k_day_millis;
  DateParts parts;
  parts.year = static_cast<int>(civil.year());
  parts.month = static_cast<std::int32_t>(static_cast<unsigned>(civil.month()));
  parts.day = static_cast<std::int32_t>(static_cast<unsigned>(civil.day()));
  parts.millisecond = static_cast<std::int32_t>(rest % 1000);
  rest /= 1000;
  parts.second = static_cast<std::int32_t>(rest % 60);
  parts.minute = static_cast<std::int32_t>(rest / 60 % 60);
  parts.hour = static_cast<std::int32_t>(rest / 3600);
  parts.weekday = static_cast<std::int32_t>(((days + 4) % 7 + 7) % 7);
  parts.day_of_year = static_cast<std::int32_t>(days - days_from_civil(parts.year, 1, 1) + 1);
  return parts;
}

std::int64_t millis_of(const DateParts& parts, std::int32_t offset_seconds) {
  const std::int64_t days = days_from_civil(parts.year, parts.month, parts.day);
  return days * k_day_millis +
         ((parts.hour * 60LL + parts.minute) * 60 + parts.second - offset_seconds) * 1000 +
         parts.millisecond;
}

std::string format_date(const DateObject& date, std::string_view pattern) {
  const DateParts parts = date_parts(date);
  std::string text;
  walk_pattern(
      pattern,
      [&](char letter, std::size_t width) { text += field_text(date, parts, letter, width); },
      [&](std::string_view literal) { text += literal; });
  return text;
}

std::string date_text(const DateObject& date) {
  const DateParts parts = date_parts(date);
  if (date.flavour == DateObject::Flavour::date)
    return format_date(date, "EEE MMM dd HH:mm:ss z yyyy");
  std::string text = format_date(date, "yyyy-MM-dd");
  if (date.flavour == DateObject::Flavour::local_date) return text;
  text += format_date(date, "'T'HH:mm");
  // java.time leaves out seconds that are zero, except in an Instant.
  if (parts.second != 0 || parts.millisecond != 0 || date.flavour == DateObject::Flavour::instant)
    text += format_date(date, ":ss");
  if (parts.millisecond != 0) text += format_date(date, ".SSS");
  if (date.flavour == DateObject::Flavour::instant) return text + "Z";
  if (date.flavour == DateObject::Flavour::offset_date_time)
    text += offset_text(date.offset_seconds, ":", "Z");
  return text;
}

std::optional<std::int64_t> parse_date(std::string_view text, std::string_view pattern) {
  return read_by_pattern(text, pattern).finish();
}

std::optional<std::int64_t> parse_iso_date(std::string_view text, std::int32_t& offset_seconds) {
  for (const std::string_view pattern :
       {"yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SSS",
        "yyyy-MM-dd'T'HH:mmXXX", "yyyy-MM-dd'T'HH:mm:ssXXX", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"}) {
    DateReader reader = read_by_pattern(text, pattern);
    if (const std::optional<std::int64_t> millis = reader.finish()) {
      offset_seconds = reader.offset();
      return millis;
    }
  }
  return std::nullopt;
}

}  // namespace weir::lang
