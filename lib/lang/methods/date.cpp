#include "lang/dates.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

// Methods of dates. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

constexpr std::int64_t k_years_max = 9999;  ///< moved by; beyond it a script is mistaken

const DateObject& date_of(Call call) {
  return call.self.get<DateObject>();
}

std::int32_t days_in_month(std::int64_t year, std::int32_t month) {
  const std::chrono::year_month_day_last last{
      std::chrono::year(static_cast<int>(year)),
      std::chrono::month_day_last(std::chrono::month(static_cast<unsigned>(month)))};
  return static_cast<std::int32_t>(static_cast<unsigned>(last.day()));
}

Value with_parts(Call call, const DateParts& parts) {
  const DateObject& date = date_of(call);
  return make<DateObject>(millis_of(parts, date.offset_seconds), date.flavour, date.offset_seconds);
}

/// A day that the month does not have becomes its last.
Value moved_months(Call call, std::int64_t months_per_unit, int sign) {
  const std::int64_t units = integer_argument(call, 0);
  if (units < -k_years_max * 12 || units > k_years_max * 12)
    throw script_error("DateTimeException", fmt::format("the date cannot be moved by {}", units));
  DateParts parts = date_parts(date_of(call));
  const std::int64_t months = parts.year * 12 + parts.month - 1 + sign * units * months_per_unit;
  parts.year = months / 12 - (months % 12 < 0 ? 1 : 0);
  parts.month = static_cast<std::int32_t>(months - parts.year * 12) + 1;
  parts.day = std::min(parts.day, days_in_month(parts.year, parts.month));
  return with_parts(call, parts);
}

Value moved(Call call, std::chrono::milliseconds unit, int sign) {
  const DateObject& date = date_of(call);
  return make<DateObject>(date.epoch_millis + sign * integer_argument(call, 0) * unit.count(),
                          date.flavour, date.offset_seconds);
}

Value with_day_of_month(Call call) {
  DateParts parts = date_parts(date_of(call));
  const std::int64_t day = integer_argument(call, 0);
  if (day < 1 || day > days_in_month(parts.year, parts.month))
    throw script_error("DateTimeException", fmt::format("the month has no day {}", day));
  parts.day = static_cast<std::int32_t>(day);
  return with_parts(call, parts);
}

Value day_of_week(Call call) {
  static constexpr std::array<std::string_view, 7> k_names = {
      "SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"};
  const std::int32_t weekday = date_parts(date_of(call)).weekday;
  // A week begins on Monday there.
  return make<EnumConstantObject>(
      "DayOfWeek", std::string(k_names[static_cast<std::size_t>(weekday)]), (weekday + 6) % 7);
}

Value month(Call call) {
  static constexpr std::array<std::string_view, 12> k_names = {
      "JANUARY", "FEBRUARY", "MARCH",     "APRIL",   "MAY",      "JUNE",
      "JULY",    "AUGUST",   "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};
  const DateParts parts = date_parts(date_of(call));
  const std::int32_t index = parts.month - 1;
  if (date_of(call).flavour == DateObject::Flavour::date) return Value::integer(index);
  return make<EnumConstantObject>("Month", std::string(k_names[static_cast<std::size_t>(index)]),
                                  index);
}

Value format_value(Call call) {
  const std::string pattern = call.has(0) ? to_text(call[0]) : "dd-MMM-yyyy HH:mm:ss";
  return Value::string(format_date(date_of(call), pattern));
}

Value is_later(Call call) {
  return Value::boolean(compare(call.self, call[0]) > 0);
}

Value is_earlier(Call call) {
  return Value::boolean(compare(call.self, call[0]) < 0);
}

constexpr std::array k_methods = {
    Method{"after", 1, 1, is_later, "whether it is later"},
    Method{"before", 1, 1, is_earlier, "whether it is earlier"},
    Method{"format", 0, 2, format_value, "by a pattern such as 'yyyy-MM-dd'"},
    Method{"getDayOfMonth", 0, 0,
           [](Call call) { return Value::number(date_parts(date_of(call)).day); },
           "the day of the month"},
    Method{"getDayOfWeek", 0, 0, day_of_week, "the day of the week"},
    Method{"getDayOfYear", 0, 0,
           [](Call call) { return Value::number(date_parts(date_of(call)).day_of_year); },
           "the day of the year"},
    Method{"getHour", 0, 0, [](Call call) { return Value::number(date_parts(date_of(call)).hour); },
           "the hour"},
    Method{"getMinute", 0, 0,
           [](Call call) { return Value::number(date_parts(date_of(call)).minute); }, "the minute"},
    Method{"getMonth", 0, 0, month, "the month; of a Date its number from 0, as in Java"},
    Method{"getMonthValue", 0, 0,
           [](Call call) { return Value::number(date_parts(date_of(call)).month); },
           "the month, 1 to 12"},
    Method{"getSecond", 0, 0,
           [](Call call) { return Value::number(date_parts(date_of(call)).second); }, "the second"},
    Method{"getTime", 0, 0,
           [](Call call) { return Value::long_integer(date_of(call).epoch_millis); },
           "milliseconds since 1970"},
    Method{"getYear", 0, 0,
           [](Call call) {
             return Value::number(date_parts(date_of(call)).year -
                                  (date_of(call).flavour == DateObject::Flavour::date ? 1900 : 0));
           },
           "the year; of a Date less 1900, as in Java"},
    Method{"isAfter", 1, 1, is_later, "whether it is later"},
    Method{"isBefore", 1, 1, is_earlier, "whether it is earlier"},
    Method{"isLeapYear", 0, 0,
           [](Call call) {
             const auto year = static_cast<int>(date_parts(date_of(call)).year);
             return Value::boolean(std::chrono::year(year).is_leap());
           },
           "whether its year has 366 days"},
    Method{"lengthOfMonth", 0, 0,
           [](Call call) {
             const DateParts parts = date_parts(date_of(call));
             return Value::integer(days_in_month(parts.year, parts.month));
           },
           "the days of its month"},
    Method{"minusDays", 1, 1, [](Call call) { return moved(call, std::chrono::days(1), -1); },
           "some days earlier"},
    Method{"minusHours", 1, 1, [](Call call) { return moved(call, std::chrono::hours(1), -1); },
           "some hours earlier"},
    Method{"minusMinutes", 1, 1, [](Call call) { return moved(call, std::chrono::minutes(1), -1); },
           "some minutes earlier"},
    Method{"minusMonths", 1, 1, [](Call call) { return moved_months(call, 1, -1); },
           "some months earlier"},
    Method{"minusSeconds", 1, 1, [](Call call) { return moved(call, std::chrono::seconds(1), -1); },
           "some seconds earlier"},
    Method{"minusWeeks", 1, 1, [](Call call) { return moved(call, std::chrono::weeks(1), -1); },
           "some weeks earlier"},
    Method{"minusYears", 1, 1, [](Call call) { return moved_months(call, 12, -1); },
           "some years earlier"},
    Method{"plusDays", 1, 1, [](Call call) { return moved(call, std::chrono::days(1), 1); },
           "some days later"},
    Method{"plusHours", 1, 1, [](Call call) { return moved(call, std::chrono::hours(1), 1); },
           "some hours later"},
    Method{"plusMinutes", 1, 1, [](Call call) { return moved(call, std::chrono::minutes(1), 1); },
           "some minutes later"},
    Method{"plusMonths", 1, 1, [](Call call) { return moved_months(call, 1, 1); },
           "some months later"},
    Method{"plusSeconds", 1, 1, [](Call call) { return moved(call, std::chrono::seconds(1), 1); },
           "some seconds later"},
    Method{"plusWeeks", 1, 1, [](Call call) { return moved(call, std::chrono::weeks(1), 1); },
           "some weeks later"},
    Method{"plusYears", 1, 1, [](Call call) { return moved_months(call, 12, 1); },
           "some years later"},
    Method{"toEpochMilli", 0, 0,
           [](Call call) { return Value::long_integer(date_of(call).epoch_millis); },
           "milliseconds since 1970"},
    Method{"toEpochSecond", 0, 0,
           [](Call call) { return Value::long_integer(date_of(call).epoch_millis / 1000); },
           "seconds since 1970"},
    Method{"toInstant", 0, 0,
           [](Call call) {
             return Value(
                 make<DateObject>(date_of(call).epoch_millis, DateObject::Flavour::instant));
           },
           "as an Instant"},
    Method{"withDayOfMonth", 1, 1, with_day_of_month, "another day of the same month"},
};

}  // namespace

MethodTable date_methods() {
  return k_methods;
}

}  // namespace weir::lang
