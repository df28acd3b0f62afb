#pragma once

#include "jobs/job.hpp"

#include <optional>
#include <string_view>

namespace weir::jobs {

/// What happens to a job.
enum class Trigger {
  start,       ///< an owner takes it
  confirm,     ///< what was to be started runs
  cancel,      ///< somebody asks for its end
  end_ok,      ///< its owner, or its exit record, says it ended well
  end_bad,     ///< its owner, or its exit record, says it failed
  requeue,     ///< its owner gives it back unharmed
  owner_gone,  ///< its owner is dead or past its lease, and no exit record exists
  expire,      ///< it waited longer than it may
};

/// All that a decision depends on.
struct Standing {
  JobKind kind = JobKind::run;
  JobState state = JobState::queued;
  bool attempts_left = false;    ///< another start is allowed
  bool deadline_passed = false;  ///< its cancel came from its own time limit
};

/// Where a job goes. `reason` is the default; callers that know better replace it when it is not
/// empty.
struct Move {
  JobState to = JobState::queued;
  std::string_view reason;
  friend bool operator==(const Move&, const Move&) = default;
};

/// The one state machine of all jobs; pure. Nothing: the trigger means nothing in that state, leave
/// the job alone.
///
/// Unites the tables of preprocess-cache-jobs 2.1 and run-control 3.3. Where they differ: only
/// preprocessing jobs are taken up again after their owner has gone (a run or a service that
/// vanished is `lost`, because what it did to the outside is unknown), and a recorded wish to
/// cancel wins over an end that arrives later.
[[nodiscard]] std::optional<Move> next_state(const Standing& standing, Trigger trigger);

}  // namespace weir::jobs
