#include "preprocess/internal/heart.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace weir::preprocess {
namespace {

/// The owner stops so much before its lease ends, so that it has stopped when another may begin.
std::chrono::milliseconds margin(const Settings& settings) {
  return settings.lease / 4;
}

}  // namespace

Heart::Heart(const Settings& settings, jobs::Attempt attempt)
    : settings_(settings), attempt_(std::move(attempt)), thread_([this] { beat_until_told(); }) {}

Heart::~Heart() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Heart::note_progress(std::string_view stage, std::int64_t done_bytes,
                          std::int64_t total_bytes) {
  const std::lock_guard guard(mutex_);
  progress_ = {std::string(stage), done_bytes, total_bytes, true};
}

void Heart::give_up(Stopped why) {
  stopped_ = why;
  stop_ = true;
}

void Heart::beat_until_told() {
  std::unique_ptr<jobs::JobStore> store;
  const base::BootTime began = base::now_boot();
  base::BootTime beaten = began;
  std::chrono::milliseconds interval = settings_.cancel_check;
  if (settings_.time_limit.has_value()) interval = std::min(interval, *settings_.time_limit);
  while (true) {
    std::optional<Progress> shown;
    {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, interval, [this] { return ending_; })) return;
      if (progress_.fresh) shown = std::exchange(progress_, {});
    }
    const base::BootTime now = base::now_boot();
    // An unreachable database does not matter while the lease lasts; then the work must end without
    // it.
    try {
      if (store == nullptr) store = std::make_unique<jobs::JobStore>(settings_.state_dir);
      if (store->cancel_requested(attempt_)) return give_up(Stopped::cancelled);
      if (settings_.time_limit.has_value() && now - began > *settings_.time_limit) {
        store->cancel(attempt_.id, jobs::k_actor_time_limit, "its time limit");
        return give_up(Stopped::timed_out);
      }
      if (now - beaten >= settings_.heartbeat) {
        if (!store->heartbeat(attempt_, settings_.lease).owner) return give_up(Stopped::lost_lease);
        beaten = now;
      }
      if (shown.has_value()) {
        const double total = static_cast<double>(shown->total_bytes);
        const double fraction =
            shown->total_bytes > 0 ? static_cast<double>(shown->done_bytes) / total : -1;
        store->set_progress(
            attempt_, fraction,
            fmt::format("{} {}", shown->stage, base::format_bytes(shown->done_bytes)));
      }
    } catch (const Error& error) {
      base::log(base::LogLevel::debug, "heartbeat failed",
                {{"job", attempt_.id}, {"error", error.what()}});
    }
    if (base::now_boot() - beaten > settings_.lease - margin(settings_))
      return give_up(Stopped::lost_lease);
  }
}

}  // namespace weir::preprocess
