#include "engine/submit_pace.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>

namespace weir::engine {
namespace {

/// "2min", "sec", "5" (seconds), "" (a second).
std::optional<std::chrono::milliseconds> parse_span(std::string_view text) {
  const std::size_t unit_at = std::min(text.find_first_not_of("0123456789. "), text.size());
  const std::string_view count = base::trim(text.substr(0, unit_at));
  std::string unit(text.substr(unit_at));
  if (unit == "sec" || unit == "second" || unit == "seconds" || unit.empty()) unit = "s";
  if (unit == "min" || unit == "minute" || unit == "minutes") unit = "m";
  if (unit == "hour" || unit == "hours") unit = "h";
  if (unit == "day" || unit == "days") unit = "d";
  return base::parse_duration(std::string(count.empty() ? "1" : count) + unit);
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_submit_rate(std::string_view text) {
  text = base::trim(text);
  std::size_t count_end = text.find('/');
  std::size_t span_at = count_end + 1;
  if (count_end == std::string_view::npos)
    count_end = span_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto count = base::parse_double(base::trim(text.substr(0, count_end)));
  const auto span = parse_span(base::trim(text.substr(span_at)));
  if (!count || *count <= 0 || !span || span->count() <= 0) return std::nullopt;
  const double nanos = static_cast<double>(span->count()) * 1e6 / *count;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(nanos));
}

}  // namespace weir::engine
