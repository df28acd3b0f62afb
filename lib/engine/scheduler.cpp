#include "engine/scheduler.hpp"

#include "base/error.hpp"
#include "engine/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {
namespace {

// Fractions of cpus add up inexactly; a thousandth of a cpu decides nothing.
constexpr double k_cpu_slack = 1e-3;

}  // namespace

std::optional<std::string> Scheduler::objection(const Resources& resources) const {
  if (resources.cpus > capacity_.cpus + k_cpu_slack) {
    return fmt::format("Process requirement exceeds available CPUs -- req: {}; avail: {}",
                       resources.cpus, capacity_.cpus);
  }
  if (capacity_.memory_bytes > 0 && resources.memory_bytes > capacity_.memory_bytes) {
    return fmt::format("Process requirement exceeds available memory -- req: {}; avail: {}",
                       size_text(resources.memory_bytes), size_text(capacity_.memory_bytes));
  }
  if (resources.accelerators > capacity_.accelerators) {
    return fmt::format("Process requirement exceeds available accelerators -- req: {}; avail: {}",
                       resources.accelerators, capacity_.accelerators);
  }
  return std::nullopt;
}

void Scheduler::ready(TaskId task, ProcessId process, const Resources& resources) {
  WEIR_ASSERT(process < processes_.size());
  waiting_.push_back({task, process, resources, 0});
}

bool Scheduler::fits(const Resources& resources) const {
  return resources.cpus <= free_.cpus + k_cpu_slack &&
         (capacity_.memory_bytes == 0 || resources.memory_bytes <= free_.memory_bytes) &&
         resources.accelerators <= free_.accelerators &&
         (capacity_.tasks == 0 || running_.size() < capacity_.tasks);
}

void Scheduler::account(const Entry& entry, int sign) {
  free_.cpus -= sign * entry.resources.cpus;
  free_.memory_bytes -= sign * entry.resources.memory_bytes;
  free_.accelerators -= sign * entry.resources.accelerators;
  processes_[entry.process].running += sign;
}

std::optional<TaskId> Scheduler::take_next() {
  if (capacity_.tasks > 0 && running_.size() >= capacity_.tasks) return std::nullopt;
  std::vector<Entry*> passed;
  for (auto entry = waiting_.begin(); entry != waiting_.end(); ++entry) {
    const Process& process = processes_[entry->process];
    // Its own process's limit holds a task back without costing anybody resources: no claim to
    // them.
    if (process.forks_max > 0 && process.running >= process.forks_max) continue;
    if (fits(entry->resources)) {
      for (Entry* one : passed) ++one->passed_by;
      account(*entry, 1);
      const TaskId task = entry->task;
      running_.emplace(task, *entry);
      waiting_.erase(entry);
      return task;
    }
    if (entry->passed_by >= k_passes_max) return std::nullopt;
    passed.push_back(&*entry);
  }
  return std::nullopt;
}

void Scheduler::ended(TaskId task) {
  const auto running = running_.find(task);
  if (running != running_.end()) {
    account(running->second, -1);
    running_.erase(running);
    return;
  }
  waiting_.remove_if([&](const Entry& entry) { return entry.task == task; });
}

}  // namespace weir::engine
