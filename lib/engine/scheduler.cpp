#include "engine/scheduler.hpp"

#include "base/error.hpp"
#include "engine/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace weir::engine {
namespace {

// Fractions of cpus add up inexactly; a thousandth of a cpu decides nothing.
constexpr double k_cpu_slack = 1e-3;
constexpr ProcessId k_any_process = std::numeric_limits<ProcessId>::max();

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
  if (capacity_.accelerators > 0 && resources.accelerators > capacity_.accelerators) {
    return fmt::format("Process requirement exceeds available accelerators -- req: {}; avail: {}",
                       resources.accelerators, capacity_.accelerators);
  }
  return std::nullopt;
}

void Scheduler::ready(TaskId task, ProcessId process, const Resources& resources,
                      Promises promises) {
  WEIR_ASSERT(process < processes_.size());
  const bool limited = processes_[process].forks_max > 0;
  const LineKey key{resources.cpus, resources.memory_bytes, resources.accelerators,
                    limited ? process : k_any_process};
  const auto [line, is_new] = lines_.try_emplace(key);
  if (is_new) line->second.id = ++last_line_;
  ++line->second.members;
  waiting_.push_back({task, process, resources, 0, line, promises == Promises::yes});
}

bool Scheduler::fits(const Resources& resources) const {
  return resources.cpus <= free_.cpus + k_cpu_slack &&
         (capacity_.memory_bytes == 0 || resources.memory_bytes <= free_.memory_bytes) &&
         (capacity_.accelerators == 0 || resources.accelerators <= free_.accelerators) &&
         (capacity_.tasks == 0 || running_.size() < capacity_.tasks);
}

/// By its own process's limit, which costs nobody resources: such a task has no claim to them.
bool Scheduler::held_back(const Entry& entry) const {
  const Process& process = processes_[entry.process];
  return process.forks_max > 0 && process.running >= process.forks_max;
}

void Scheduler::account(const Entry& entry, int sign) {
  free_.cpus -= sign * entry.resources.cpus;
  free_.memory_bytes -= sign * entry.resources.memory_bytes;
  free_.accelerators -= sign * entry.resources.accelerators;
  processes_[entry.process].running += sign;
  if (entry.in_line) entry.line->second.running += static_cast<std::size_t>(sign);
}

TaskId Scheduler::start(Entries& from, Entries::iterator entry) {
  account(*entry, 1);
  const TaskId task = entry->task;
  running_.emplace(task, *entry);
  from.erase(entry);
  return task;
}

void Scheduler::forget(const Entry& entry) {
  if (--entry.line->second.members == 0) lines_.erase(entry.line);
}

std::optional<TaskId> Scheduler::take_next() {
  if (capacity_.tasks > 0 && running_.size() >= capacity_.tasks) return std::nullopt;
  // Promised tasks were first; resources that became free in another way are theirs.
  for (auto entry = promised_.begin(); entry != promised_.end(); ++entry) {
    if (held_back(*entry) || !fits(entry->resources)) continue;
    --entry->line->second.promised;
    return start(promised_, entry);
  }
  std::vector<Entry*> passed;
  for (auto entry = waiting_.begin(); entry != waiting_.end(); ++entry) {
    if (held_back(*entry)) continue;
    if (fits(entry->resources)) {
      for (Entry* one : passed) ++one->passed_by;
      return start(waiting_, entry);
    }
    if (entry->passed_by >= k_passes_max) return std::nullopt;
    passed.push_back(&*entry);
  }
  return std::nullopt;
}

std::optional<TaskId> Scheduler::promise_next() {
  for (auto entry = waiting_.begin(); entry != waiting_.end(); ++entry) {
    Line& line = entry->line->second;
    if (entry->in_line && line.running > 0 &&
        line.promised < k_promises_per_place * line.running + k_promises_more) {
      ++line.promised;
      promised_.splice(promised_.end(), waiting_, entry);
      return entry->task;
    }
    if (!held_back(*entry)) return std::nullopt;
  }
  return std::nullopt;
}

void Scheduler::promise_kept(TaskId task) {
  for (auto entry = promised_.begin(); entry != promised_.end(); ++entry) {
    if (entry->task != task) continue;
    --entry->line->second.promised;
    start(promised_, entry);
    return;
  }
}

void Scheduler::ended(TaskId task) {
  const auto running = running_.find(task);
  if (running != running_.end()) {
    account(running->second, -1);
    forget(running->second);
    running_.erase(running);
    return;
  }
  const auto withdraw = [&](Entries& entries) {
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
      if (entry->task != task) continue;
      if (&entries == &promised_) --entry->line->second.promised;
      forget(*entry);
      entries.erase(entry);
      return;
    }
  };
  withdraw(promised_);
  withdraw(waiting_);
}

std::uint64_t Scheduler::line_of(TaskId task) const {
  const auto running = running_.find(task);
  if (running != running_.end()) return running->second.line->second.id;
  const auto promised = std::find_if(promised_.begin(), promised_.end(),
                                     [task](const Entry& entry) { return entry.task == task; });
  WEIR_ASSERT(promised != promised_.end());
  return promised->line->second.id;
}

}  // namespace weir::engine
