#include "engine/service_manager.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/command_files.hpp"
#include "engine/internal/service_task.hpp"
#include "engine/service_process.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace weir::engine {

using base::EventLoop;
using internal::find_outputs;
using internal::prepare_launch;
using internal::PreparedLaunch;

namespace {

constexpr std::size_t k_message_lines_max = 20;

/// The last lines of a service's output, for the message about its end.
std::string last_lines(const std::string& text) {
  const std::string_view trimmed = base::trim(text);
  const auto lines = base::split(trimmed, '\n');
  std::string tail;
  const std::size_t begin =
      lines.size() > k_message_lines_max ? lines.size() - k_message_lines_max : 0;
  for (std::size_t i = begin; i < lines.size(); ++i)
    tail += "\n  " + base::printable(lines[i], 400);
  return trimmed.empty() ? "" : "; its last output:" + tail;
}

struct Use {
  ServiceId service = 0;
  std::function<void(const ServiceHandles&)> answer;
  bool answered = false;
};

struct Service {
  ServiceId id = 0;
  std::string name;
  ServiceSettings settings;
  std::set<std::string> consumers;
  bool closed = false;  // every consumer has closed
  ServiceDeclaration declaration;
  // Of the present epoch
  TaskSpec spec;
  std::string work_dir;
  std::string hash;
  TaskUsage usage;
  pid_t leader = 0;
  int exit_status = -1;
  bool runs = false;  // its start was told, its end was not
  std::unique_ptr<ServiceProcess> process;
  bool reported = false;
  ServiceId template_id = 0;  // of an instance; its own otherwise
  bool more_may_come = true;  // instances
  int fifo_epoch = 0;         // the epoch whose FIFO was handed to a task

  [[nodiscard]] ServiceState state() const {
    return process ? process->machine().state() : ServiceState::declared;
  }
  /// No tree of it runs and none will by itself.
  [[nodiscard]] bool is_quiet() const {
    return !process || is_terminal(state()) || state() == ServiceState::idle ||
           state() == ServiceState::declared;
  }
};

}  // namespace

struct ServiceManager::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, base::ThreadPool& threads, Options given)
      : loop(event_loop), pool(threads), options(std::move(given)) {}

  EventLoop& loop;
  base::ThreadPool& pool;
  Options options;
  std::vector<std::unique_ptr<Service>> services;
  std::map<ServiceUse, Use> uses;
  ServiceUse next_use = 1;
  bool stopping = false;
  bool aborted = false;
  std::function<void()> stopped;
  std::function<void(const std::string&, ErrorKind)> abort_handler;
  std::function<void(ServiceUse, const std::string&, bool)> lost_handler;
  std::function<void(const std::string&)> warning_handler;
  std::function<void(const ServiceReport&)> end_handler;
  std::function<void(ServiceId, const std::string&, ServiceState)> change_handler;
  std::function<void(const ServiceAttempt&)> attempt_handler;
  std::function<bool(const std::string&)> last_task_handler;

  Service& at(ServiceId id) {
    WEIR_ASSERT(id < services.size());
    return *services[id];
  }

  void warn(const std::string& text) const {
    if (warning_handler) warning_handler(text);
  }

  // Starting

  void declare(ServiceDeclaration declaration) {
    Service& service = at(declaration.id);
    if (service.process) {
      throw Error(ErrorKind::input,
                  "service '" + service.name + "' got more than one set of inputs")
          .with_hint("a service is one process: give it value channels, or collect its input");
    }
    service.declaration = std::move(declaration);
    ServiceProcess::Options process_options;
    process_options.policy.name = service.name;
    process_options.policy.settings = service.settings;
    process_options.policy.start_attempts = service.declaration.start_attempts;
    process_options.policy.abort_on_failed_start = service.declaration.abort_on_failed_start;
    process_options.pool = &pool;
    process_options.registry_dir = options.registry_dir;
    service.process =
        std::make_unique<ServiceProcess>(loop, std::move(process_options), handlers_of(service.id));
    if (stopping) return service.process->stop();
    service.process->inputs_complete();
    if (has_waiting_use(service.id)) service.process->demanded();
    if (service.closed) service.process->consumers_closed();
  }

  ServiceProcess::Handlers handlers_of(ServiceId id) {
    const std::weak_ptr<State> weak = weak_from_this();
    const auto with_service = [weak, id](auto act) {
      if (const auto self = weak.lock()) act(*self, self->at(id));
    };
    ServiceProcess::Handlers events;
    events.launch = [with_service](int epoch, std::function<void(ServiceLaunch)> proceed) {
      with_service(
          [&](State& self, Service& service) { self.launch(service, epoch, std::move(proceed)); });
    };
    if (at(id).declaration.gates) {
      events.ask_gates = [with_service] {
        with_service([](State& self, Service& service) { self.ask_gates(service); });
      };
    }
    events.cancel_gates = [with_service] {
      with_service([](State&, Service& service) {
        if (service.declaration.cancel_gates) service.declaration.cancel_gates();
      });
    };
    events.ready = [with_service] {
      with_service([](State& self, Service& service) { self.bind(service); });
    };
    events.lose_consumers = [with_service](const std::string& why) {
      with_service([&](State& self, Service& service) { self.lose_uses(service, why); });
    };
    events.abort_run = [with_service](const std::string& why) {
      with_service([&](State& self, Service& service) { self.abort(service, why); });
    };
    events.warn = [with_service](const std::string& text) {
      with_service([&](State& self, Service&) { self.warn(text); });
    };
    events.started = [with_service](pid_t leader) {
      with_service([&](State& self, Service& service) { self.attempt_started(service, leader); });
    };
    events.exited = [with_service](const base::ProcessExit& exit) {
      with_service([&](State&, Service& service) { note_exit(service, exit); });
    };
    events.only_last_task = [weak, id] {
      const auto self = weak.lock();
      return self && self->has_only_last_task(self->at(id));
    };
    events.changed = [with_service](ServiceState state) {
      with_service([&](State& self, Service& service) {
        if (service.runs && (is_terminal(state) || state == ServiceState::gated))
          self.attempt_ended(service);
        if (self.change_handler) self.change_handler(service.id, service.name, state);
      });
    };
    events.ended = [with_service] {
      with_service([](State& self, Service& service) { self.ended(service); });
    };
    return events;
  }

  // Attempts, for those who look

  void attempt_started(Service& service, pid_t leader) {
    service.leader = leader;
    service.runs = true;
    service.exit_status = -1;
    service.usage = {};
    service.usage.submit_ms = service.usage.start_ms = base::to_millis(base::now_wall());
    tell_attempt(service, false);
  }

  static void note_exit(Service& service, const base::ProcessExit& exit) {
    service.exit_status = exit.status;
    service.usage.user_us = exit.user_time.count();
    service.usage.system_us = exit.system_time.count();
    service.usage.peak_rss_bytes = exit.max_rss_bytes;
  }

  void attempt_ended(Service& service) {
    service.runs = false;
    service.usage.complete_ms = base::to_millis(base::now_wall());
    service.usage.realtime_ms = service.usage.complete_ms - service.usage.start_ms;
    tell_attempt(service, true);
  }

  void tell_attempt(const Service& service, bool ended) const {
    if (!attempt_handler) return;
    ServiceAttempt attempt;
    attempt.id = service.id;
    attempt.spec = &service.spec;
    attempt.hash = service.hash;
    attempt.work_dir = service.work_dir;
    attempt.leader = service.leader;
    attempt.ended = ended;
    attempt.exit_status = service.exit_status;
    if (ended && service.state() != ServiceState::stopped)
      attempt.failure = service.process->machine().failure();
    attempt.usage = service.usage;
    attempt_handler(attempt);
  }

  [[nodiscard]] bool has_only_last_task(const Service& service) const {
    return service.consumers.size() == 1 && last_task_handler &&
           last_task_handler(*service.consumers.begin());
  }

  void ask_gates(Service& service) {
    service.declaration.gates([weak = weak_from_this(), id = service.id](std::string failure) {
      const auto self = weak.lock();
      if (!self) return;
      ServiceProcess& process = *self->at(id).process;
      failure.empty() ? process.gates_passed() : process.gates_failed(std::move(failure));
    });
  }

  void launch(Service& service, int epoch, std::function<void(ServiceLaunch)> proceed) {
    try {
      service.spec = service.declaration.make_spec(epoch);
    } catch (const Error& error) {  // a script's error: the service could not be started
      ServiceLaunch failed;
      failed.failure = error.what();
      return proceed(std::move(failed));
    }
    loop.hold();
    pool.submit([weak = weak_from_this(), &event_loop = loop, id = service.id, spec = service.spec,
                 settings = service.settings, directories = options.directories,
                 inherited = options.environment, proceed = std::move(proceed)] {
      auto prepared =
          std::make_shared<PreparedLaunch>(prepare_launch(spec, settings, directories, inherited));
      event_loop.post([weak, &event_loop, id, prepared, proceed] {
        event_loop.release();
        const auto self = weak.lock();
        if (!self) return;
        self->at(id).work_dir = prepared->work_dir;
        self->at(id).hash = prepared->hash;
        proceed(std::move(prepared->launch));
      });
    });
  }

  // Uses

  [[nodiscard]] bool has_waiting_use(ServiceId id) const {
    return std::any_of(uses.begin(), uses.end(), [&](const auto& entry) {
      return entry.second.service == id && !entry.second.answered;
    });
  }

  [[nodiscard]] ServiceHandles handles_of(const Service& service) const {
    ServiceHandles handles;
    handles.work_dir = service.work_dir;
    handles.paths = find_outputs(service.spec, service.work_dir);
    handles.epoch = service.process->machine().epoch();
    return handles;
  }

  [[nodiscard]] std::string why_not(const Service& service) const {
    const std::string& failure = service.process->machine().failure();
    return failure.empty() ? "service '" + service.name + "' is not available any more" : failure;
  }

  ServiceUse use(ServiceId id, std::function<void(const ServiceHandles&)> answer) {
    const ServiceUse number = next_use++;
    uses.emplace(number, Use{id, std::move(answer), false});
    Service& service = at(id);
    if (service.process && service.state() != ServiceState::ready) service.process->demanded();
    loop.post([weak = weak_from_this(), id] {
      if (const auto self = weak.lock()) self->answer_uses(self->at(id));
    });
    return number;
  }

  /// Answers what can be answered now: the service is ready, or will never be.
  void answer_uses(Service& service) {
    if (!service.process) return;
    const bool ready = service.state() == ServiceState::ready;
    if (!ready && !is_terminal(service.state()) && !stopping) return;
    ServiceHandles handles;
    if (ready) {
      handles = handles_of(service);
    } else {
      handles.failure = why_not(service);
    }
    const bool one_reader = ready && !service.settings.fifo_shared && has_fifo(handles);
    std::vector<std::function<void(const ServiceHandles&)>> answers;
    for (auto& [number, use] : uses) {
      if (use.service != service.id || use.answered) continue;
      use.answered = true;
      answers.push_back(std::move(use.answer));
    }
    for (const auto& answer : answers) {
      if (one_reader && std::exchange(service.fifo_epoch, handles.epoch) == handles.epoch) {
        ServiceHandles refused;
        refused.failure = "service '" + service.name +
                          "' hands out a FIFO, and a second task would read what belongs to the "
                          "first -- give it one consumer task, or set fifo: 'shared'";
        answer(refused);
        continue;
      }
      answer(handles);
    }
  }

  [[nodiscard]] static bool has_fifo(const ServiceHandles& handles) {
    for (const FoundPaths& found : handles.paths) {
      for (const std::string& name : found.names) {
        const auto info =
            base::file_info(base::fs::path(handles.work_dir) / name, base::FollowLinks::no);
        if (info && info->type == base::FileInfo::Type::fifo) return true;
      }
    }
    return false;
  }

  void bind(Service& service) {
    loop.post([weak = weak_from_this(), id = service.id] {
      if (const auto self = weak.lock()) self->answer_uses(self->at(id));
    });
  }

  void release(ServiceUse number) {
    const auto found = uses.find(number);
    if (found == uses.end()) return;
    const ServiceId id = found->second.service;
    uses.erase(found);
    Service& service = at(id);
    if (service.process && service.state() == ServiceState::gated && !has_waiting_use(id))
      service.process->demand_gone();
  }

  void lose_uses(Service& service, const std::string& why) {
    std::vector<ServiceUse> lost;
    for (const auto& [number, use] : uses) {
      if (use.service == service.id && use.answered) lost.push_back(number);
    }
    const bool restarted = service.process->machine().will_restart();
    for (const ServiceUse number : lost) {
      if (lost_handler)
        lost_handler(number, why + last_lines(service.process->recent_output()), restarted);
    }
  }

  void consumer_closed(ServiceId id, const std::string& consumer) {
    Service& service = at(id);
    service.consumers.erase(consumer);
    if (!service.consumers.empty()) return;
    service.closed = true;
    if (service.process) service.process->consumers_closed();
  }

  // Ends

  void abort(const Service& service, const std::string& why) {
    if (std::exchange(aborted, true) || !abort_handler) return;
    const ServiceMachine& machine = service.process->machine();
    ErrorKind kind = ErrorKind::failed;
    if (machine.state() == ServiceState::failed_start)
      kind = machine.was_late() ? ErrorKind::timed_out : ErrorKind::cannot_begin;
    abort_handler(why + last_lines(service.process->recent_output()), kind);
  }

  void ended(Service& service) {
    if (!std::exchange(service.reported, true) && end_handler) {
      const ServiceMachine& machine = service.process->machine();
      const bool ran = machine.epoch() > 0;
      end_handler({service.id, service.name, machine.state(), ran ? machine.exit().status : -1,
                   machine.was_forced(), machine.failure(), service.work_dir});
    }
    bind(service);  // whoever still waits hears that there is no service
    release_providers(at(service.template_id));
    if (stopping) stop_round();
  }

  /// A service that used others is a consumer of them: closed when all its instances have ended.
  void release_providers(const Service& of) {
    if (of.more_may_come) return;
    for (const auto& other : services) {
      if (other->template_id == of.id && !is_terminal(other->state())) return;
    }
    for (const auto& provider : services) {
      if (provider->consumers.count(of.name) != 0) consumer_closed(provider->id, of.name);
    }
  }

  [[nodiscard]] bool is_used_by_running_service(const Service& provider) const {
    return std::any_of(services.begin(), services.end(), [&](const auto& other) {
      return provider.consumers.count(services[other->template_id]->name) != 0 &&
             !other->is_quiet();
    });
  }

  /// Stops every service that no running service uses; called again at each end.
  void stop_round() {
    for (const auto& service : services) {
      if (service->process && !is_terminal(service->state()) &&
          !is_used_by_running_service(*service))
        service->process->stop();
    }
    tell_stopped();
  }

  [[nodiscard]] bool is_idle() const {
    return std::all_of(services.begin(), services.end(),
                       [](const auto& service) { return service->is_quiet(); });
  }

  void tell_stopped() {
    if (!is_idle() || !stopped) return;
    loop.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      if (const auto done = std::exchange(self->stopped, nullptr)) done();
    });
  }

  void begin_stopping(std::function<void()> done) {
    stopping = true;
    stopped = std::move(done);
    for (const auto& service : services) bind(*service);
  }
};

ServiceManager::ServiceManager(EventLoop& loop, base::ThreadPool& pool, Options options)
    : state_(std::make_shared<State>(loop, pool, std::move(options))) {}

ServiceManager::~ServiceManager() = default;

ServiceId ServiceManager::add_service(std::string name, ServiceSettings settings) {
  auto service = std::make_unique<Service>();
  service->id = static_cast<ServiceId>(state_->services.size());
  service->name = std::move(name);
  service->settings = std::move(settings);
  service->template_id = service->id;
  state_->services.push_back(std::move(service));
  return static_cast<ServiceId>(state_->services.size() - 1);
}

void ServiceManager::add_consumer(ServiceId service, const std::string& consumer) {
  state_->at(service).consumers.insert(consumer);
}

ServiceId ServiceManager::add_instance(ServiceId of, std::string name) {
  const Service& first = state_->at(of);
  const ServiceId id = add_service(std::move(name), first.settings);
  Service& instance = state_->at(id);
  instance.template_id = of;
  instance.consumers = state_->at(of).consumers;
  instance.closed = state_->at(of).closed;
  return id;
}

void ServiceManager::no_more_instances(ServiceId service) {
  Service& first = state_->at(service);
  first.more_may_come = false;
  state_->release_providers(first);
}

void ServiceManager::provider_lost(ServiceId user, const std::string& why) {
  const Service& service = state_->at(user);
  if (service.process) service.process->provider_lost(why);
}

void ServiceManager::seal_graph() {
  for (const auto& service : state_->services) {
    if (!service->consumers.empty()) continue;
    if (!state_->options.allow_idle) {
      throw Error(ErrorKind::usage,
                  "no process uses the outputs of service '" + service->name + "'")
          .with_hint("pass one of its outputs to a process, or remove the service");
    }
    service->closed = true;
  }
}

void ServiceManager::declare(ServiceDeclaration declaration) {
  state_->declare(std::move(declaration));
}

ServiceUse ServiceManager::use(ServiceId service,
                               std::function<void(const ServiceHandles&)> answer) {
  return state_->use(service, std::move(answer));
}

void ServiceManager::release(ServiceUse use) {
  state_->release(use);
}

void ServiceManager::consumer_closed(ServiceId service, const std::string& consumer) {
  for (const auto& one : state_->services) {
    if (one->template_id == service) state_->consumer_closed(one->id, consumer);
  }
}

void ServiceManager::stop_all(std::function<void()> done) {
  state_->begin_stopping(std::move(done));
  state_->stop_round();
}

void ServiceManager::kill_all(std::function<void()> done) {
  state_->begin_stopping(std::move(done));
  for (const auto& service : state_->services) {
    if (service->process) service->process->kill();
  }
  state_->tell_stopped();
}

bool ServiceManager::is_idle() const {
  return state_->is_idle();
}

void ServiceManager::on_abort(std::function<void(const std::string&, ErrorKind)> handler) {
  state_->abort_handler = std::move(handler);
}
void ServiceManager::on_use_lost(
    std::function<void(ServiceUse, const std::string&, bool)> handler) {
  state_->lost_handler = std::move(handler);
}
void ServiceManager::on_warning(std::function<void(const std::string&)> handler) {
  state_->warning_handler = std::move(handler);
}
void ServiceManager::on_end(std::function<void(const ServiceReport&)> handler) {
  state_->end_handler = std::move(handler);
}
void ServiceManager::on_attempt(std::function<void(const ServiceAttempt&)> handler) {
  state_->attempt_handler = std::move(handler);
}
void ServiceManager::on_last_task(std::function<bool(const std::string&)> handler) {
  state_->last_task_handler = std::move(handler);
}
void ServiceManager::on_change(
    std::function<void(ServiceId, const std::string&, ServiceState)> handler) {
  state_->change_handler = std::move(handler);
}

}  // namespace weir::engine
