#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/number_text.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>
#include <array>

// Methods of durations and memory sizes. Declared in method.hpp.

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

}  // namespace

MethodTable duration_methods() {
  return k_duration_methods;
}
MethodTable memory_methods() {
  return k_memory_methods;
}

}  // namespace weir::lang
