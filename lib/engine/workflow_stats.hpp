#pragma once

#include "engine/task_observer.hpp"
#include "lang/value.hpp"

#include <cstdint>
#include <unordered_set>

namespace weir::engine {

/// What became of the tasks of a run so far, as `workflow.stats` tells it.
class WorkflowStats final : public TaskObserver {
 public:
  struct Counts {
    std::int64_t succeeded = 0;
    std::int64_t cached = 0;
    std::int64_t failed = 0;  ///< attempts, those that were ignored or retried included
    std::int64_t ignored = 0;
    std::int64_t retries = 0;
    std::int64_t aborted = 0;
    std::int64_t submitted = 0;  ///< and not started yet
    std::int64_t running = 0;
    double load_cpus = 0;  ///< of the running ones, by what they asked for
    std::int64_t load_memory_bytes = 0;
    std::int64_t peak_running = 0;
    double peak_cpus = 0;
    std::int64_t peak_memory_bytes = 0;
    std::int64_t succeeded_millis = 0;  ///< running time times CPUs asked for
    std::int64_t failed_millis = 0;
    std::int64_t cached_millis = 0;  ///< of the tasks when they ran
  };

  void on_task(const TaskEvent& event) override;
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  void begin(const TaskEvent& event);
  void end(const TaskEvent& event);

  Counts counts_;
  std::unordered_set<TaskId> submitted_;
  std::unordered_set<TaskId> running_;
};

/// The counts as they are now, by upstream's names (WorkflowStats of Nextflow 26.04).
[[nodiscard]] lang::Value stats_value(const WorkflowStats::Counts& counts);

}  // namespace weir::engine
