#include "engine/retry_policy.hpp"

namespace weir::engine {

ErrorStrategy effective_strategy(const FailureDecision& decision, const FailureCounts& counts,
                                 bool unrecoverable) {
  if (decision.strategy == ErrorStrategy::retry) {
    const bool errors_left = decision.max_errors < 0 || counts.of_process < decision.max_errors;
    const bool retries_left = counts.of_task <= decision.max_retries;
    return !unrecoverable && errors_left && retries_left ? ErrorStrategy::retry
                                                         : ErrorStrategy::terminate;
  }
  if (decision.strategy == ErrorStrategy::ignore && unrecoverable) return ErrorStrategy::terminate;
  return decision.strategy;
}

}  // namespace weir::engine
