#pragma once

#include "engine/task_spec.hpp"

#include <cstdint>

namespace weir::engine {

/// What has gone wrong so far, the failure in hand included.
struct FailureCounts {
  std::int64_t of_task = 1;     ///< failed attempts of this task
  std::int64_t of_process = 1;  ///< failed attempts of all tasks of the process
};

/// What really happens: `ignore` as asked; `retry` only while maxRetries and maxErrors allow it and
/// a retry can help; else `terminate`, or `finish` as asked.
[[nodiscard]] ErrorStrategy effective_strategy(const FailureDecision& decision,
                                               const FailureCounts& counts, bool unrecoverable);

}  // namespace weir::engine
