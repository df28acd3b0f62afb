#include "lang/dates.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/classes.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

// Functions of durations, memory sizes, dates and their formats. Declared in classes.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

constexpr std::array k_duration = {
    Method{"between", 2, 2,
           [](Call call) {
             const DateObject* const from = call[0].as<DateObject>();
             const DateObject* const to = call[1].as<DateObject>();
             if (from == nullptr || to == nullptr)
               throw script_error("IllegalArgumentException", "Duration.between needs two dates");
             return Value::duration(
                 std::max<std::int64_t>(0, to->epoch_millis - from->epoch_millis));
           },
           "the time from one date to another"},
    Method{"of", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Duration"); },
           "as a duration"},
};

constexpr std::array k_memory = {
    Method{"of", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "MemoryUnit"); },
           "as a memory size"},
};

Value now(Call call, DateObject::Flavour flavour) {
  return make<DateObject>(call.interpreter.host().now_millis(), flavour);
}

Value parse_iso(Call call, DateObject::Flavour flavour) {
  std::int32_t offset = 0;
  const std::string text = text_argument(call, 0);
  const std::optional<std::int64_t> millis =
      call.has(1) ? parse_date(text, text_argument(call, 1)) : parse_iso_date(text, offset);
  if (!millis)
    throw script_error("DateTimeParseException", "Text '" + text + "' could not be parsed");
  return make<DateObject>(*millis, flavour, offset);
}

/// Year, month, day and, where there is one, the time of day.
Value from_parts(Call call, DateObject::Flavour flavour) {
  const auto part = [&](std::size_t index, std::int64_t least, std::int64_t most) {
    const std::int64_t value = integer_argument(call, index, 0);
    if (value < least || value > most)
      throw script_error("DateTimeException",
                         fmt::format("{} is not within {} and {}", value, least, most));
    return static_cast<std::int32_t>(value);
  };
  DateParts parts;
  parts.year = part(0, -9999, 9999);
  parts.month = part(1, 1, 12);
  parts.day = part(2, 1, 31);
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(parts.year)),
                                        std::chrono::month(static_cast<unsigned>(parts.month)),
                                        std::chrono::day(static_cast<unsigned>(parts.day))};
  if (!day.ok())
    throw script_error("DateTimeException", fmt::format("the month has no day {}", parts.day));
  parts.hour = part(3, 0, 23);
  parts.minute = part(4, 0, 59);
  parts.second = part(5, 0, 59);
  return make<DateObject>(millis_of(parts, 0), flavour);
}

template <DateObject::Flavour flavour>
constexpr std::array k_time = {
    Method{"now", 0, 1, [](Call call) { return now(call, flavour); }, "the present time, in UTC"},
    Method{"of", 3, 6, [](Call call) { return from_parts(call, flavour); }, "from its parts"},
    Method{"ofEpochMilli", 1, 1,
           [](Call call) { return Value(make<DateObject>(integer_argument(call, 0), flavour)); },
           "from milliseconds since 1970"},
    Method{"ofEpochSecond", 1, 1,
           [](Call call) {
             return Value(make<DateObject>(integer_argument(call, 0) * 1000, flavour));
           },
           "from seconds since 1970"},
    Method{"parse", 1, 2, [](Call call) { return parse_iso(call, flavour); },
           "reads an ISO 8601 date"},
};

/// As Java writes dates in English.
Value localized_pattern(Call call) {
  const std::string style = to_text(call[0]);
  if (style == "SHORT") return Value::string("M/d/yy, h:mm a");
  if (style == "MEDIUM") return Value::string("MMM d, yyyy, h:mm:ss a");
  throw script_error("DateTimeException", "the format style " + style + " is not served");
}

constexpr std::array k_date_format = {
    Method{"ofLocalizedDateTime", 1, 1, localized_pattern, "the date pattern of a style"},
    Method{"ofPattern", 1, 2, [](Call call) { return call[0]; }, "a date pattern"},
};

constexpr std::array k_date = {
    Method{"parse", 2, 2,
           [](Call call) {
             const std::optional<std::int64_t> millis =
                 parse_date(text_argument(call, 1), text_argument(call, 0));
             if (!millis)
               throw script_error("ParseException",
                                  "Unparseable date: \"" + text_argument(call, 1) + "\"");
             return Value(make<DateObject>(*millis, DateObject::Flavour::date));
           },
           "reads a date by a pattern"},
};

}  // namespace

MethodTable duration_class() {
  return k_duration;
}
MethodTable memory_class() {
  return k_memory;
}
MethodTable date_format_class() {
  return k_date_format;
}
MethodTable date_class() {
  return k_date;
}
MethodTable time_class(DateObject::Flavour flavour) {
  using Flavour = DateObject::Flavour;
  switch (flavour) {
    case Flavour::instant: return k_time<Flavour::instant>;
    case Flavour::offset_date_time: return k_time<Flavour::offset_date_time>;
    case Flavour::local_date_time: return k_time<Flavour::local_date_time>;
    case Flavour::local_date: return k_time<Flavour::local_date>;
    case Flavour::date: break;
  }
  return k_time<Flavour::date>;
}

}  // namespace weir::lang
