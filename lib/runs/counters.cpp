#include "runs/counters.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace weir::runs {
namespace {

std::uint64_t key_of(const jobs::TaskRow& task) {
  constexpr int k_attempt_bits = 16;
  return static_cast<std::uint64_t>(task.task) << k_attempt_bits |
         (static_cast<std::uint64_t>(task.attempt) & 0xffff);
}

}  // namespace

void Counters::note(const jobs::TaskRow& task) {
  const std::uint64_t key = key_of(task);
  const auto live = live_.find(key);
  const std::string& state = task.state;
  if (state == "submitted" || state == "running") {
    if (ended_.contains(key)) return;
    const Stage stage = state == "running" ? Stage::running : Stage::submitted;
    if (live == live_.end()) {
      live_.emplace(key, stage);
      if (stage == Stage::running) ++running_;
    } else if (stage == Stage::running && live->second == Stage::submitted) {
      live->second = stage;
      ++running_;
    }
    return;
  }
  const auto [end, is_new_end] = ended_.try_emplace(key, state == "completed");
  const bool went_wrong = state == "failed" || state == "retried" || state == "ignored";
  // Its command ended well, and then an output was missing.
  if (went_wrong && std::exchange(end->second, false)) --totals_.succeeded;
  if (state == "retried" || state == "ignored") {
    // Says what becomes of an attempt that failed; it comes after the failure, or instead of it.
    auto [failed, is_new] = failed_.try_emplace(key);
    if (is_new) ++totals_.failed;
    if (failed->second.empty()) {
      failed->second = state;
      ++(state == "retried" ? totals_.retries : totals_.ignored);
    }
  } else if (state == "failed") {
    if (failed_.try_emplace(key).second) ++totals_.failed;
  } else if (is_new_end) {
    if (state == "completed") ++totals_.succeeded;
    if (state == "cached") ++totals_.cached;
    if (state == "stored") ++totals_.stored;
    if (state == "aborted" && live != live_.end()) ++totals_.aborted;
  }
  if (live == live_.end()) return;
  if (live->second == Stage::running) --running_;
  live_.erase(live);
}

std::int64_t Counters::total() const {
  return pending_ + static_cast<std::int64_t>(live_.size()) + totals_.succeeded +
         (totals_.failed - totals_.retries) + totals_.cached + totals_.stored + totals_.aborted;
}

std::int64_t Counters::completed() const {
  return totals_.succeeded + totals_.ignored + totals_.cached + totals_.stored;
}

std::optional<double> Counters::fraction() const {
  if (source_ == "none" || total() <= 0) return std::nullopt;
  return static_cast<double>(completed()) / static_cast<double>(total());
}

std::string Counters::to_json() const {
  const std::optional<double> part = fraction();
  const std::string percent =
      part.has_value() ? fmt::format("{:.1f}", std::floor(*part * 1000) / 10) : "null";
  const auto live = static_cast<std::int64_t>(live_.size());
  const std::string estimate = estimated_total_.has_value() && !final_
                                   ? fmt::format(R"(,"estimated_total":{})", *estimated_total_)
                                   : "";
  return fmt::format(
      R"({{"percent":{},"completed":{},"total":{},"total_final":{},"running":{},"submitted":{},)"
      R"("pending":{},"succeeded":{},"cached":{},"stored":{},"failed":{},"ignored":{},)"
      R"("retries":{},"aborted":{},"source":"{}","stale":{}{}}})",
      percent, completed(), total(), final_, running_known_ ? std::to_string(running_) : "null",
      running_known_ ? live - running_ : live, pending_, totals_.succeeded, totals_.cached,
      totals_.stored, totals_.failed, totals_.ignored, totals_.retries, totals_.aborted, source_,
      stale_, estimate);
}

std::string Counters::to_text() const {
  if (source_ == "none") return "progress unknown";
  return fmt::format("{} of {} tasks", completed(), total());
}

}  // namespace weir::runs
