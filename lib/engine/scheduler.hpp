#pragma once

#include "engine/task_spec.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace weir::engine {

/// What the machine has for tasks.
struct Capacity {
  double cpus = 1;
  std::int64_t memory_bytes = 0;  ///< 0: not accounted
  std::int64_t accelerators = 0;
  std::size_t tasks = 0;  ///< running at once; 0: no limit but the resources
};

/// Decides which task starts next. Told of events, answers with ids; does nothing itself.
///
/// First come, first served; a task that does not fit lets later ones pass, at most `k_passes_max`
/// of them, so that a large task is not kept waiting for ever by a stream of small ones.
class Scheduler {
 public:
  explicit Scheduler(Capacity capacity) : capacity_(capacity), free_(capacity) {}

  void add_process(std::int64_t max_forks) { processes_.push_back({max_forks, 0}); }

  /// Why a task can never run here, or nothing.
  [[nodiscard]] std::optional<std::string> objection(const Resources& resources) const;

  /// A task may start from now on.
  void ready(TaskId task, ProcessId process, const Resources& resources);
  /// The next task to start, taking its resources; nothing when none fits.
  [[nodiscard]] std::optional<TaskId> take_next();
  /// A running task has ended, or a waiting one is withdrawn.
  void ended(TaskId task);

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t running() const { return running_.size(); }

  static constexpr std::size_t k_passes_max = 256;

 private:
  struct Entry {
    TaskId task = 0;
    ProcessId process = 0;
    Resources resources;
    std::size_t passed_by = 0;
  };
  struct Process {
    std::int64_t forks_max = 0;
    std::int64_t running = 0;
  };
  [[nodiscard]] bool fits(const Resources& resources) const;
  void account(const Entry& entry, int sign);

  Capacity capacity_;
  Capacity free_;
  std::vector<Process> processes_;
  std::list<Entry> waiting_;
  std::unordered_map<TaskId, Entry> running_;
};

}  // namespace weir::engine
