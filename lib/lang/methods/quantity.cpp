#include "lang/dates.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/number_text.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>
#include <array>

// Methods of durations, memory sizes and dates. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

Value in_unit(Call call, std::int64_t unit) {
  return Value::long_integer(call.self.as_int64() / unit);
}

/// `format("HH:mm:ss")`: the largest unit takes the rest of those above it.
Value format_duration(Call call) {
  std::int64_t rest = call.self.as_int64();
  const std::string pattern = text_argument(call, 0);
  std::string text;
  for (const auto& [letter, millis] : std::array<std::pair<char, std::int64_t>, 5>{
           {{'d', 86'400'000}, {'H', 3'600'000}, {'m', 60'000}, {'s', 1'000}, {'S', 1}}}) {
    if (pattern.find(letter) == std::string::npos) continue;
    const std::int64_t amount = rest / millis;
    rest %= millis;
    text += letter;
    text += std::to_string(amount) + ";";
  }
  const auto amount_of = [&](char letter) {
    const std::size_t at = text.find(letter);
    return text.substr(at + 1, text.find(';', at) - at - 1);
  };
  std::string result;
  for (std::size_t i = 0; i < pattern.size();) {
    std::size_t end = i;
    while (end < pattern.size() && pattern[end] == pattern[i]) ++end;
    if (std::string_view("dHmsS").find(pattern[i]) == std::string_view::npos) {
      result.append(pattern, i, end - i);
    } else {
      const std::string amount = amount_of(pattern[i]);
      if (amount.size() < end - i) result.append(end - i - amount.size(), '0');
      result += amount;
    }
    i = end;
  }
  return Value::string(std::move(result));
}

Value arithmetic(Call call, Value (*operation)(Interpreter&, const Value&, const Value&)) {
  return operation(call.interpreter, call.self, call[0]);
}

constexpr std::int64_t k_second = 1'000;
constexpr std::int64_t k_minute = 60 * k_second;
constexpr std::int64_t k_hour = 60 * k_minute;
constexpr std::int64_t k_day = 24 * k_hour;

constexpr std::array k_duration_methods = {
    Method{"div", 1, 1, [](Call call) { return arithmetic(call, divide); }, "a fraction of it"},
    Method{"format", 1, 1, format_duration, "by a pattern of d, H, m, s, S"},
    Method{"getDays", 0, 0, [](Call call) { return in_unit(call, k_day); }, "in days, cut"},
    Method{"getDurationInMillis", 0, 0, [](Call call) { return in_unit(call, 1); },
           "in milliseconds"},
    Method{"getHours", 0, 0, [](Call call) { return in_unit(call, k_hour); }, "in hours, cut"},
    Method{"getMillis", 0, 0, [](Call call) { return in_unit(call, 1); }, "in milliseconds"},
    Method{"getMinutes", 0, 0, [](Call call) { return in_unit(call, k_minute); },
           "in minutes, cut"},
    Method{"getSeconds", 0, 0, [](Call call) { return in_unit(call, k_second); },
           "in seconds, cut"},
    Method{"minus", 1, 1, [](Call call) { return arithmetic(call, subtract); }, "the difference"},
    Method{"multiply", 1, 1, [](Call call) { return arithmetic(call, multiply); },
           "a multiple of it"},
    Method{"plus", 1, 1, [](Call call) { return arithmetic(call, add); }, "the sum"},
    Method{"toDays", 0, 0, [](Call call) { return in_unit(call, k_day); }, "in days, cut"},
    Method{"toHours", 0, 0, [](Call call) { return in_unit(call, k_hour); }, "in hours, cut"},
    Method{"toMillis", 0, 0, [](Call call) { return in_unit(call, 1); }, "in milliseconds"},
    Method{"toMinutes", 0, 0, [](Call call) { return in_unit(call, k_minute); }, "in minutes, cut"},
    Method{"toSeconds", 0, 0, [](Call call) { return in_unit(call, k_second); }, "in seconds, cut"},
};

Value to_unit(Call call) {
  const std::string unit = text_argument(call, 0);
  const int power = memory_unit_power(unit);
  if (power < 0) throw script_error("IllegalArgumentException", "not a valid memory unit: " + unit);
  return Value::long_integer(power >= 7 ? 0 : call.self.as_int64() >> (10 * power));
}

constexpr std::array k_memory_methods = {
    Method{"div", 1, 1, [](Call call) { return arithmetic(call, divide); }, "a fraction of it"},
    Method{"getBytes", 0, 0, [](Call call) { return in_unit(call, 1); }, "in bytes"},
    Method{"getGiga", 0, 0, [](Call call) { return in_unit(call, 1LL << 30); }, "in GB, cut"},
    Method{"getKilo", 0, 0, [](Call call) { return in_unit(call, 1LL << 10); }, "in KB, cut"},
    Method{"getMega", 0, 0, [](Call call) { return in_unit(call, 1LL << 20); }, "in MB, cut"},
    Method{"minus", 1, 1, [](Call call) { return arithmetic(call, subtract); }, "the difference"},
    Method{"multiply", 1, 1, [](Call call) { return arithmetic(call, multiply); },
           "a multiple of it"},
    Method{"plus", 1, 1, [](Call call) { return arithmetic(call, add); }, "the sum"},
    Method{"toBytes", 0, 0, [](Call call) { return in_unit(call, 1); }, "in bytes"},
    Method{"toGiga", 0, 0, [](Call call) { return in_unit(call, 1LL << 30); }, "in GB, cut"},
    Method{"toKilo", 0, 0, [](Call call) { return in_unit(call, 1LL << 10); }, "in KB, cut"},
    Method{"toMega", 0, 0, [](Call call) { return in_unit(call, 1LL << 20); }, "in MB, cut"},
    Method{"toUnit", 1, 1, to_unit, "in a unit such as 'GB', cut"},
};

const DateObject& date_of(Call call) {
  return call.self.get<DateObject>();
}

Value date_part(Call call, std::int64_t value) {
  static_cast<void>(call);
  return Value::number(value);
}

Value moved(Call call, std::int64_t unit_millis, int sign) {
  const DateObject& date = date_of(call);
  return make<DateObject>(date.epoch_millis + sign * integer_argument(call, 0) * unit_millis,
                          date.flavour, date.offset_seconds);
}

Value format_value(Call call) {
  const std::string pattern = call.has(0) ? to_text(call[0]) : "dd-MMM-yyyy HH:mm:ss";
  return Value::string(format_date(date_of(call), pattern));
}

constexpr std::array k_date_methods = {
    Method{"after", 1, 1, [](Call call) { return Value::boolean(compare(call.self, call[0]) > 0); },
           "whether it is later"},
    Method{"before", 1, 1,
           [](Call call) { return Value::boolean(compare(call.self, call[0]) < 0); },
           "whether it is earlier"},
    Method{"format", 0, 2, format_value, "by a pattern such as 'yyyy-MM-dd'"},
    Method{"getDayOfMonth", 0, 0,
           [](Call call) { return date_part(call, date_parts(date_of(call)).day); },
           "the day of the month"},
    Method{"getDayOfYear", 0, 0,
           [](Call call) { return date_part(call, date_parts(date_of(call)).day_of_year); },
           "the day of the year"},
    Method{"getHour", 0, 0,
           [](Call call) { return date_part(call, date_parts(date_of(call)).hour); }, "the hour"},
    Method{"getMinute", 0, 0,
           [](Call call) { return date_part(call, date_parts(date_of(call)).minute); },
           "the minute"},
    Method{"getMonthValue", 0, 0,
           [](Call call) { return date_part(call, date_parts(date_of(call)).month); },
           "the month, 1 to 12"},
    Method{"getSecond", 0, 0,
           [](Call call) { return date_part(call, date_parts(date_of(call)).second); },
           "the second"},
    Method{"getTime", 0, 0,
           [](Call call) { return Value::long_integer(date_of(call).epoch_millis); },
           "milliseconds since 1970"},
    Method{"getYear", 0, 0,
           [](Call call) {
             return date_part(call,
                              date_parts(date_of(call)).year -
                                  (date_of(call).flavour == DateObject::Flavour::date ? 1900 : 0));
           },
           "the year; of a Date less 1900, as in Java"},
    Method{"isAfter", 1, 1,
           [](Call call) { return Value::boolean(compare(call.self, call[0]) > 0); },
           "whether it is later"},
    Method{"isBefore", 1, 1,
           [](Call call) { return Value::boolean(compare(call.self, call[0]) < 0); },
           "whether it is earlier"},
    Method{"minusDays", 1, 1, [](Call call) { return moved(call, k_day, -1); },
           "some days earlier"},
    Method{"minusHours", 1, 1, [](Call call) { return moved(call, k_hour, -1); },
           "some hours earlier"},
    Method{"plusDays", 1, 1, [](Call call) { return moved(call, k_day, 1); }, "some days later"},
    Method{"plusHours", 1, 1, [](Call call) { return moved(call, k_hour, 1); }, "some hours later"},
    Method{"plusMinutes", 1, 1, [](Call call) { return moved(call, k_minute, 1); },
           "some minutes later"},
    Method{"plusSeconds", 1, 1, [](Call call) { return moved(call, k_second, 1); },
           "some seconds later"},
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
};

}  // namespace

MethodTable duration_methods() {
  return k_duration_methods;
}
MethodTable memory_methods() {
  return k_memory_methods;
}
MethodTable date_methods() {
  return k_date_methods;
}

}  // namespace weir::lang
