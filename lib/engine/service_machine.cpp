// The transitions T1-T25 of the specification's service table; each is quoted where it is made.
//
// A tree that is not empty yet goes through KILLING before a failure is concluded: resources are
// free only when the tree is empty. `outcome_` says what the end will be.
#include "engine/service_machine.hpp"

#include <algorithm>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = ServiceAction::Kind;
using Timer = ServiceAction::Timer;

constexpr milliseconds k_stuck_after{5000};
constexpr milliseconds k_backoff_min{1000};
constexpr milliseconds k_backoff_max{30000};
constexpr std::chrono::minutes k_restart_window{10};

ServiceAction act(Kind kind, std::string text = {}) {
  ServiceAction action;
  action.kind = kind;
  action.text = std::move(text);
  return action;
}

ServiceAction start_timer(Timer timer, milliseconds delay) {
  ServiceAction action;
  action.kind = Kind::start_timer;
  action.timer = timer;
  action.delay = delay;
  return action;
}

ServiceAction stop_timer(Timer timer) {
  ServiceAction action;
  action.kind = Kind::stop_timer;
  action.timer = timer;
  return action;
}

ServiceAction stop_tree(milliseconds grace) {
  ServiceAction action;
  action.kind = Kind::stop_tree;
  action.delay = grace;
  return action;
}

/// 1, 2, 4 … 30 s after the first, second, third … failure.
milliseconds backoff_after(int failures) {
  milliseconds delay = k_backoff_min;
  for (int i = 1; i < failures && delay < k_backoff_max; ++i) delay *= 2;
  return std::min(delay, k_backoff_max);
}

}  // namespace

std::string_view name_of(ServiceState state) {
  switch (state) {
    case ServiceState::declared: return "declared";
    case ServiceState::idle: return "idle";
    case ServiceState::gated: return "gated";
    case ServiceState::starting: return "starting";
    case ServiceState::readying: return "readying";
    case ServiceState::ready: return "ready";
    case ServiceState::draining: return "draining";
    case ServiceState::stopping: return "stopping";
    case ServiceState::killing: return "killing";
    case ServiceState::stopped: return "stopped";
    case ServiceState::failed_start: return "failed_start";
    case ServiceState::crashed: return "crashed";
    case ServiceState::skipped: return "skipped";
    case ServiceState::lost: return "lost";
  }
  return "unknown";
}

bool is_terminal(ServiceState state) {
  return state == ServiceState::stopped || state == ServiceState::failed_start ||
         state == ServiceState::crashed || state == ServiceState::skipped ||
         state == ServiceState::lost;
}

ServiceMachine::ServiceMachine(Policy policy) : policy_(std::move(policy)) {}

bool ServiceMachine::ended_cleanly() const {
  if (state_ != ServiceState::stopped || forced_ || stuck_) return false;
  if (exit_.status == 0 || exit_.signal == policy_.settings.stop_signal) return true;
  const std::vector<int>& good = policy_.settings.success_exits;
  return std::find(good.begin(), good.end(), exit_.status) != good.end();
}

bool ServiceMachine::is_up() const {
  return state_ == ServiceState::ready || state_ == ServiceState::draining;
}

std::string ServiceMachine::describe_exit() const {
  return exit_.signal != 0 ? "was ended by signal " + std::to_string(exit_.signal)
                           : "ended with status " + std::to_string(exit_.status);
}

bool ServiceMachine::may_restart() const {
  return policy_.settings.on_exit == OnExit::restart && !stop_requested_ && !stuck_ &&
         crashes_.size() <= static_cast<std::size_t>(policy_.settings.restart_limit);
}

/// What the loss of a service in use means: for its consumers alone, or for the whole run.
ServiceAction ServiceMachine::loss() const {
  const bool consumers_only = policy_.settings.on_exit == OnExit::fail_consumers || may_restart();
  return act(consumers_only ? Kind::lose_consumers : Kind::abort_run, failure_);
}

ServiceMachine::Actions ServiceMachine::enter_gated(Actions actions) {
  state_ = ServiceState::gated;
  actions.push_back(act(Kind::ask_gates));
  return actions;
}

ServiceMachine::Actions ServiceMachine::skip() {
  state_ = ServiceState::skipped;
  return {act(Kind::end)};
}

/// The stop command first when there is one; the signal follows when it fails or half the grace has
/// passed.
ServiceMachine::Actions ServiceMachine::begin_stop(Actions actions, Outcome outcome) {
  state_ = ServiceState::stopping;
  outcome_ = outcome;
  const ServiceSettings& settings = policy_.settings;
  if (settings.stop_command.empty()) {
    actions.push_back(stop_tree(settings.grace));
  } else {
    actions.push_back(act(Kind::run_stop_command));
    actions.push_back(start_timer(Timer::stop_command, settings.grace / 2));
  }
  actions.push_back(start_timer(Timer::grace, settings.grace));
  return actions;
}

ServiceMachine::Actions ServiceMachine::begin_kill(Actions actions, Outcome outcome) {
  state_ = ServiceState::killing;
  outcome_ = outcome;
  actions.push_back(act(Kind::kill_tree));
  actions.push_back(start_timer(Timer::stuck, k_stuck_after));
  return actions;
}

ServiceMachine::Actions ServiceMachine::inputs_complete() {
  if (state_ != ServiceState::declared) return {};
  inputs_complete_ = true;
  state_ = ServiceState::idle;  // T1
  if (stop_requested_ || consumers_closed_) return skip();
  if (demanded_ || policy_.settings.eager) return enter_gated({});  // T2
  return {};
}

ServiceMachine::Actions ServiceMachine::demanded() {
  demanded_ = true;
  if (state_ == ServiceState::idle && !stop_requested_) return enter_gated({});  // T2
  if (state_ == ServiceState::draining && !leader_exited_) {                     // T18
    state_ = ServiceState::ready;
    consumers_closed_ = false;
    return {stop_timer(Timer::linger)};
  }
  return {};
}

ServiceMachine::Actions ServiceMachine::demand_gone() {
  demanded_ = false;
  if (state_ != ServiceState::gated || policy_.settings.eager) return {};
  // T5, as far as more demand may come: back to IDLE; the end comes with `consumers_closed`.
  state_ = consumers_closed_ ? ServiceState::skipped : ServiceState::idle;
  Actions actions{act(Kind::cancel_gates), stop_timer(Timer::backoff)};
  if (state_ == ServiceState::skipped) actions.push_back(act(Kind::end));
  return actions;
}

ServiceMachine::Actions ServiceMachine::consumers_closed() {
  consumers_closed_ = true;
  switch (state_) {
    case ServiceState::declared:
    case ServiceState::idle: return skip();  // T3
    case ServiceState::gated: {              // T5
      Actions actions{act(Kind::cancel_gates), stop_timer(Timer::backoff)};
      Actions ended = skip();
      actions.insert(actions.end(), ended.begin(), ended.end());
      return actions;
    }
    case ServiceState::starting:  // K3: nobody is left before it was up
    case ServiceState::readying: return stop_requested();
    case ServiceState::ready:  // T12
      state_ = ServiceState::draining;
      if (policy_.settings.linger.count() == 0) return begin_stop({}, Outcome::stopped);  // T17
      return {start_timer(Timer::linger, policy_.settings.linger)};
    default: return {};
  }
}

ServiceMachine::Actions ServiceMachine::gates_passed() {
  if (state_ != ServiceState::gated) return {};
  state_ = ServiceState::starting;  // T4
  late_ = false;
  ++epoch_;
  leader_exited_ = false;
  exit_ = {};
  return {act(Kind::launch)};
}

ServiceMachine::Actions ServiceMachine::gates_failed(std::string why) {
  if (state_ != ServiceState::gated) return {};
  failure_ = std::move(why);
  return conclude_failed_start();
}

ServiceMachine::Actions ServiceMachine::executed() {
  // T8: a stop asked for before there was a child was latched by the state; the driver's stop_tree
  // follows the start.
  if (state_ != ServiceState::starting) return {};
  state_ = ServiceState::readying;  // T6
  return {start_timer(Timer::ready, policy_.settings.ready_timeout), act(Kind::watch)};
}

ServiceMachine::Actions ServiceMachine::execute_failed(const std::string& why) {
  if (state_ != ServiceState::starting && state_ != ServiceState::stopping &&
      state_ != ServiceState::killing)
    return {};
  Actions actions{stop_timer(Timer::grace), stop_timer(Timer::stop_command),
                  stop_timer(Timer::stuck)};
  if (state_ != ServiceState::starting) {  // it was not wanted any more
    state_ = ServiceState::stopped;
    actions.push_back(act(Kind::end));
    return actions;
  }
  failure_ = "service '" + policy_.name + "' could not be started: " + why;  // T7
  Actions more = conclude_failed_start();
  actions.insert(actions.end(), more.begin(), more.end());
  return actions;
}

ServiceMachine::Actions ServiceMachine::became_ready() {
  if (state_ != ServiceState::readying) return {};
  state_ = ServiceState::ready;  // T9
  return {act(Kind::unwatch), stop_timer(Timer::ready), act(Kind::bind)};
}

ServiceMachine::Actions ServiceMachine::probe_failed(const std::string& why,
                                                     std::chrono::nanoseconds now) {
  if (state_ == ServiceState::readying) {
    failure_ = "service '" + policy_.name + "' cannot become ready: " + why;
    return begin_stop({act(Kind::unwatch), stop_timer(Timer::ready)}, Outcome::failed_start);
  }
  if (state_ != ServiceState::ready) return {};
  failure_ = "service '" + policy_.name + "' does not answer any more: " + why;  // T15
  note_crash(now);
  return begin_stop({act(Kind::unwatch), loss()}, Outcome::crashed);
}

void ServiceMachine::note_crash(std::chrono::nanoseconds now) {
  while (!crashes_.empty() && now - crashes_.front() > k_restart_window) crashes_.pop_front();
  crashes_.push_back(now);
}

ServiceMachine::Actions ServiceMachine::leader_exited(ServiceExit exit,
                                                      std::chrono::nanoseconds now) {
  leader_exited_ = true;
  exit_ = exit;
  switch (state_) {
    case ServiceState::starting:
    case ServiceState::readying:  // T10: any exit, status 0 included
      failure_ = "service '" + policy_.name + "' " + describe_exit() + " before it was ready";
      return begin_kill({act(Kind::unwatch), stop_timer(Timer::ready)}, Outcome::failed_start);
    case ServiceState::draining:  // T14: nobody needs it any more
      return begin_kill({stop_timer(Timer::linger)}, Outcome::stopped);
    case ServiceState::ready: break;
    default: return {};
  }
  // T13; its last task may have asked it to end, which is T14 a moment early.
  failure_ = "service '" + policy_.name + "' " + describe_exit() + " while it was in use";
  const bool by_request = policy_.settings.on_exit == OnExit::abort && exit.only_last_task;
  if (exit.status == 0 && (policy_.settings.on_exit == OnExit::allow_zero || by_request)) {
    failure_.clear();
    return begin_kill({}, Outcome::stopped);
  }
  note_crash(now);
  return begin_kill({act(Kind::unwatch), loss()}, Outcome::crashed);
}

ServiceMachine::Actions ServiceMachine::tree_emptied() {
  if (state_ != ServiceState::stopping && state_ != ServiceState::killing) return {};
  return conclude();  // T19, T21
}

ServiceMachine::Actions ServiceMachine::stop_requested() {
  stop_requested_ = true;
  switch (state_) {
    case ServiceState::declared:
    case ServiceState::idle: return skip();
    case ServiceState::gated: {
      Actions actions{act(Kind::cancel_gates), stop_timer(Timer::backoff)};
      Actions ended = skip();
      actions.insert(actions.end(), ended.begin(), ended.end());
      return actions;
    }
    case ServiceState::starting:
    case ServiceState::readying:  // T8
      return begin_stop({act(Kind::unwatch), stop_timer(Timer::ready)}, Outcome::stopped);
    case ServiceState::ready:
    case ServiceState::draining:  // T16
      return begin_stop({stop_timer(Timer::linger)}, Outcome::stopped);
    default: return {};
  }
}

ServiceMachine::Actions ServiceMachine::kill_requested() {
  stop_requested_ = true;
  if (state_ == ServiceState::starting || state_ == ServiceState::readying || is_up()) {
    forced_ = true;
    return begin_kill({act(Kind::unwatch), stop_timer(Timer::ready), stop_timer(Timer::linger)},
                      Outcome::stopped);
  }
  if (state_ == ServiceState::stopping) {
    forced_ = true;
    return begin_kill({stop_timer(Timer::grace), stop_timer(Timer::stop_command)}, outcome_);
  }
  return stop_requested();
}

ServiceMachine::Actions ServiceMachine::stop_command_ended(int status) {
  if (state_ != ServiceState::stopping || status == 0) return {};
  return timer_fired(Timer::stop_command);
}

ServiceMachine::Actions ServiceMachine::timer_fired(Timer timer, const std::string& why) {
  if (timer == Timer::ready && state_ == ServiceState::readying) {  // T11
    late_ = true;
    failure_ =
        "service '" + policy_.name + "' was not ready in time" + (why.empty() ? "" : ": " + why);
    return begin_stop({act(Kind::unwatch)}, Outcome::failed_start);
  }
  if (timer == Timer::linger && state_ == ServiceState::draining)
    return begin_stop({}, Outcome::stopped);  // T17
  if (timer == Timer::stop_command && state_ == ServiceState::stopping)
    return {stop_timer(Timer::stop_command), stop_tree(policy_.settings.grace / 2)};
  if (timer == Timer::grace && state_ == ServiceState::stopping) {  // T20
    forced_ = true;
    Actions actions{act(
        Kind::warn, "service '" + policy_.name + "' did not stop within its grace and is killed")};
    return begin_kill(std::move(actions), outcome_);
  }
  if (timer == Timer::stuck && state_ == ServiceState::killing) {  // T22
    stuck_ = true;
    Actions actions{act(
        Kind::warn, "service '" + policy_.name + "' cannot be killed: its processes do not end")};
    Actions more = conclude();
    actions.insert(actions.end(), more.begin(), more.end());
    return actions;
  }
  if (timer == Timer::backoff && state_ == ServiceState::gated) return {act(Kind::ask_gates)};
  return {};
}

ServiceMachine::Actions ServiceMachine::guardian_lost() {
  if (is_terminal(state_) || state_ == ServiceState::declared || state_ == ServiceState::idle ||
      state_ == ServiceState::gated) {
    return {};
  }
  const bool wanted = !stop_requested_ && !consumers_closed_;  // T25
  state_ = ServiceState::lost;
  failure_ = "service '" + policy_.name + "' lost its guardian";
  Actions actions{act(Kind::unwatch)};
  if (wanted) actions.push_back(loss());
  actions.push_back(act(Kind::end, failure_));
  return actions;
}

ServiceMachine::Actions ServiceMachine::conclude() {
  if (outcome_ == Outcome::crashed) return conclude_crash();
  if (outcome_ == Outcome::failed_start) return conclude_failed_start();
  Actions actions{stop_timer(Timer::grace), stop_timer(Timer::stop_command),
                  stop_timer(Timer::stuck)};
  state_ = ServiceState::stopped;
  actions.push_back(act(Kind::end));
  return actions;
}

ServiceMachine::Actions ServiceMachine::conclude_failed_start() {
  Actions actions{stop_timer(Timer::grace), stop_timer(Timer::stop_command),
                  stop_timer(Timer::stuck)};
  ++failed_starts_;
  if (failed_starts_ < policy_.start_attempts && !stop_requested_) {  // T23
    state_ = ServiceState::gated;
    actions.push_back(act(Kind::warn, failure_ + "; trying again"));
    actions.push_back(start_timer(Timer::backoff, backoff_after(failed_starts_)));
    return actions;
  }
  state_ = ServiceState::failed_start;
  if (policy_.abort_on_failed_start && !stop_requested_)
    actions.push_back(act(Kind::abort_run, failure_));
  actions.push_back(act(Kind::end, failure_));
  return actions;
}

ServiceMachine::Actions ServiceMachine::conclude_crash() {
  Actions actions{stop_timer(Timer::grace), stop_timer(Timer::stop_command),
                  stop_timer(Timer::stuck)};
  if (may_restart()) {  // T24
    state_ = ServiceState::gated;
    actions.push_back(act(Kind::warn, failure_ + "; starting it again"));
    actions.push_back(
        start_timer(Timer::backoff, backoff_after(static_cast<int>(crashes_.size()))));
    return actions;
  }
  state_ = ServiceState::crashed;
  actions.push_back(act(Kind::end, failure_));
  return actions;
}

}  // namespace weir::engine
