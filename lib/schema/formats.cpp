#include "schema/formats.hpp"

#include "base/text.hpp"
#include "lang/exceptions.hpp"
#include "lang/matching.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace weir::schema {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}
bool is_hex(char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/// Takes exactly `count` digits from the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || !std::all_of(text.begin(), text.begin() + count, is_digit))
    return std::nullopt;
  int number = 0;
  for (const char digit : text.substr(0, count)) number = number * 10 + (digit - '0');
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

/// RFC 3339, full-date.
bool take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return false;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return false;
  const auto day = take_digits(text, 2);
  if (!day || *month < 1 || *month > 12 || *day < 1) return false;
  constexpr std::array k_days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = *year % 4 == 0 && (*year % 100 != 0 || *year % 400 == 0);
  return *day <= k_days[static_cast<std::size_t>(*month - 1)] + (*month == 2 && leap ? 1 : 0);
}

/// RFC 3339, full-time. A leap second is the last one of a day in UTC.
bool is_time(std::string_view text) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return false;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return false;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return false;
  if (take(text, '.')) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return false;
    text.remove_prefix(digits);
  }
  int offset = 0;
  if (!take(text, 'Z') && !take(text, 'z')) {
    const int sign = text.starts_with('-') ? -1 : 1;
    if (!take(text, '+') && !take(text, '-')) return false;
    const auto hours = take_digits(text, 2);
    if (!hours || !take(text, ':')) return false;
    const auto minutes = take_digits(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59) return false;
    offset = sign * (*hours * 60 + *minutes);
  }
  const int utc = ((*hour * 60 + *minute - offset) % 1440 + 1440) % 1440;
  return text.empty() && (*second < 60 || utc == 1439);
}

bool is_date_time(std::string_view text) {
  if (!take_date(text) || text.empty() || (text.front() | 0x20) != 't') return false;
  return is_time(text.substr(1));
}

bool is_date(std::string_view text) {
  return take_date(text) && text.empty();
}

/// Units of `order` in their order, each with a number before it; says whether there was one.
bool take_units(std::string_view& text, std::string_view order) {
  bool any = false;
  while (!text.empty() && is_digit(text.front())) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return false;
    const std::size_t unit = order.find(text[digits]);
    if (unit == std::string_view::npos) return false;
    order.remove_prefix(unit + 1);
    text.remove_prefix(digits + 1);
    any = true;
  }
  return any;
}

/// ISO 8601 as RFC 3339, appendix A, has it: weeks stand alone, units are not left out in between.
bool is_duration(std::string_view text) {
  if (!take(text, 'P')) return false;
  if (text.ends_with('W')) return take_units(text, "W") && text.empty();
  const std::string_view whole = text;
  const bool days = take_units(text, "YMD");
  if (base::contains(whole.substr(0, whole.find('T')), "Y") &&
      base::contains(whole.substr(0, whole.find('T')), "D") &&
      !base::contains(whole.substr(0, whole.find('T')), "M"))
    return false;
  if (!take(text, 'T')) return days && text.empty();
  const std::string_view time = text;
  if (base::contains(time, "H") && base::contains(time, "S") && !base::contains(time, "M"))
    return false;
  return take_units(text, "HMS") && text.empty();
}

bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (const std::string_view label : base::split(text, '.')) {
    const auto letter = [](char c) { return is_digit(c) || is_letter(c) || c == '-'; };
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(), letter))
      return false;
  }
  return true;
}

bool is_ipv4(std::string_view text) {
  const auto parts = base::split(text, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           const auto number = base::parse_int64(part);
           return !part.empty() && is_digit(part.front()) && number && *number < 256 &&
                  (part.size() == 1 || part.front() != '0');
         });
}

/// RFC 4291, 2.2: eight groups, one run of which may be "::", the last two perhaps as IPv4.
bool is_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap != std::string_view::npos && text.find("::", gap + 1) != std::string_view::npos)
    return false;
  std::size_t groups = 0;
  const auto count = [&](std::string_view side, bool is_last) {
    if (side.empty()) return true;
    const auto parts = base::split(side, ':');
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (is_last && i + 1 == parts.size() && is_ipv4(parts[i])) {
        groups += 2;
        continue;
      }
      if (parts[i].empty() || parts[i].size() > 4 ||
          !std::all_of(parts[i].begin(), parts[i].end(), is_hex))
        return false;
      ++groups;
    }
    return true;
  };
  if (gap == std::string_view::npos) return count(text, true) && groups == 8;
  return count(text.substr(0, gap), false) && count(text.substr(gap + 2), true) && groups < 8;
}

/// One @, a dot-string or a quoted one before it, a host or an address literal behind (RFC 5321).
bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (domain.starts_with("[IPv6:") && domain.ends_with(']')) {
    if (!is_ipv6(domain.substr(6, domain.size() - 7))) return false;
  } else if (domain.starts_with('[') && domain.ends_with(']')) {
    if (!is_ipv4(domain.substr(1, domain.size() - 2))) return false;
  } else if (!is_hostname(domain)) {
    return false;
  }
  if (local.size() >= 2 && local.front() == '"' && local.back() == '"') return true;
  constexpr std::string_view k_others = "!#$%&'*+-/=?^_`{|}~";
  return std::none_of(local.begin(), local.end(),
                      [&](char c) {
                        return c != '.' && !is_digit(c) && !is_letter(c) &&
                               k_others.find(c) == std::string_view::npos;
                      }) &&
         local.front() != '.' && local.back() != '.' && !base::contains(local, "..");
}

/// RFC 3986, 3.2: user@host:port, where the host may be an IPv6 address in brackets.
bool is_authority(std::string_view text) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    if (text.substr(0, at).find_first_of("[]@") != std::string_view::npos) return false;
    text.remove_prefix(at + 1);
  }
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) return false;
    text.remove_prefix(end + 1);
  } else {
    text.remove_prefix(std::min(text.find(':'), text.size()));
  }
  return text.empty() ||
         (text.front() == ':' && std::all_of(text.begin() + 1, text.end(), is_digit));
}

bool is_uri_reference(std::string_view text) {
  if (const std::size_t slashes = text.find("//");
      slashes == 0 ||
      (slashes != std::string_view::npos && text.find_first_of(":/?#") + 1 == slashes)) {
    const std::size_t begin = slashes + 2;
    const std::size_t end = std::min(text.find_first_of("/?#", begin), text.size());
    if (!is_authority(text.substr(begin, end - begin))) return false;
    if (text.find_first_of("[]", end) != std::string_view::npos) return false;
  } else if (text.find_first_of("[]") != std::string_view::npos) {
    return false;
  }
  constexpr std::string_view k_others = "-._~:/?#[]@!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    } else if (!is_digit(text[i]) && !is_letter(text[i]) &&
               k_others.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return std::count(text.begin(), text.end(), '#') <= 1;
}

bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || !is_letter(text.front())) return false;
  const std::string_view scheme = text.substr(0, colon);
  return std::all_of(scheme.begin(), scheme.end(),
                     [](char c) {
                       return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
                     }) &&
         is_uri_reference(text);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
      return false;
  }
  return true;
}

bool is_regex(std::string_view text) {
  try {
    static_cast<void>(lang::matches_fully(*lang::make_pattern(std::string(text)), ""));
    return true;
  } catch (const lang::ScriptException&) {
    return false;
  }
}

struct FormatRow {
  std::string_view name;
  bool (*test)(std::string_view text);
};

constexpr std::array k_formats = {
    FormatRow{"date", is_date},         FormatRow{"date-time", is_date_time},
    FormatRow{"duration", is_duration}, FormatRow{"email", is_email},
    FormatRow{"hostname", is_hostname}, FormatRow{"ipv4", is_ipv4},
    FormatRow{"ipv6", is_ipv6},         FormatRow{"json-pointer", is_json_pointer},
    FormatRow{"regex", is_regex},       FormatRow{"time", is_time},
    FormatRow{"uri", is_uri},           FormatRow{"uri-reference", is_uri_reference},
    FormatRow{"uuid", is_uuid},
};

}  // namespace

bool has_format(std::string_view text, std::string_view format) {
  const auto* const row =
      std::find_if(k_formats.begin(), k_formats.end(),
                   [&](const FormatRow& known) { return known.name == format; });
  return row == k_formats.end() || row->test(text);
}

bool is_path_format(std::string_view format) {
  return format == "file-path" || format == "directory-path" || format == "path" ||
         format == "file-path-pattern";
}

}  // namespace weir::schema
