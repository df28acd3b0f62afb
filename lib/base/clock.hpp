#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir::base {

/// Wall time, for people and APIs only: it may jump.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// Time since boot, suspend included (CLOCK_BOOTTIME): for leases, limits and durations; valid with
/// `boot_id()`.
using BootTime = std::chrono::nanoseconds;

[[nodiscard]] WallTime now_wall();
[[nodiscard]] BootTime now_boot();
/// The wall time at a moment of this boot, by what the clock says now.
[[nodiscard]] WallTime wall_at(BootTime moment);
/// The kernel's identifier of this boot; a time from another boot means nothing here.
[[nodiscard]] const std::string& boot_id();

/// RFC 3339 in UTC with milliseconds: 2026-01-31T12:00:00.123Z.
[[nodiscard]] std::string to_rfc3339(WallTime time);
/// In the machine's time zone, to the second: 2026-01-31 13:00:00.
[[nodiscard]] std::string to_local_text(WallTime time);
[[nodiscard]] inline std::int64_t to_millis(WallTime time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline WallTime from_millis(std::int64_t millis) {
  return WallTime(std::chrono::milliseconds(millis));
}

}  // namespace weir::base
