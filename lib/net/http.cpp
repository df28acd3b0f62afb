#include "net/http.hpp"

#include "base/text.hpp"

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

}  // namespace weir::net
