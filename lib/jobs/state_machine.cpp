#include "jobs/state_machine.hpp"

namespace weir::jobs {
namespace {

using enum JobState;

std::optional<Move> from_queued(const Standing& standing, Trigger trigger) {
  switch (trigger) {
    case Trigger::start: return Move{starting, ""};
    case Trigger::cancel: return Move{cancelled, "user_cancel"};
    case Trigger::expire:
      // A run was not wanted any more; a file was, and there was nobody to work on it.
      return standing.kind == JobKind::preprocess ? Move{failed, "capacity"}
                                                  : Move{cancelled, "queue_timeout"};
    default: return std::nullopt;
  }
}

/// What becomes of a job whose owner vanished without a word.
Move abandoned(const Standing& standing) {
  if (standing.kind == JobKind::preprocess) {
    return standing.attempts_left ? Move{queued, "owner_lost"} : Move{failed, "lease"};
  }
  // Before it ran it did nothing; afterwards nobody knows what it did.
  return standing.state == starting ? Move{failed, "launch_error"} : Move{lost, "owner_lost"};
}

std::optional<Move> from_starting(const Standing& standing, Trigger trigger) {
  switch (trigger) {
    case Trigger::confirm: return Move{running, ""};
    case Trigger::cancel: return Move{cancelling, "user_cancel"};
    // An exit record proves that it ran, even if the confirmation was never written.
    case Trigger::end_ok: return Move{succeeded, ""};
    case Trigger::end_bad: return Move{failed, "launch_error"};
    case Trigger::requeue: return Move{queued, "requeued"};
    case Trigger::owner_gone: return abandoned(standing);
    default: return std::nullopt;
  }
}

std::optional<Move> from_running(const Standing& standing, Trigger trigger) {
  switch (trigger) {
    case Trigger::cancel: return Move{cancelling, "user_cancel"};
    case Trigger::end_ok: return Move{succeeded, ""};
    case Trigger::end_bad: return Move{failed, "failed"};
    case Trigger::requeue: return Move{queued, "requeued"};
    case Trigger::owner_gone: return abandoned(standing);
    default: return std::nullopt;
  }
}

/// The recorded wish to end it wins over whatever its end looks like; its own time limit makes it a
/// failure.
std::optional<Move> from_cancelling(const Standing& standing, Trigger trigger) {
  switch (trigger) {
    case Trigger::end_ok:
    case Trigger::end_bad:
    case Trigger::requeue:
    case Trigger::owner_gone:
      return standing.deadline_passed ? Move{failed, "deadline"} : Move{cancelled, "user_cancel"};
    default: return std::nullopt;
  }
}

std::optional<Move> from_lost(Trigger trigger) {
  switch (trigger) {
    case Trigger::end_ok: return Move{succeeded, "corrected"};
    case Trigger::end_bad: return Move{failed, "corrected"};
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<Move> next_state(const Standing& standing, Trigger trigger) {
  switch (standing.state) {
    case queued: return from_queued(standing, trigger);
    case starting: return from_starting(standing, trigger);
    case running: return from_running(standing, trigger);
    case cancelling: return from_cancelling(standing, trigger);
    case lost: return from_lost(trigger);
    case succeeded:
    case failed:
    case cancelled: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace weir::jobs
