#include "net/http.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace weir::net {
namespace {

std::optional<std::int64_t> parse_count(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return base::parse_int64(text);
}

}  // namespace

std::optional<std::string> HttpHead::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::int64_t> HttpHead::content_length() const {
  const std::optional<std::string> text = header("content-length");
  return text.has_value() ? parse_count(*text) : std::nullopt;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view k_unit = "bytes ";
  if (!text.starts_with(k_unit)) return std::nullopt;
  text.remove_prefix(k_unit.size());
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash)
    return std::nullopt;
  const std::optional<std::int64_t> first = parse_count(text.substr(0, dash));
  const std::optional<std::int64_t> last = parse_count(text.substr(dash + 1, slash - dash - 1));
  if (!first.has_value() || !last.has_value() || *last < *first) return std::nullopt;
  const std::string_view total = text.substr(slash + 1);
  ContentRange range{*first, *last, parse_count(total)};
  if (!range.total.has_value() && total != "*") return std::nullopt;
  if (range.total.has_value() && *range.total <= *last) return std::nullopt;
  return range;
}

std::optional<base::WallTime> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> k_months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  text = base::trim(text);
  constexpr std::size_t k_length = 29;  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != k_length || !text.ends_with(" GMT") || text.substr(3, 2) != ", ")
    return std::nullopt;
  const auto month = std::find(k_months.begin(), k_months.end(), text.substr(8, 3));
  const auto day = parse_count(text.substr(5, 2));
  const auto year = parse_count(text.substr(12, 4));
  const auto hour = parse_count(text.substr(17, 2));
  const auto minute = parse_count(text.substr(20, 2));
  const auto second = parse_count(text.substr(23, 2));
  if (month == k_months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date(
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(month - k_months.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return base::WallTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

}  // namespace weir::net
