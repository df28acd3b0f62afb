#include "engine/service_machine.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/service_settings.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace weir::engine;
using namespace std::chrono_literals;
using Kind = ServiceAction::Kind;
using Timer = ServiceAction::Timer;

namespace {

bool has(const ServiceMachine::Actions& actions, Kind kind) {
  return std::any_of(actions.begin(), actions.end(),
                     [&](const ServiceAction& action) { return action.kind == kind; });
}

std::chrono::milliseconds delay_of(const ServiceMachine::Actions& actions, Kind kind, Timer timer) {
  for (const ServiceAction& action : actions) {
    if (action.kind == kind && action.timer == timer) return action.delay;
  }
  return -1ms;
}

ServiceMachine::Policy policy() {
  ServiceMachine::Policy policy;
  policy.name = "db";
  return policy;
}

/// A machine brought to a state by the shortest way.
ServiceMachine machine_in(ServiceState state, ServiceMachine::Policy given = policy()) {
  ServiceMachine machine(std::move(given));
  if (state == ServiceState::declared) return machine;
  machine.inputs_complete();
  if (state == ServiceState::idle) return machine;
  machine.demanded();
  if (state == ServiceState::gated) return machine;
  machine.gates_passed();
  if (state == ServiceState::starting) return machine;
  machine.executed();
  if (state == ServiceState::readying) return machine;
  machine.became_ready();
  if (state == ServiceState::ready) return machine;
  if (state == ServiceState::draining) {
    machine.consumers_closed();
    return machine;
  }
  machine.stop_requested();
  if (state == ServiceState::stopping) return machine;
  machine.timer_fired(Timer::grace);
  return machine;
}

}  // namespace

TEST_SUITE_BEGIN("service_machine");

TEST_CASE("T1: complete inputs make it idle, and nothing runs yet") {
  ServiceMachine machine(policy());
  CHECK(machine.inputs_complete().empty());
  CHECK(machine.state() == ServiceState::idle);
}

TEST_CASE("T2: the first demand asks the gates; an eager service does not wait for it") {
  ServiceMachine machine = machine_in(ServiceState::idle);
  CHECK(has(machine.demanded(), Kind::ask_gates));
  CHECK(machine.state() == ServiceState::gated);
  auto eager = policy();
  eager.settings.eager = true;
  CHECK(machine_in(ServiceState::idle, eager).state() == ServiceState::gated);
}

TEST_CASE("T2: demand before the inputs are complete is remembered") {
  ServiceMachine machine(policy());
  CHECK(machine.demanded().empty());
  CHECK(has(machine.inputs_complete(), Kind::ask_gates));
}

TEST_CASE("T3: without demand it is skipped when every consumer has closed") {
  ServiceMachine machine = machine_in(ServiceState::idle);
  CHECK(has(machine.consumers_closed(), Kind::end));
  CHECK(machine.state() == ServiceState::skipped);
  CHECK(machine.epoch() == 0);
}

TEST_CASE("T4: passed gates launch it") {
  ServiceMachine machine = machine_in(ServiceState::gated);
  CHECK(has(machine.gates_passed(), Kind::launch));
  CHECK(machine.state() == ServiceState::starting);
  CHECK(machine.epoch() == 1);
}

TEST_CASE("T5: demand that disappears before the gates passed cancels them") {
  ServiceMachine machine = machine_in(ServiceState::gated);
  CHECK(has(machine.demand_gone(), Kind::cancel_gates));
  CHECK(machine.state() == ServiceState::idle);
  ServiceMachine closed = machine_in(ServiceState::gated);
  CHECK(has(closed.consumers_closed(), Kind::cancel_gates));
  CHECK(closed.state() == ServiceState::skipped);
}

TEST_CASE("T6: exec starts the ready clock and the watching") {
  ServiceMachine machine = machine_in(ServiceState::starting);
  const auto actions = machine.executed();
  CHECK(delay_of(actions, Kind::start_timer, Timer::ready) == 600s);
  CHECK(has(actions, Kind::watch));
  CHECK(machine.state() == ServiceState::readying);
}

TEST_CASE("T7: an exec that fails is a failed start that names the reason") {
  ServiceMachine machine = machine_in(ServiceState::starting);
  CHECK(has(machine.execute_failed("no such file"), Kind::abort_run));
  CHECK(machine.state() == ServiceState::failed_start);
  CHECK(weir::base::contains(machine.failure(), "no such file"));
}

TEST_CASE("T8: a stop before the program exists is latched") {
  ServiceMachine machine = machine_in(ServiceState::starting);
  CHECK(has(machine.stop_requested(), Kind::stop_tree));
  CHECK(machine.executed().empty());
  CHECK(machine.state() == ServiceState::stopping);
  machine.leader_exited({143, 15}, 0ns);
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::stopped);
  CHECK(machine.ended_cleanly());
}

TEST_CASE("T9: outputs are bound exactly once") {
  ServiceMachine machine = machine_in(ServiceState::readying);
  CHECK(has(machine.became_ready(), Kind::bind));
  CHECK(machine.state() == ServiceState::ready);
  CHECK(machine.became_ready().empty());
}

TEST_CASE("T10: any exit before it is ready is a failed start, status 0 included") {
  ServiceMachine machine = machine_in(ServiceState::readying);
  CHECK(has(machine.leader_exited({0, 0}, 0ns), Kind::kill_tree));
  CHECK(has(machine.tree_emptied(), Kind::abort_run));
  CHECK(machine.state() == ServiceState::failed_start);
  CHECK(weir::base::contains(machine.failure(), "status 0 before it was ready"));
}

TEST_CASE("T11: out of time it is stopped, and the last answer of the probes is told") {
  ServiceMachine machine = machine_in(ServiceState::readying);
  CHECK(has(machine.timer_fired(Timer::ready, "connection refused"), Kind::stop_tree));
  machine.leader_exited({143, 15}, 0ns);
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::failed_start);
  CHECK(weir::base::contains(machine.failure(), "not ready in time: connection refused"));
}

TEST_CASE("T12 and T17: the last consumer stops it, at once or after the linger time") {
  ServiceMachine machine = machine_in(ServiceState::ready);
  CHECK(has(machine.consumers_closed(), Kind::stop_tree));
  auto lingering = policy();
  lingering.settings.linger = 3s;
  ServiceMachine slow = machine_in(ServiceState::ready, lingering);
  CHECK(delay_of(slow.consumers_closed(), Kind::start_timer, Timer::linger) == 3s);
  CHECK(slow.state() == ServiceState::draining);
  CHECK(has(slow.timer_fired(Timer::linger), Kind::stop_tree));
}

TEST_CASE("T13: a death in use aborts the run by default") {
  ServiceMachine machine = machine_in(ServiceState::ready);
  const auto actions = machine.leader_exited({139, 11}, 0ns);
  CHECK(has(actions, Kind::abort_run));
  CHECK_FALSE(has(actions, Kind::lose_consumers));
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::crashed);
  CHECK(weir::base::contains(machine.failure(), "signal 11"));
}

TEST_CASE("T13: with fail_consumers only the consumers hear of it") {
  auto given = policy();
  given.settings.on_exit = OnExit::fail_consumers;
  ServiceMachine machine = machine_in(ServiceState::ready, given);
  const auto actions = machine.leader_exited({1, 0}, 0ns);
  CHECK(has(actions, Kind::lose_consumers));
  CHECK_FALSE(has(actions, Kind::abort_run));
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::crashed);
}

TEST_CASE("T13: with allow_zero an end with status 0 is no failure, any other is") {
  auto given = policy();
  given.settings.on_exit = OnExit::allow_zero;
  ServiceMachine machine = machine_in(ServiceState::ready, given);
  CHECK_FALSE(has(machine.leader_exited({0, 0}, 0ns), Kind::abort_run));
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::stopped);
  ServiceMachine other = machine_in(ServiceState::ready, given);
  CHECK(has(other.leader_exited({1, 0}, 0ns), Kind::abort_run));
}

TEST_CASE("T14: a server that its last task asked to end is no failure, any other end is") {
  ServiceMachine machine = machine_in(ServiceState::ready);
  const auto actions = machine.leader_exited({0, 0, true}, 0ns);
  CHECK_FALSE(has(actions, Kind::abort_run));
  CHECK(has(actions, Kind::kill_tree));
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::stopped);
  ServiceMachine failing = machine_in(ServiceState::ready);
  CHECK(has(failing.leader_exited({1, 0, true}, 0ns), Kind::abort_run));
}

TEST_CASE("T14: an exit after the last consumer closed is an ordinary end") {
  auto lingering = policy();
  lingering.settings.linger = 3s;
  ServiceMachine machine = machine_in(ServiceState::draining, lingering);
  CHECK_FALSE(has(machine.leader_exited({0, 0}, 0ns), Kind::abort_run));
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::stopped);
  CHECK(machine.failure().empty());
}

TEST_CASE("T15: a service that answers no more is lost like one that died") {
  ServiceMachine machine = machine_in(ServiceState::ready);
  CHECK(has(machine.probe_failed("refused"), Kind::abort_run));
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::crashed);
}

TEST_CASE("T16: an abort stops a ready service") {
  ServiceMachine machine = machine_in(ServiceState::ready);
  CHECK(has(machine.stop_requested(), Kind::stop_tree));
}

TEST_CASE("T18: new demand keeps a draining service") {
  auto lingering = policy();
  lingering.settings.linger = 3s;
  ServiceMachine machine = machine_in(ServiceState::draining, lingering);
  CHECK(has(machine.demanded(), Kind::stop_timer));
  CHECK(machine.state() == ServiceState::ready);
}

TEST_CASE("T19: an empty tree ends the stop; the exit is judged") {
  ServiceMachine machine = machine_in(ServiceState::stopping);
  machine.leader_exited({3, 0}, 0ns);
  CHECK(has(machine.tree_emptied(), Kind::end));
  CHECK(machine.state() == ServiceState::stopped);
  CHECK_FALSE(machine.ended_cleanly());
}

TEST_CASE("T20 and T21: after the grace the tree is killed, and that is told") {
  ServiceMachine machine = machine_in(ServiceState::stopping);
  const auto actions = machine.timer_fired(Timer::grace);
  CHECK(has(actions, Kind::kill_tree));
  CHECK(has(actions, Kind::warn));
  machine.leader_exited({137, 9}, 0ns);
  machine.tree_emptied();
  CHECK(machine.state() == ServiceState::stopped);
  CHECK(machine.was_forced());
}

TEST_CASE("T22: a tree that cannot be killed ends as stuck") {
  ServiceMachine machine = machine_in(ServiceState::killing);
  CHECK(has(machine.timer_fired(Timer::stuck), Kind::warn));
  CHECK(machine.is_stuck());
  CHECK(is_terminal(machine.state()));
}

TEST_CASE("T23: a failed start is tried again after growing pauses, as often as allowed") {
  auto given = policy();
  given.start_attempts = 3;
  ServiceMachine machine = machine_in(ServiceState::readying, given);
  for (const auto pause : {1s, 2s}) {
    machine.leader_exited({1, 0}, 0ns);
    CHECK(delay_of(machine.tree_emptied(), Kind::start_timer, Timer::backoff) == pause);
    CHECK(machine.state() == ServiceState::gated);
    CHECK(has(machine.timer_fired(Timer::backoff), Kind::ask_gates));
    machine.gates_passed();
    machine.executed();
  }
  CHECK(machine.epoch() == 3);
  machine.leader_exited({1, 0}, 0ns);
  CHECK(has(machine.tree_emptied(), Kind::abort_run));
  CHECK(machine.state() == ServiceState::failed_start);
}

TEST_CASE("T24: a crash restarts it in a new epoch, three times within ten minutes") {
  auto given = policy();
  given.settings.on_exit = OnExit::restart;
  ServiceMachine machine = machine_in(ServiceState::ready, given);
  std::chrono::nanoseconds now = 0ns;
  for (int i = 0; i < 3; ++i) {
    now += 1min;
    CHECK(has(machine.leader_exited({1, 0}, now), Kind::lose_consumers));
    machine.tree_emptied();
    REQUIRE(machine.state() == ServiceState::gated);
    machine.timer_fired(Timer::backoff);
    machine.gates_passed();
    machine.executed();
    CHECK(has(machine.became_ready(), Kind::bind));
  }
  CHECK(machine.epoch() == 4);
  ServiceMachine much_later = machine;
  CHECK(has(machine.leader_exited({1, 0}, now + 1min), Kind::abort_run));
  // The earlier crashes have left the window.
  CHECK(has(much_later.leader_exited({1, 0}, now + 1h), Kind::lose_consumers));
}

TEST_CASE("T25: without its guardian a service is lost") {
  ServiceMachine machine = machine_in(ServiceState::ready);
  const auto actions = machine.guardian_lost();
  CHECK(has(actions, Kind::abort_run));
  CHECK(has(actions, Kind::end));
  CHECK(machine.state() == ServiceState::lost);
}

TEST_CASE("K3: consumers that all closed before it was up stop it") {
  for (const ServiceState state : {ServiceState::starting, ServiceState::readying}) {
    ServiceMachine machine = machine_in(state);
    CHECK(has(machine.consumers_closed(), Kind::stop_tree));
    CHECK(machine.state() == ServiceState::stopping);
  }
}

TEST_CASE(
    "a stop command runs first; the signal follows when it fails or half the grace has passed") {
  auto given = policy();
  given.settings.stop_command = "pg_ctl stop";
  ServiceMachine machine = machine_in(ServiceState::ready, given);
  const auto actions = machine.stop_requested();
  CHECK(has(actions, Kind::run_stop_command));
  CHECK_FALSE(has(actions, Kind::stop_tree));
  CHECK(delay_of(actions, Kind::start_timer, Timer::stop_command) == 5s);
  CHECK(machine.stop_command_ended(0).empty());
  CHECK(has(machine.stop_command_ended(1), Kind::stop_tree));
}

TEST_CASE("a second interrupt kills without waiting for the grace") {
  ServiceMachine machine = machine_in(ServiceState::stopping);
  CHECK(has(machine.kill_requested(), Kind::kill_tree));
  CHECK(machine.was_forced());
}

TEST_CASE("a stop during a pause between attempts ends it") {
  auto given = policy();
  given.start_attempts = 2;
  ServiceMachine machine = machine_in(ServiceState::readying, given);
  machine.leader_exited({1, 0}, 0ns);
  machine.tree_emptied();
  CHECK(has(machine.stop_requested(), Kind::end));
  CHECK(is_terminal(machine.state()));
}

TEST_CASE("options are set by name, and unknown ones get the nearest") {
  ServiceSettings settings;
  set_service_option(settings, "grace", "30s");
  set_service_option(settings, "onExit", "restart");
  set_service_option(settings, "ready", "http://localhost:80/health");
  CHECK(settings.grace == 30s);
  CHECK(settings.on_exit == OnExit::restart);
  CHECK(probe_text(settings.probes.at(0)) == "http://localhost:80/health");
  try {
    set_service_option(settings, "grase", "1s");
    FAIL("not refused");
  } catch (const weir::Error& error) {
    CHECK(error.hint() == "did you mean 'grace'?");
  }
  CHECK_THROWS_AS(set_service_option(settings, "grace", "soon"), weir::Error);
  CHECK_THROWS_AS(set_service_option(settings, "ready", "ftp://x"), weir::Error);
  CHECK_THROWS_AS(set_service_option(settings, "stopSignal", "NONE"), weir::Error);
}

TEST_CASE("a variable in a probe's target is taken by its whole name") {
  ProbeSpec probe;
  probe.kind = ProbeSpec::Kind::tcp;
  probe.target = "127.0.0.1:$DB_PORT_PORT";
  const std::vector<std::string> variables{"DB_PORT=11", "DB_PORT_PORT=22"};
  CHECK(with_variables(probe, variables).target == "127.0.0.1:22");
  probe.target = "${DB_PORT}0:$DB_PORT/$OTHER/$";
  CHECK(with_variables(probe, variables).target == "110:11/$OTHER/$");
}

TEST_SUITE_END();
