#include "engine/gate_machine.hpp"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_transient_min{1000};
constexpr milliseconds k_transient_max{300000};

}  // namespace

GateStep GateMachine::begin() {
  state_ = State::asking;
  GateStep step;
  step.kind = GateStep::Kind::ask;
  return step;
}

GateStep GateMachine::fail(GateAnswer answer) {
  state_ = State::over;
  GateStep step;
  step.kind = GateStep::Kind::failed;
  step.answer = std::move(answer);
  return step;
}

GateStep GateMachine::pause_for(milliseconds delay) {
  state_ = State::pausing;
  GateStep step;
  step.kind = GateStep::Kind::wait;
  step.delay = delay;
  return step;
}

GateStep GateMachine::answered(GateAnswer answer, double jitter) {
  if (state_ != State::asking) return {};  // late: it was cancelled or ran out of time
  const bool ready = answer.kind == GateAnswer::Kind::ready;
  if (ready && answer.valid_for && answer.valid_for->count() == 0) {
    // Taken at its word it would be asked again at once, for ever.
    answer.kind = GateAnswer::Kind::not_ready;
    answer.message = "it was ready until a moment that has passed";
  }
  reason_ = answer.message;
  switch (answer.kind) {
    case GateAnswer::Kind::ready:
    case GateAnswer::Kind::not_applicable: {
      state_ = State::over;
      GateStep step;
      step.kind = GateStep::Kind::passed;
      return step;
    }
    case GateAnswer::Kind::not_ready: {
      const milliseconds pause = answer.retry_after.value_or(pause_);
      pause_ = std::min(pause_ * 2, policy_.pause_max);
      return pause_for(pause);
    }
    case GateAnswer::Kind::transient: {
      if (++transient_failures_ > policy_.transient_limit) {
        answer.kind = GateAnswer::Kind::permanent;
        answer.message += " (" + std::to_string(transient_failures_) + " times)";
        return fail(std::move(answer));
      }
      milliseconds pause = k_transient_min;
      for (int i = 1; i < transient_failures_ && pause < k_transient_max; ++i) pause *= 2;
      pause = std::min(pause, k_transient_max);
      const auto spread =
          static_cast<milliseconds::rep>(static_cast<double>(pause.count()) * jitter / 4);
      return pause_for(answer.retry_after.value_or(pause + milliseconds(spread)));
    }
    case GateAnswer::Kind::permanent:
    case GateAnswer::Kind::unrecoverable: return fail(std::move(answer));
  }
  return {};
}

GateStep GateMachine::pause_ended() {
  return state_ == State::pausing ? begin() : GateStep{};
}

GateStep GateMachine::time_is_up() {
  if (state_ == State::over) return {};
  if (policy_.pass_on_timeout) {
    state_ = State::over;
    GateStep step;
    step.kind = GateStep::Kind::passed;
    step.warning = "gate '" + policy_.name + "' was not ready in time and is passed all the same";
    return step;
  }
  return fail({GateAnswer::Kind::permanent, "gate-timeout",
               "not ready within maxWait" + (reason_.empty() ? "" : ": " + reason_), std::nullopt});
}

}  // namespace weir::engine
