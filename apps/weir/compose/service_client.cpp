#include "compose/service_client.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

using engine::NamedService;
using engine::ServiceStatus;

/// Starts that may cross with the end of a supervisor before us.
constexpr int k_connects_max = 20;
constexpr int k_ready_fd = 3;
/// A supervisor that does not take connections has only to begin or to end.
constexpr std::chrono::seconds k_in_between_max{10};

/// False when the supervisor ended before it listened.
bool start_supervisor(const Context& context, const NamedService& service, Pinned pinned) {
  base::Pipe pipe = base::make_pipe();
  const base::Fd log = base::open_write(service.folder() / "supervisor.log");
  base::SpawnOptions options;
  options.argv = {base::own_executable(),
                  "serve-service",
                  "supervise",
                  service.name(),
                  "--ready-fd",
                  std::to_string(k_ready_fd),
                  "--state-dir",
                  context.state_dir().string()};
  if (pinned == Pinned::yes) options.argv.emplace_back("--pinned");
  options.environment = context.environment;
  options.directory = "/";
  options.stdout_fd = log.get();
  options.stderr_fd = log.get();
  options.extra_fds = {{pipe.write.get(), k_ready_fd}};
  options.group = base::SpawnOptions::Group::own_session;
  const base::Child child = base::spawn(options);
  pipe.write.reset();
  char byte = 0;
  return base::read_some(pipe.read.get(), &byte, 1, "the supervisor's answer") == 1;
}

/// Between two looks at a supervisor that is just ending, which tells nothing more.
void pause() {
  pollfd none{-1, 0, 0};
  ::poll(&none, 0, 10);
}

}  // namespace

void ServiceClient::send(const std::string& operation) {
  const std::string line = nlohmann::json{{"op", operation}}.dump() + "\n";
  if (::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) closed_ = true;
}

std::optional<ServiceStatus> ServiceClient::wait_for(
    const std::function<bool(const ServiceStatus&)>& enough,
    std::optional<std::chrono::milliseconds> limit) {
  const base::BootTime begin = base::now_boot();
  while (true) {
    for (std::size_t end = 0; (end = text_.find('\n')) != std::string::npos;) {
      last_ = engine::parse_service_status(text_.substr(0, end));
      text_.erase(0, end + 1);
      if (enough(last_)) return last_;
    }
    if (closed_) return last_;
    int wait_ms = -1;
    if (limit) {
      const auto left =
          *limit - std::chrono::duration_cast<std::chrono::milliseconds>(base::now_boot() - begin);
      if (left.count() <= 0) return std::nullopt;
      wait_ms = static_cast<int>(std::min<std::int64_t>(left.count(), 1 << 30));
    }
    pollfd poll_socket{socket_.get(), POLLIN, 0};
    if (::poll(&poll_socket, 1, wait_ms) <= 0) continue;
    std::array<char, 8192> buffer;
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      closed_ = true;
    } else {
      text_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
}

ServiceClient connect_service(const Context& context, const NamedService& service, Pinned pinned) {
  static_cast<void>(service.known());
  for (int i = 0; i < k_connects_max; ++i) {
    if (auto socket = service.connect()) return ServiceClient(std::move(*socket));
    if (start_supervisor(context, service, pinned)) continue;
    if (service.is_running()) {  // somebody else was quicker, or one is just ending
      pause();
      continue;
    }
    const auto log = base::try_read_file(service.folder() / "supervisor.log");
    throw Error(ErrorKind::cannot_begin,
                "the supervisor of service '" + service.name() +
                    "' did not start: " + base::printable(base::trim(log.value_or("")), 1000));
  }
  throw Error(ErrorKind::temporary, "service '" + service.name() + "' keeps ending");
}

bool is_up(const ServiceStatus& status) {
  return status.state == "ready" || status.state == "draining";
}

bool is_over(const ServiceStatus& status) {
  return status.state == "stopped" || status.state == "failed_start" || status.state == "crashed" ||
         status.state == "lost" || status.state == "skipped";
}

std::optional<ServiceClient> connect_running(const NamedService& service) {
  const base::BootTime begin = base::now_boot();
  while (true) {
    if (auto socket = service.connect()) return ServiceClient(std::move(*socket));
    if (!service.is_running() || base::now_boot() - begin > k_in_between_max) return std::nullopt;
    pause();
  }
}

void wait_for_supervisor(const NamedService& service) {
  const base::BootTime begin = base::now_boot();
  while (service.is_running() && base::now_boot() - begin < k_in_between_max) pause();
}

ExitStatus failure_of(const ServiceStatus& status) {
  if (status.state == "failed_start")
    return status.late ? ExitStatus::timed_out : ExitStatus::cannot_begin;
  return ExitStatus::failed;
}

std::vector<NamedService> named_services(const Context& context,
                                         const std::vector<std::string>& names) {
  std::vector<NamedService> services;
  for (const std::string& name : names.empty() ? NamedService::names(context.state_dir()) : names) {
    services.emplace_back(context.state_dir(), name);
    if (!names.empty()) static_cast<void>(services.back().known());
  }
  return services;
}

std::optional<std::chrono::milliseconds> parse_limit(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto limit = base::parse_duration(*text);
  if (!limit)
    throw Error(ErrorKind::usage, "--timeout: '" + *text + "' is not a duration such as 30s");
  return limit;
}

void declare_readiness(OptionTable& table, ServiceOptions& o) {
  table.group("Readiness (all conditions given must hold)");
  table.option("--ready-file", o.files, "PATH",
               "the file exists, is not empty and does not change any more");
  table.option("--ready-tcp", o.tcp, "HOST:PORT", "a connection is accepted");
  table.option("--ready-unix", o.unix_sockets, "PATH", "a Unix socket accepts a connection");
  table.option("--ready-http", o.http, "URL", "answers with a status from 200 to 299");
  table.option("--ready-status", o.ready_statuses, "LIST",
               "such statuses instead, for example 200-299,401");
  table.option("--ready-body", o.ready_body, "REGEX",
               "the answer must match, too (POSIX extended)");
  table.option("--ready-cmd", o.commands, "COMMAND", "a shell command ends with status 0");
  table.option("--ready-log", o.logs, "REGEX", "a line of its output matches (POSIX extended)");
  table.flag("--ready-notify", o.notify, "it sends READY=1 to NOTIFY_SOCKET, as for systemd");
  table.option("--ready-fd", o.ready_fd, "N", "it writes a newline to descriptor N, as for s6");
  table.option("--ready-timeout", o.ready_timeout, "DURATION",
               "stop it when it is not ready by then");
  table.option("--poll", o.poll, "DURATION", "longest pause between two looks");
  table.group("Once it is ready");
  table.option("--liveness", o.liveness, "PROBE",
               "keep looking: tcp:HOST:PORT, unix:PATH, http://URL, command:TEXT or file:PATH");
  table.option("--liveness-period", o.liveness_period, "DURATION", "pause between two such looks");
  table.option("--on-exit", o.on_exit, "POLICY", "it ends by itself: {}");
  table.words({"abort", "restart", "allowZero"}, WordRule::open);
  table.option("--restart-limit", o.restart_limit, "N", "restarts within ten minutes");
  table.option("--port", o.ports, "NAME", "reserve a free local port, given to it as NAME_PORT");
}

void declare_stopping(OptionTable& table, ServiceOptions& o) {
  table.group("Stopping");
  table.option("--stop-signal", o.stop_signal, "SIGNAL", "sent to the whole process tree: {}");
  table.words(engine::stop_signal_words(), WordRule::open);
  table.option("--stop-cmd", o.stop_command, "COMMAND",
               "run first; the signal follows if it fails");
  table.option("--grace", o.grace, "DURATION", "from the stop signal until what is left is killed");
  table.option("--success-exit", o.success_exits, "STATUS",
               "counts as a clean end, besides 0 and 143");
}

std::vector<std::pair<std::string, std::string>> service_options_of(const ServiceOptions& options) {
  std::vector<std::pair<std::string, std::string>> list;
  const auto add = [&](const char* prefix, const std::vector<std::string>& targets) {
    for (const std::string& target : targets) list.emplace_back("ready", prefix + target);
  };
  add("file:", options.files);
  add("tcp:", options.tcp);
  add("unix:", options.unix_sockets);
  add("", options.http);
  if (!options.ready_statuses.empty()) list.emplace_back("readyStatus", options.ready_statuses);
  if (!options.ready_body.empty()) list.emplace_back("readyBody", options.ready_body);
  add("command:", options.commands);
  add("log:", options.logs);
  if (options.notify) list.emplace_back("ready", "notify");
  if (options.ready_fd) list.emplace_back("ready", "fd:" + std::to_string(*options.ready_fd));
  list.emplace_back("readyTimeout", options.ready_timeout);
  list.emplace_back("poll", options.poll);
  list.emplace_back("grace", options.grace);
  list.emplace_back("stopSignal", options.stop_signal);
  list.emplace_back("stopCommand", options.stop_command);
  list.emplace_back("logCap", options.log_cap);
  for (const std::string& status : options.success_exits) list.emplace_back("successExit", status);
  list.emplace_back("ports", base::join(options.ports, ","));
  for (const std::string& probe : options.liveness) list.emplace_back("liveness", probe);
  list.emplace_back("livenessPeriod", options.liveness_period);
  list.emplace_back("onExit", options.on_exit);
  list.emplace_back("restartLimit", options.restart_limit);
  return list;
}

}  // namespace weir::app
