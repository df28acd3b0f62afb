#pragma once

#include "lang/objects.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::lang {

/// As `toString()` of the date's class; java.util.Date in UTC.
[[nodiscard]] std::string date_text(const DateObject& date);
/// By a SimpleDateFormat or DateTimeFormatter pattern (letters y M d H h m s S E D a Z X z u w and
/// quoted text), in the date's own offset. Throws ScriptException (IllegalArgumentException) for
/// other letters.
[[nodiscard]] std::string format_date(const DateObject& date, std::string_view pattern);
/// The inverse, in UTC unless the text has an offset; nothing when the text does not fit the
/// pattern.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text,
                                                     std::string_view pattern);
/// ISO 8601: "2024-01-31", "2024-01-31T10:00:00", with offset or Z; nothing when it is none of
/// these.
[[nodiscard]] std::optional<std::int64_t> parse_iso_date(std::string_view text,
                                                         std::int32_t& offset_seconds);

/// The parts of a date in its own offset.
struct DateParts {
  std::int64_t year = 1970;
  std::int32_t month = 1;  ///< 1 to 12
  std::int32_t day = 1;
  std::int32_t hour = 0;
  std::int32_t minute = 0;
  std::int32_t second = 0;
  std::int32_t millisecond = 0;
  std::int32_t weekday = 4;  ///< 0 is Sunday
  std::int32_t day_of_year = 1;
};
[[nodiscard]] DateParts date_parts(const DateObject& date);
[[nodiscard]] std::int64_t millis_of(const DateParts& parts, std::int32_t offset_seconds);

}  // namespace weir::lang
