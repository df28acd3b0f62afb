#include "compose/job_wait.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "jobs/recovery.hpp"

#include <algorithm>
#include <thread>

namespace weir::app {

bool wait_until(jobs::JobStore& store, const std::function<bool()>& ended,
                const std::optional<base::BootTime>& deadline, const std::atomic<bool>& stop) {
  constexpr std::chrono::milliseconds k_first{5};
  constexpr std::chrono::milliseconds k_longest{200};
  std::chrono::milliseconds pause = k_first;
  while (!ended()) {
    if (stop || (deadline.has_value() && base::now_boot() >= *deadline)) return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, k_longest);
    static_cast<void>(jobs::recover(store));
  }
  return true;
}

std::optional<base::BootTime> deadline_of(const std::optional<std::string>& timeout) {
  if (!timeout.has_value()) return std::nullopt;
  const auto duration = base::parse_duration(*timeout);
  if (!duration.has_value()) {
    throw Error(ErrorKind::usage, "--timeout needs a duration, not '" + *timeout + "'")
        .with_hint("such as 90s, 15m or 2h");
  }
  return base::now_boot() + *duration;
}

}  // namespace weir::app
