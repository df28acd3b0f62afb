// How services of a pipeline start: their gates, the services that they use, their resources. And
// how a standstill that they cause is told (K7).
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/internal/service_link.hpp"
#include "engine/internal/service_link_parts.hpp"
#include "engine/task_directives.hpp"
#include "engine/task_observer.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::engine {

using lang::Value;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_standstill_look{1000};

/// Programs that hand what they start to somebody else: only a stop command reaches it there.
constexpr std::array<std::string_view, 6> k_launchers{"docker run -d",   "docker run --detach",
                                                      "podman run -d",   "podman run --detach",
                                                      "systemctl start", "systemd-run"};

}  // namespace

std::string ServiceStart::waits_for() const {
  if (ticket) return "its gates";
  if (ready.size() < wanted.size()) return "the services it uses";
  if (waits_for_room) return "room beside other services and their consumers";
  return aside ? "free resources" : "the pause before it is started again";
}

std::string text_of_setting(const Value& value) {
  if (value.kind() == lang::Kind::duration) return fmt::format("{}ms", value.as_int64());
  if (value.kind() == lang::Kind::memory) return fmt::format("{}", value.as_int64());
  return lang::to_text(value);
}

TaskRequest with_services(const TaskRequest& request,
                          const std::map<ServiceId, ServiceHandles>& ready) {
  TaskRequest placed = request;
  if (ready.empty()) return placed;
  for (Value& value : placed.values) {
    value = with_places(value, [&](const ServiceHandle& handle) {
      const ServiceHandles& handles = ready.at(handle.service);
      const auto& names = handles.paths.at(handle.output).names;
      return handles.work_dir + "/" + (names.empty() ? handle.name : names.front());
    });
  }
  return placed;
}

Resources known_resources(ProcessUnit& unit) {
  try {
    TaskContext context(unit, 0, 1);
    return resources_of(context);
  } catch (const std::exception&) {  // they depend on inputs: known when a task is made
    Resources unknown;
    unknown.cpus = 0;
    return unknown;
  }
}

void check_service(ProcessUnit& unit) {
  const auto refuse = [&](const std::string& why, const std::string& hint) {
    Error error(ErrorKind::usage, fmt::format("service '{}' {}", unit.qualified_name, why));
    error.with_hint(hint);
    return error;
  };
  TaskContext context(unit, 0, 1);
  const std::string executor = context.text("executor").value_or("local");
  if (executor != "local")
    throw refuse(fmt::format("is set to the executor '{}'", executor),
                 "services run on the machine that weir runs on: executor 'local'");
  if (context.text("scratch") && context.text("scratch") != "false")
    throw refuse("has the directive 'scratch'",
                 "its outputs would not be where they are waited for: remove the directive");
  if (unit.declaration.script_kind == lang::ScriptKind::exec)
    throw refuse("has an `exec:` block, which is no process of its own",
                 "write a `script:` that starts the server");
  if (!context.directive("publishDir").empty())
    throw refuse("has the directive 'publishDir'",
                 "its outputs are handles of what runs, not results: remove the directive");
  for (const lang::ProcessOutput& output : unit.declaration.outputs) {
    using Kind = lang::OutputKind;
    const bool fits = output.kind == Kind::path || output.kind == Kind::file ||
                      output.kind == Kind::val || output.kind == Kind::tuple;
    if (!fits)
      throw refuse("can only have path and val outputs",
                   "split it into a service and an ordinary process");
  }
}

std::vector<std::string> service_warnings(ProcessUnit& unit, const ServiceSettings& settings) {
  std::vector<std::string> warnings;
  if (!settings.stop_command.empty()) return warnings;
  const std::string_view script = unit.run.sources.text(unit.declaration.script_span);
  for (const std::string_view launcher : k_launchers) {
    if (!base::contains(script, launcher)) continue;
    warnings.push_back(
        fmt::format("service '{}' uses `{}`: what that starts is not stopped with "
                    "it -- set stopCommand",
                    unit.qualified_name, launcher));
  }
  return warnings;
}

void ServiceLink::begin_start(ServiceId id, std::function<void(std::string)> proceed) {
  const auto start = starts_.at(id);
  start->proceed = std::move(proceed);
  if (start->gate_request->gates.empty()) return ask_providers(start);
  start->ticket = keeper_->prepare(start->gate_request, [this, start](const GateOutcome& outcome) {
    start->ticket.reset();
    if (outcome.kind == GateOutcome::Kind::ready) return ask_providers(start);
    start->proceed(fmt::format("gate '{}': {}", outcome.gate, outcome.message));
  });
}

void ServiceLink::ask_providers(const std::shared_ptr<ServiceStart>& start) {
  if (start->wanted.empty()) return reserve(start);
  for (const ServiceId provider : start->wanted) {
    start->uses.push_back(
        manager_->use(provider, [this, start, provider](const ServiceHandles& handles) {
          if (start->uses.empty()) return;  // given up meanwhile
          if (!handles.failure.empty()) return start->proceed(handles.failure);
          start->ready[provider] = handles;
          if (start->ready.size() == start->wanted.size()) reserve(start);
        }));
    service_of_[start->uses.back()] = start->id;
  }
}

/// K8: a service starts only where one task of each of its consumers still fits beside all that
/// runs.
void ServiceLink::reserve(const std::shared_ptr<ServiceStart>& start) {
  std::set<std::size_t> others = running_;
  others.erase(start->place);
  start->waits_for_room = !capacity_.may_start(start->place, others);
  if (start->waits_for_room) return;
  start->counted = true;
  running_.insert(start->place);
  start->aside = run_.runner->set_aside(start->process, start->resources, [start] {
    if (start->aside) start->proceed("");
  });
}

void ServiceLink::reserve_waiting() {
  for (const auto& [id, start] : starts_) {
    if (start->waits_for_room) reserve(start);
  }
}

void ServiceLink::end_start(ServiceId id) {
  const auto found = starts_.find(id);
  if (found == starts_.end()) return;
  ServiceStart& start = *found->second;
  start.waits_for_room = false;
  if (start.ticket) keeper_->cancel(*std::exchange(start.ticket, std::nullopt));
  for (const ServiceUse use : std::exchange(start.uses, {})) {
    service_of_.erase(use);
    manager_->release(use);
  }
  start.ready.clear();
  if (start.aside) run_.runner->give_back(*std::exchange(start.aside, std::nullopt));
  if (!std::exchange(start.counted, false)) return;
  running_.erase(start.place);
  loop_.post([this] { reserve_waiting(); });
}

/// Services stand in the trace, the log and the journal like tasks.
void ServiceLink::note_attempt(const ServiceAttempt& attempt) {
  const auto found = starts_.find(attempt.id);
  if (found == starts_.end() || run_.runner == nullptr) return;
  const ServiceStart& start = *found->second;
  using Kind = TaskEvent::Kind;
  TaskEvent event;
  event.id = start.aside.value_or(0);
  event.process = start.process;
  event.process_name = start.name;
  event.name = attempt.spec->name;
  event.tag = attempt.spec->tag;
  event.hash = attempt.hash;
  event.work_dir = attempt.work_dir;
  event.script = attempt.spec->script;
  event.attempt = attempt.spec->attempt;
  event.native_id = attempt.leader;
  event.resources = start.resources;
  event.usage = attempt.usage;
  event.spec = attempt.spec;
  event.exit_status = attempt.exit_status;
  event.cause = attempt.failure;
  for (const Kind kind : {Kind::submitted, Kind::started}) {
    event.kind = kind;
    if (!attempt.ended) run_.runner->note(event);
  }
  if (!attempt.ended) return;
  event.kind = attempt.failure.empty() ? Kind::completed : Kind::failed;
  run_.runner->note(event);
}

void ServiceLink::state_changed(ServiceId id, const std::string& name, ServiceState state) {
  seen_[id] = {name, state, base::now_boot()};
  if (state == ServiceState::gated || is_terminal(state)) end_start(id);
  if (service_changed_) service_changed_(name, state);
}

void ServiceLink::watch_standstill() {
  if (!manager_) return;
  if (const Value* const scope = run_.config.find("services.standstillTimeout")) {
    const auto limit = base::parse_duration(text_of_setting(*scope));
    if (!limit || limit->count() <= 0)
      throw Error(ErrorKind::usage, "services.standstillTimeout is not a duration such as 60s");
    standstill_limit_ = *limit;
  }
  standstill_timer_ = loop_.after(std::min(k_standstill_look, standstill_limit_ / 2), [this] {
    standstill_timer_ = 0;
    look_for_standstill();
  });
}

/// K7: only services run, something waits for resources, and nothing else is going on.
void ServiceLink::look_for_standstill() {
  if (manager_->is_idle() && seen_.empty()) return watch_standstill();
  const TaskRunner::Facts facts = run_.runner->facts();
  bool stands = facts.running == 0 && (!keeper_ || !keeper_->in_flight());
  bool some_wait = facts.waiting > 0;
  for (const auto& [id, seen] : seen_) {
    const auto start = starts_.find(id);
    const bool waits = seen.state == ServiceState::gated && start != starts_.end() &&
                       (start->second->aside || start->second->waits_for_room);
    const bool quiet = seen.state == ServiceState::ready || seen.state == ServiceState::idle ||
                       seen.state == ServiceState::declared || is_terminal(seen.state);
    stands = stands && (quiet || waits);
    some_wait = some_wait || waits;
  }
  const auto now = base::now_boot();
  if (!stands || !some_wait || facts.steps != steps_seen_ || still_since_.count() == 0) {
    still_since_ = stands && some_wait ? now : std::chrono::nanoseconds(0);
    steps_seen_ = facts.steps;
    return watch_standstill();
  }
  if (now - still_since_ < standstill_limit_) return watch_standstill();
  std::string text = "nothing can start any more, since services keep what waits for it:";
  for (const auto& [id, seen] : seen_) {
    const auto start = starts_.find(id);
    const bool holds =
        start != starts_.end() && start->second->aside && seen.state == ServiceState::ready;
    const bool waits = start != starts_.end() && seen.state == ServiceState::gated;
    if (holds || waits)
      text += fmt::format("\n  service '{}' {} {} cpus", seen.name, holds ? "holds" : "waits for",
                          start->second->resources.cpus);
  }
  if (facts.waiting > 0)
    text += fmt::format("\n  task '{}' waits for {} cpus{}", facts.first_waiting,
                        facts.first_needs.cpus,
                        facts.waiting > 1 ? fmt::format(", with {} more", facts.waiting - 1) : "");
  text += fmt::format("\n  the machine has {} cpus", options_.machine.cpus);
  abort_(text);
}

}  // namespace weir::engine
