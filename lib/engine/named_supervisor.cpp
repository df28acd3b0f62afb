#include "engine/named_supervisor.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/service_process.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

namespace weir::engine {

using base::EventLoop;
using std::chrono::milliseconds;

namespace {

/// A service started for a lease that never came is not kept for ever.
constexpr milliseconds k_first_lease_max{30000};
constexpr std::size_t k_line_bytes_max = 4096;
constexpr std::size_t k_clients_max = 1024;

struct Client {
  base::Fd socket;
  EventLoop::Id watch = 0;
  std::string line;
  bool leased = false;
};

}  // namespace

struct NamedSupervisor::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, const NamedService& named_service, Options given)
      : loop(event_loop), service(named_service), options(std::move(given)) {}

  EventLoop& loop;
  NamedService service;
  Options options;
  ServiceDefinition definition;
  std::optional<base::FileLock> lock;
  base::Fd listener;
  EventLoop::Id listening = 0;
  EventLoop::Id idle_timer = 0;
  std::map<int, Client> clients;
  std::unique_ptr<ServiceProcess> process;
  ServiceStatus status;
  std::function<void(ServiceState)> changed;

  void open() {
    definition = service.known();
    lock = service.try_lock();
    if (!lock) throw Error(ErrorKind::busy, "service '" + service.name() + "' runs already");
    listener = service.listen();
    listening = loop.on_readable(listener.get(), [this] { accept_clients(); });
    status.supervisor = ::getpid();
    status.pinned = options.pinned;
    note(ServiceState::gated);
  }

  ServiceProcess::Handlers handlers() {
    ServiceProcess::Handlers events;
    events.launch = [this](int, const auto& proceed) {
      ServiceLaunch launch;
      launch.argv = definition.argv;
      launch.environment = definition.environment;
      launch.directory = definition.directory;
      launch.output_path = service.folder() / "stdout.log";
      launch.error_path = service.folder() / "stderr.log";
      proceed(std::move(launch));
    };
    events.started = [this](pid_t leader) {
      status.leader = leader;
      status.environment = process->exported();
      tell();
    };
    // The end is told once its reason is known.
    events.changed = [this](ServiceState state) {
      if (!is_terminal(state)) note(state);
    };
    events.ended = [this] { ended(); };
    return events;
  }

  void note(ServiceState state) {
    status.state = name_of(state);
    status.since_ms = base::to_millis(base::now_wall());
    tell();
    if (changed) changed(state);
  }

  void tell() {
    service.write_status(status);
    const std::string line = to_json(status) + "\n";
    std::vector<int> all;
    for (const auto& [number, client] : clients) all.push_back(number);
    for (const int number : all) send(number, line);
  }

  /// A client that does not read loses its connection, not the service its time.
  void send(int number, const std::string& line) {
    const ssize_t sent = ::send(number, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != static_cast<ssize_t>(line.size())) drop(number);
  }

  void accept_clients() {
    while (true) {
      base::Fd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!socket) return;
      if (clients.size() >= k_clients_max) continue;
      const int number = socket.get();
      Client& client = clients[number];
      client.socket = std::move(socket);
      client.watch = loop.on_readable(number, [this, number] { read_client(number); });
      send(number, to_json(status) + "\n");
    }
  }

  void read_client(int number) {
    std::array<char, 1024> buffer;
    const ssize_t got = ::recv(number, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return drop(number);
    Client& client = clients.at(number);
    client.line.append(buffer.data(), static_cast<std::size_t>(got));
    if (client.line.size() > k_line_bytes_max) return drop(number);
    for (std::size_t end = 0; (end = client.line.find('\n')) != std::string::npos;) {
      const std::string line = client.line.substr(0, end);
      client.line.erase(0, end + 1);
      handle(client, line);
    }
  }

  void handle(Client& client, const std::string& line) {
    const auto object = nlohmann::json::parse(line, nullptr, false);
    const std::string op = object.is_object() ? object.value("op", "") : "";
    if (op == "stop") return process->stop();
    if (op == "kill") return process->kill();
    if (op == "pin") status.pinned = true;
    if (op == "lease" && !std::exchange(client.leased, true)) ++status.leases;
    if (op == "pin" || op == "lease") {
      if (idle_timer != 0) loop.cancel(std::exchange(idle_timer, 0));
      loop.post([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->tell();
      });
    }
  }

  void drop(int number) {
    const auto found = clients.find(number);
    if (found == clients.end()) return;
    const bool leased = found->second.leased;
    loop.cancel(found->second.watch);
    clients.erase(found);
    if (!leased) return;
    --status.leases;
    if (status.leases == 0 && !status.pinned) wait_idle(definition.settings().linger);
    service.write_status(status);
  }

  /// The last one out stops it.
  void wait_idle(milliseconds pause) {
    if (idle_timer != 0) loop.cancel(idle_timer);
    idle_timer = loop.after(pause, [this] {
      idle_timer = 0;
      if (status.leases == 0 && !status.pinned) process->stop();
    });
  }

  void ended() {
    const ServiceMachine& machine = process->machine();
    status.supervisor = 0;
    status.leader = 0;
    status.exit_status = machine.epoch() > 0 ? machine.exit().status : -1;
    status.forced = machine.was_forced() || machine.is_stuck();
    status.late = machine.was_late();
    status.failure = machine.failure();
    if (!machine.failure().empty()) {
      const std::string recent(base::trim(process->recent_output()));
      if (!recent.empty()) status.failure += "; its last output:\n" + recent;
    }
    note(machine.state());
    base::remove_file(service.folder() / "control");
    loop.post([this] { loop.stop(); });
  }
};

NamedSupervisor::NamedSupervisor(EventLoop& loop, base::ThreadPool& pool,
                                 const NamedService& service, Options options)
    : state_(std::make_shared<State>(loop, service, std::move(options))) {
  state_->open();
  ServiceProcess::Options process;
  process.policy.name = service.name();
  process.policy.settings = state_->definition.settings();
  process.pool = &pool;
  process.registry_dir = state_->options.registry_dir;
  state_->process = std::make_unique<ServiceProcess>(loop, std::move(process), state_->handlers());
}

NamedSupervisor::~NamedSupervisor() {
  if (state_->listening != 0) state_->loop.cancel(state_->listening);
  if (state_->idle_timer != 0) state_->loop.cancel(state_->idle_timer);
  for (const auto& [number, client] : state_->clients) state_->loop.cancel(client.watch);
  state_->process.reset();
  if (state_->lock) state_->lock->keep_to_the_end();
}

void NamedSupervisor::begin() {
  state_->process->inputs_complete();
  if (!state_->options.pinned) state_->wait_idle(k_first_lease_max);
}

void NamedSupervisor::stop() {
  state_->process->stop();
}

void NamedSupervisor::kill() {
  state_->process->kill();
}

void NamedSupervisor::on_change(std::function<void(ServiceState)> handler) {
  state_->changed = std::move(handler);
}

const ServiceMachine& NamedSupervisor::machine() const {
  return state_->process->machine();
}

}  // namespace weir::engine
