#include "engine/task_spec.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace weir::engine {

bool Arity::takes(std::size_t count) const {
  const auto number = static_cast<std::int64_t>(count);
  return number >= min && (max < 0 || number <= max);
}

std::string Arity::text() const {
  if (max < 0) return fmt::format("{}..*", min);
  return min == max ? fmt::format("{}", min) : fmt::format("{}..{}", min, max);
}

std::optional<Arity> parse_arity(const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto first = base::parse_int64(text.substr(0, dots));
  if (!first || *first < 0) return std::nullopt;
  if (dots == std::string::npos) return Arity{.min = *first, .max = *first};
  const std::string rest = text.substr(dots + 2);
  if (rest == "*") return Arity{.min = *first, .max = -1};
  const auto last = base::parse_int64(rest);
  if (!last || *last < *first) return std::nullopt;
  return Arity{.min = *first, .max = *last};
}

}  // namespace weir::engine
