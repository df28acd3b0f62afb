#include "engine/memory_watch.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace weir::engine {
namespace {

/// One look costs some milliseconds on a busy machine.
constexpr std::chrono::milliseconds k_delay_min{250};
constexpr std::chrono::milliseconds k_delay_max{4000};

}  // namespace

void MemoryWatch::add(TaskId task, pid_t leader) {
  tasks_[task] = {leader, std::nullopt};
  if (timer_ == 0 || delay_ > k_delay_min) look_after(k_delay_min);
}

std::optional<base::ProcessMemory> MemoryWatch::remove(TaskId task) {
  const auto found = tasks_.find(task);
  if (found == tasks_.end()) return std::nullopt;
  const std::optional<base::ProcessMemory> most = found->second.most;
  tasks_.erase(found);
  return most;
}

void MemoryWatch::look_after(std::chrono::milliseconds delay) {
  loop_.cancel(timer_);
  delay_ = delay;
  timer_ = loop_.after(delay, [this] { look(); });
}

void MemoryWatch::look() {
  timer_ = 0;
  if (tasks_.empty()) return;  // the next one that is added begins again
  std::vector<pid_t> leaders;
  for (const auto& [task, watched] : tasks_) leaders.push_back(watched.leader);
  const std::vector<base::ProcessMemory> now = base::memory_of_trees(leaders);
  std::size_t next = 0;
  for (auto& [task, watched] : tasks_) {
    const base::ProcessMemory& seen = now[next++];
    if (seen.address_space == 0) continue;  // it has just ended
    base::ProcessMemory most = watched.most.value_or(base::ProcessMemory{});
    most.resident = std::max(most.resident, seen.resident);
    most.address_space = std::max(most.address_space, seen.address_space);
    most.address_space_peak = std::max(most.address_space_peak, seen.address_space_peak);
    watched.most = most;
  }
  look_after(std::min(2 * delay_, k_delay_max));
}

}  // namespace weir::engine
