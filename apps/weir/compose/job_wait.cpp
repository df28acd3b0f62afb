#include "compose/job_wait.hpp"

#include "base/error.hpp"
#include "base/file_watch.hpp"
#include "base/text.hpp"
#include "jobs/recovery.hpp"
#include "runs/event_stream.hpp"
#include "runs/external_run.hpp"

#include <algorithm>

namespace weir::app {

bool wait_until(jobs::JobStore& store, const std::function<bool()>& ended,
                const std::optional<base::BootTime>& deadline, const std::atomic<bool>& stop) {
  using std::chrono::milliseconds;
  constexpr milliseconds k_look_anyway{200};  // an owner that is killed changes no file
  constexpr milliseconds k_gather{2};
  base::FileWatch watch;
  watch.add(store.state_dir());
  base::BootTime judged = base::now_boot();
  while (!ended()) {
    const base::BootTime now = base::now_boot();
    if (stop || (deadline.has_value() && now >= *deadline)) return false;
    milliseconds longest = k_look_anyway;
    if (deadline.has_value()) {
      longest = std::min(longest, std::chrono::ceil<milliseconds>(*deadline - now));
    }
    runs::wait_for_news(watch, longest, k_gather);
    if (base::now_boot() - judged < k_look_anyway) continue;
    judged = base::now_boot();
    static_cast<void>(jobs::recover(store, jobs::DryRun::no, runs::probe_end));
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
