#pragma once

#include "base/clock.hpp"
#include "jobs/job_store.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <string>

namespace weir::app {

/// Asks whenever the table changes, and five times a second, until `ended` says so. False when
/// `deadline` passed or `stop` became true before. Settles what dead owners left meanwhile.
[[nodiscard]] bool wait_until(jobs::JobStore& store, const std::function<bool()>& ended,
                              const std::optional<base::BootTime>& deadline,
                              const std::atomic<bool>& stop);

/// The point in time that an option like `--timeout 2h` means. Throws Error (usage).
[[nodiscard]] std::optional<base::BootTime> deadline_of(const std::optional<std::string>& timeout);

}  // namespace weir::app
