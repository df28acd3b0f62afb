#include "net/retry.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace weir::net {

using std::chrono::milliseconds;

milliseconds pause_after(const RetryPolicy& policy, int failures,
                         std::optional<milliseconds> asked_for, std::uint64_t random) {
  milliseconds pause = policy.first;
  for (int i = 1; i < failures && pause < policy.longest; ++i) pause *= 2;
  pause = std::min(pause, policy.longest);
  const auto half = static_cast<std::uint64_t>(pause.count() / 2);
  pause -= milliseconds(static_cast<std::int64_t>(half == 0 ? 0 : random % half));
  return std::max(pause, asked_for.value_or(milliseconds(0)));
}

std::optional<milliseconds> parse_retry_after(std::string_view text, std::chrono::seconds longest) {
  const std::optional<std::int64_t> seconds = base::parse_int64(base::trim(text));
  if (!seconds.has_value() || *seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min<std::int64_t>(*seconds, longest.count()));
}

}  // namespace weir::net
