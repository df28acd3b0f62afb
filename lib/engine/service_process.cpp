#include "engine/service_process.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process_host.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "engine/internal/service_channels.hpp"
#include "engine/liveness.hpp"
#include "engine/log_capture.hpp"
#include "engine/readiness.hpp"
#include "engine/service_registry.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

namespace weir::engine {

using base::EventLoop;
using base::ProcessHost;
using Action = ServiceAction;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t k_token_digits = 32;
constexpr std::size_t k_timers = 6;
/// How much later than the machine the host kills what does not stop.
constexpr milliseconds k_second_line{1000};

}  // namespace

struct ServiceProcess::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, Options given, Handlers given_handlers)
      : loop(event_loop),
        options(std::move(given)),
        handlers(std::move(given_handlers)),
        machine(options.policy) {}

  EventLoop& loop;
  Options options;
  Handlers handlers;
  ServiceMachine machine;
  std::deque<Action> queue;
  bool acting = false;
  ServiceState told = ServiceState::declared;
  std::array<EventLoop::Id, k_timers> timers{};

  // Of the service's life as a whole
  std::string token = base::random_hex(k_token_digits);
  std::unique_ptr<ProcessHost> host;
  /// Runs probe and stop commands: the guardian has the service's tree and no other, so that
  /// whatever appears below it is of the service, however it hides.
  std::unique_ptr<ProcessHost> helpers;
  std::optional<ServiceEntry> entry;
  std::optional<internal::ServiceChannels> channels;

  // Of the present epoch
  ServiceLaunch launch;
  std::optional<ProcessHost::Id> tree;
  pid_t leader = 0;
  std::unique_ptr<LogCapture> output;
  std::unique_ptr<LogCapture> errors;
  std::unique_ptr<Readiness> readiness;
  std::unique_ptr<Liveness> liveness;
  std::string recent;

  // Waiting to be destroyed outside their own handlers
  std::unique_ptr<ProcessHost> old_host;
  std::unique_ptr<ProcessHost> old_helpers;
  std::unique_ptr<Readiness> old_readiness;
  std::unique_ptr<Liveness> old_liveness;

  [[nodiscard]] const ServiceSettings& settings() const { return options.policy.settings; }

  // Events go to the machine; its actions are carried out in order, those of nested events after
  // them.

  void feed(ServiceMachine::Actions actions) {
    for (Action& action : actions) queue.push_back(std::move(action));
    if (acting) return;
    const auto keep = shared_from_this();
    acting = true;
    tell_state();
    while (!queue.empty()) {
      const Action action = std::move(queue.front());
      queue.pop_front();
      perform(action);
      tell_state();
    }
    acting = false;
  }

  void tell_state() {
    if (machine.state() == told) return;
    told = machine.state();
    if (handlers.changed) handlers.changed(told);
  }

  void perform(const Action& action) {
    switch (action.kind) {
      case Action::Kind::ask_gates:
        if (handlers.ask_gates) return handlers.ask_gates();
        return feed(machine.gates_passed());
      case Action::Kind::cancel_gates:
        if (handlers.cancel_gates) handlers.cancel_gates();
        return;
      case Action::Kind::launch: return prepare_launch();
      case Action::Kind::watch: return watch();
      case Action::Kind::unwatch: return unwatch();
      case Action::Kind::bind:
        watch_liveness();
        if (handlers.ready) handlers.ready();
        return;
      case Action::Kind::start_timer: return start_timer(action.timer, action.delay);
      case Action::Kind::stop_timer: return stop_timer(action.timer);
      case Action::Kind::run_stop_command: return run_stop_command();
      case Action::Kind::stop_tree: return stop_tree(settings().stop_signal, action.delay);
      case Action::Kind::kill_tree: return stop_tree(SIGKILL, milliseconds(0));
      case Action::Kind::lose_consumers:
        if (handlers.lose_consumers) handlers.lose_consumers(action.text);
        return;
      case Action::Kind::abort_run:
        if (handlers.abort_run) handlers.abort_run(action.text);
        return;
      case Action::Kind::warn:
        if (handlers.warn) handlers.warn(action.text);
        return;
      case Action::Kind::end: return end();
    }
  }

  void start_timer(Action::Timer timer, milliseconds delay) {
    stop_timer(timer);
    timers.at(static_cast<std::size_t>(timer)) =
        loop.after(delay, [weak = weak_from_this(), timer] {
          const auto self = weak.lock();
          if (!self) return;
          self->timers.at(static_cast<std::size_t>(timer)) = 0;
          self->feed(self->machine.timer_fired(
              timer, self->readiness ? self->readiness->missing() : std::string{}));
        });
  }

  void stop_timer(Action::Timer timer) {
    EventLoop::Id& id = timers.at(static_cast<std::size_t>(timer));
    if (id != 0) loop.cancel(std::exchange(id, 0));
  }

  // Starting

  void prepare_launch() {
    const int epoch = machine.epoch();
    tree.reset();
    handlers.launch(epoch, [weak = weak_from_this(), epoch](ServiceLaunch prepared) {
      const auto self = weak.lock();
      if (!self || self->machine.epoch() != epoch) return;
      self->start(std::move(prepared));
    });
  }

  void start(ServiceLaunch prepared) {
    launch = std::move(prepared);
    // A stop that came while the folder was being made: there is nothing to stop.
    if (machine.state() != ServiceState::starting)
      return feed(machine.execute_failed("not wanted any more"));
    if (!launch.failure.empty()) return feed(machine.execute_failed(launch.failure));
    try {
      start_program();
    } catch (const Error& error) {  // a driver's step: becomes an event
      feed(machine.execute_failed(error.what()));
    }
  }

  void start_program() {
    if (!host) make_host();
    channels.emplace(loop, settings(), ServiceEntry::folder_prefix(token));
    make_readiness();
    output = capture(launch.output_path, 1);
    errors = capture(launch.error_path, 2);
    base::SpawnOptions program;
    program.argv = launch.argv;
    program.environment = launch.environment;
    for (std::string& variable : channels->environment())
      program.environment->push_back(std::move(variable));
    program.directory = launch.directory;
    program.extra_fds = channels->descriptors();
    if (output) program.stdout_fd = output->write_fd();
    if (errors) program.stderr_fd = errors->write_fd();
    tree = host->start(program, tree_handlers());
    channels->started();
    if (output) output->started();
    if (errors) errors->started();
  }

  void make_host() {
    ProcessHost::Options host_options;
    host_options.grace = settings().grace;
    host_options.token = std::string(ServiceEntry::k_variable) + "=" + token;
    host = std::make_unique<ProcessHost>(loop, host_options);
    host->on_lost([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->feed(self->machine.guardian_lost());
    });
    const auto guardian = base::identity_of(host->pid());
    if (!options.registry_dir.empty() && guardian)
      entry.emplace(options.registry_dir, options.policy.name, token, *guardian);
  }

  /// Probe commands end with the service, and without a word to anybody: they hold no state.
  ProcessHost& the_helpers() {
    if (!helpers) {
      ProcessHost::Options host_options;
      host_options.grace = milliseconds(0);
      host_options.token = std::string(ServiceEntry::k_variable) + "=" + token;
      helpers = std::make_unique<ProcessHost>(loop, host_options);
    }
    return *helpers;
  }

  /// Nothing when the stream is inherited and nobody listens to it.
  std::unique_ptr<LogCapture> capture(const std::string& path, int own_fd) {
    const bool listened = channels->wants_lines();
    if (path.empty() && !listened) return nullptr;
    LogCapture::Options capture_options;
    capture_options.path = path;
    capture_options.forward_fd = path.empty() ? own_fd : -1;
    capture_options.bytes_max = settings().log_bytes_max;
    if (listened) {
      capture_options.on_line = [weak = weak_from_this()](std::string_view line) {
        const auto self = weak.lock();
        if (self && self->channels) self->channels->take_line(line);
      };
    }
    return std::make_unique<LogCapture>(loop, std::move(capture_options));
  }

  ProcessHost::Handlers tree_handlers() {
    const int epoch = machine.epoch();
    const auto when_current = [weak = weak_from_this(), epoch](auto act) {
      const auto self = weak.lock();
      if (self && self->machine.epoch() == epoch) act(*self);
    };
    ProcessHost::Handlers tree_events;
    tree_events.started = [when_current](pid_t pid, const std::string& error) {
      when_current([&](State& self) { self.program_started(pid, error); });
    };
    tree_events.exited = [when_current](const base::ProcessExit& exit) {
      when_current([&](State& self) {
        self.note_output();
        if (self.handlers.exited) self.handlers.exited(exit);
        const bool last = self.handlers.only_last_task && self.handlers.only_last_task();
        self.feed(self.machine.leader_exited({exit.status, exit.signal, last}, base::now_boot()));
      });
    };
    tree_events.emptied = [when_current] {
      when_current([](State& self) { self.tree_emptied(); });
    };
    return tree_events;
  }

  void program_started(pid_t pid, const std::string& error) {
    leader = pid;
    if (!error.empty()) {
      finish_epoch();
      return feed(machine.execute_failed(error));
    }
    if (const auto identity = base::identity_of(pid); identity && entry)
      entry->note_leader(*identity, launch.directory);
    if (handlers.started) handlers.started(pid);
    feed(machine.executed());
  }

  // Readiness

  void make_readiness() {
    Readiness::Handlers events;
    events.ready = [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->feed(self->machine.became_ready());
    };
    events.failed = [weak = weak_from_this()](const std::string& why) {
      if (const auto self = weak.lock()) self->feed(self->machine.probe_failed(why));
    };
    readiness = std::make_unique<Readiness>(loop, settings().poll, std::move(events));
    const ProbeContext context = probe_context(settings().probes);
    std::vector<ProbeSpec> probes;
    for (const ProbeSpec& spec : settings().probes)
      probes.push_back(readiness_probe(spec, settings(), channels->environment()));
    probes.insert(probes.end(), launch.outputs.begin(), launch.outputs.end());
    for (const ProbeSpec& spec : probes) {
      auto probe = make_probe(spec, context);
      if (auto* told_probe = dynamic_cast<ToldProbe*>(probe.get()))
        channels->attach(spec, *told_probe);
      readiness->add(std::move(probe), probe_text(spec));
    }
  }

  /// With a host for commands where `probes` has some.
  ProbeContext probe_context(const std::vector<ProbeSpec>& probes) {
    ProbeContext context{loop, options.pool, nullptr, launch.environment, launch.directory};
    for (std::string& variable : channels->environment())
      context.environment.push_back(std::move(variable));
    const bool commands = std::any_of(probes.begin(), probes.end(), [](const ProbeSpec& probe) {
      return probe.kind == ProbeSpec::Kind::command;
    });
    if (commands) context.host = &the_helpers();
    return context;
  }

  void watch_liveness() {
    if (settings().liveness.empty()) return;
    const ProbeContext context = probe_context(settings().liveness);
    std::vector<std::unique_ptr<Probe>> probes;
    for (const ProbeSpec& spec : settings().liveness)
      probes.push_back(make_probe(with_variables(spec, channels->environment()), context));
    liveness = std::make_unique<Liveness>(
        loop, std::move(probes), settings().liveness_period, settings().liveness_failures,
        [weak = weak_from_this()](const std::string& why) {
          if (const auto self = weak.lock())
            self->feed(self->machine.probe_failed(why, base::now_boot()));
        });
  }

  void watch() {
    if (readiness) readiness->begin();
  }

  void unwatch() {
    if (readiness) readiness->cancel();
    if (liveness) liveness->cancel();
  }

  // Stopping

  void stop_tree(int signal, milliseconds grace) {
    if (!host || !tree) return;
    // The machine's own timer decides (and says that it had to); the host's is the second line.
    const bool kills = grace.count() == 0;
    host->stop_tree(*tree, signal, kills ? grace : grace + k_second_line);
  }

  void run_stop_command() {
    base::SpawnOptions command;
    command.argv = {"/bin/sh", "-c", settings().stop_command};
    command.environment = launch.environment;
    command.environment->push_back("WEIR_SERVICE_PID=" + std::to_string(leader));
    if (channels) {
      for (std::string& variable : channels->environment())
        command.environment->push_back(std::move(variable));
    }
    command.directory = launch.directory;
    ProcessHost::Handlers events;
    events.started = [weak = weak_from_this()](pid_t, const std::string& error) {
      const auto self = weak.lock();
      if (self && !error.empty()) self->feed(self->machine.stop_command_ended(127));
    };
    events.exited = [weak = weak_from_this()](const base::ProcessExit& exit) {
      if (const auto self = weak.lock()) self->feed(self->machine.stop_command_ended(exit.status));
    };
    the_helpers().start(command, std::move(events));
  }

  void tree_emptied() {
    finish_epoch();
    feed(machine.tree_emptied());
  }

  void note_output() {
    if (errors && !errors->recent().empty()) {
      recent = errors->recent();
    } else if (output) {
      recent = output->recent();
    }
  }

  void finish_epoch() {
    unwatch();
    for (auto* stream : {output.get(), errors.get()}) {
      if (stream != nullptr) stream->finish();
    }
    note_output();
    // The readiness may be what called us: it goes when the stack has unwound.
    old_readiness = std::move(readiness);
    old_liveness = std::move(liveness);
    clean_up_later();
    output.reset();
    errors.reset();
    channels.reset();
    tree.reset();
  }

  void clean_up_later() {
    loop.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->old_readiness.reset();
      self->old_liveness.reset();
      self->old_host.reset();
      self->old_helpers.reset();
    });
  }

  void end() {
    for (EventLoop::Id& timer : timers) {
      if (timer != 0) loop.cancel(std::exchange(timer, 0));
    }
    // A stuck tree keeps its entry, so that a later sweep may try again.
    if (entry && !machine.is_stuck()) entry->remove();
    old_host = std::move(host);  // it may be what called us
    old_helpers = std::move(helpers);
    clean_up_later();
    if (handlers.ended) handlers.ended();
  }
};

ServiceProcess::ServiceProcess(EventLoop& loop, Options options, Handlers handlers)
    : state_(std::make_shared<State>(loop, std::move(options), std::move(handlers))) {}

ServiceProcess::~ServiceProcess() {
  for (const EventLoop::Id timer : state_->timers) {
    if (timer != 0) state_->loop.cancel(timer);
  }
  state_->unwatch();
  state_->handlers = {};
  state_->readiness.reset();
  state_->liveness.reset();
  state_->host.reset();  // kills the tree and waits for its end
  state_->helpers.reset();
  if (state_->entry) state_->entry->remove();
}

const ServiceMachine& ServiceProcess::machine() const {
  return state_->machine;
}

std::string ServiceProcess::recent_output() const {
  return state_->recent;
}

std::vector<std::string> ServiceProcess::exported() const {
  std::vector<std::string> list;
  if (!state_->channels) return list;
  for (std::string& variable : state_->channels->environment()) {
    if (!variable.starts_with("NOTIFY_SOCKET=")) list.push_back(std::move(variable));
  }
  return list;
}

std::vector<pid_t> ServiceProcess::processes() const {
  return state_->host ? base::descendants_of(state_->host->pid()) : std::vector<pid_t>{};
}

void ServiceProcess::inputs_complete() {
  state_->feed(state_->machine.inputs_complete());
}
void ServiceProcess::demanded() {
  state_->feed(state_->machine.demanded());
}
void ServiceProcess::demand_gone() {
  state_->feed(state_->machine.demand_gone());
}
void ServiceProcess::consumers_closed() {
  state_->feed(state_->machine.consumers_closed());
}
void ServiceProcess::gates_passed() {
  state_->feed(state_->machine.gates_passed());
}
void ServiceProcess::gates_failed(std::string why) {
  state_->feed(state_->machine.gates_failed(std::move(why)));
}
void ServiceProcess::provider_lost(const std::string& why) {
  state_->feed(state_->machine.probe_failed(why, base::now_boot()));
}
void ServiceProcess::stop() {
  state_->feed(state_->machine.stop_requested());
}
void ServiceProcess::kill() {
  state_->feed(state_->machine.kill_requested());
}

}  // namespace weir::engine
