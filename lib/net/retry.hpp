#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::net {

/// How often and how patiently a request is made again.
struct RetryPolicy {
  int tries_max = 5;  ///< in a row without a byte gained
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds longest{30'000};
};

/// How long to wait after `failures` tries in a row failed: doubling, with the upper half drawn at
/// random (`random`), so that many clients do not come back at once; never sooner than the server
/// asked for.
[[nodiscard]] std::chrono::milliseconds pause_after(
    const RetryPolicy& policy, int failures, std::optional<std::chrono::milliseconds> asked_for,
    std::uint64_t random);

/// The seconds of a `Retry-After` header, at most `longest`; its other form, a date, is ignored.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view text, std::chrono::seconds longest = std::chrono::hours(1));

}  // namespace weir::net
