#include "jobs/state_machine.hpp"

#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

using namespace weir::jobs;

namespace {

using enum JobState;

/// One row of the table: everything that is not in it must leave the job alone.
struct Rule {
  JobState from;
  Trigger trigger;
  JobState to;
  std::string_view reason;
};

constexpr std::array k_common{
    Rule{queued, Trigger::start, starting, ""},
    Rule{queued, Trigger::cancel, cancelled, "user_cancel"},
    Rule{queued, Trigger::expire, cancelled, "queue_timeout"},
    Rule{starting, Trigger::confirm, running, ""},
    Rule{starting, Trigger::cancel, cancelling, "user_cancel"},
    Rule{starting, Trigger::end_ok, succeeded, ""},
    Rule{starting, Trigger::end_bad, failed, "launch_error"},
    Rule{starting, Trigger::requeue, queued, "requeued"},
    Rule{running, Trigger::cancel, cancelling, "user_cancel"},
    Rule{running, Trigger::end_ok, succeeded, ""},
    Rule{running, Trigger::end_bad, failed, "failed"},
    Rule{running, Trigger::requeue, queued, "requeued"},
    Rule{cancelling, Trigger::end_ok, cancelled, "user_cancel"},
    Rule{cancelling, Trigger::end_bad, cancelled, "user_cancel"},
    Rule{cancelling, Trigger::requeue, cancelled, "user_cancel"},
    Rule{cancelling, Trigger::owner_gone, cancelled, "user_cancel"},
    Rule{lost, Trigger::end_ok, succeeded, "corrected"},
    Rule{lost, Trigger::end_bad, failed, "corrected"},
};

std::optional<Move> expected(const Standing& standing, Trigger trigger) {
  const bool owner_gone = trigger == Trigger::owner_gone;
  if (owner_gone && (standing.state == starting || standing.state == running)) {
    if (standing.kind == JobKind::preprocess) {
      return standing.attempts_left ? Move{queued, "owner_lost"} : Move{failed, "lease"};
    }
    return standing.state == starting ? Move{failed, "launch_error"} : Move{lost, "owner_lost"};
  }
  if (standing.state == queued && trigger == Trigger::expire &&
      standing.kind == JobKind::preprocess)
    return Move{failed, "capacity"};
  for (const Rule& rule : k_common) {
    if (rule.from != standing.state || rule.trigger != trigger) continue;
    if (rule.from == cancelling && standing.deadline_passed) return Move{failed, "deadline"};
    return Move{rule.to, rule.reason};
  }
  return std::nullopt;
}

constexpr std::array k_kinds{JobKind::run, JobKind::preprocess, JobKind::service};
constexpr std::array k_states{queued,    starting, running,   cancelling,
                              succeeded, failed,   cancelled, lost};
constexpr std::array k_triggers{Trigger::start,      Trigger::confirm, Trigger::cancel,
                                Trigger::end_ok,     Trigger::end_bad, Trigger::requeue,
                                Trigger::owner_gone, Trigger::expire};

}  // namespace

TEST_CASE("every state answers every trigger as the table says, and no other") {
  for (const JobKind kind : k_kinds) {
    for (const JobState state : k_states) {
      for (const Trigger trigger : k_triggers) {
        for (const bool left : {false, true}) {
          for (const bool deadline : {false, true}) {
            const Standing standing{kind, state, left, deadline};
            CAPTURE(word_of(kind));
            CAPTURE(word_of(state));
            CAPTURE(static_cast<int>(trigger));
            CHECK((next_state(standing, trigger) == expected(standing, trigger)));
          }
        }
      }
    }
  }
}

TEST_CASE("nothing leaves a terminal state but the correction of a lost job") {
  for (const JobState state : {succeeded, failed, cancelled}) {
    for (const Trigger trigger : k_triggers) {
      CHECK_FALSE(next_state({JobKind::run, state, true, false}, trigger).has_value());
    }
  }
}

TEST_CASE("a recorded wish to cancel wins over a good end that comes later") {
  const std::optional<Move> move =
      next_state({JobKind::run, cancelling, false, false}, Trigger::end_ok);
  REQUIRE(move.has_value());
  CHECK(move->to == cancelled);
}

TEST_CASE("words and states are the same thing in both directions") {
  for (const JobState state : k_states) CHECK(parse_state(word_of(state)) == state);
  for (const JobKind kind : k_kinds) CHECK(parse_kind(word_of(kind)) == kind);
  CHECK_FALSE(parse_state("pending").has_value());
  CHECK_FALSE(parse_kind("").has_value());
}
