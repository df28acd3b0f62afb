#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/named_folder.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "commands.hpp"
#include "compose/service_client.hpp"
#include "compose/service_record.hpp"
#include "engine/service_manager.hpp"
#include "engine/service_process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <limits>

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

using engine::ServiceState;

/// See `Supervisor::record`.
constexpr std::chrono::milliseconds k_record_after{1000};

constexpr const char* k_epilogue =
    "Named services, for scripts and CI: `weir serve-service "
    "start|with|stop|status|list|logs|wait`, "
    "each with --help.\n\n"
    "The service is ready when every condition given holds; without any, as soon as it runs. It is "
    "stopped with its\n"
    "whole process tree by INT, TERM or HUP to weir, by end of file on --lifeline-fd, by the end "
    "of --until-pid, and\n"
    "also when weir itself is killed. It finds a short folder for sockets in WEIR_SERVICE_DIR.\n\n"
    "Example:\n"
    "  weir serve-service --ready-unix redis.sock -- redis-server --port 0 --unixsocket "
    "redis.sock\n\n"
    "Exit status: 0 stopped as asked; 1 it ended by itself, or had to be killed; 2 usage; 11 it "
    "ended before it was\n"
    "ready or could not be started; 124 not ready in time; 129, 130, 143 weir was told to stop by "
    "HUP, INT, TERM.\n";

struct Options {
  ServiceOptions service;
  std::optional<std::int64_t> lifeline_fd;
  std::optional<std::int64_t> until_pid;
  std::optional<std::string> max_runtime;
  std::optional<std::int64_t> status_fd;
  std::string log_dir;
  std::vector<std::string> program;
};

engine::ServiceSettings settings_of(const Options& options) {
  engine::ServiceSettings settings;
  for (const auto& [name, value] : service_options_of(options.service))
    set_service_option(settings, name, value);
  return settings;
}

std::chrono::milliseconds duration_of(const std::string& option, const std::string& text) {
  const auto duration = base::parse_duration(text);
  if (!duration)
    throw Error(ErrorKind::usage, option + ": '" + text + "' is not a duration such as 30s");
  return *duration;
}

/// The supervisor in the foreground: one service, and all that may ask it to stop.
class Supervisor {
 public:
  Supervisor(Context& context, const Options& options)
      : context_(context), options_(options), service_(loop_, service_options(), handlers()) {}

  ExitStatus run() {
    watch_stop_requests();
    loop_.after(k_record_after, [this] { record(); });
    service_.inputs_complete();
    if (!ended_) loop_.run();
    if (record_) record_->finish(service_.machine());
    return conclude();
  }

 private:
  engine::ServiceProcess::Options service_options() {
    engine::ServiceProcess::Options service;
    service.policy.name = std::filesystem::path(options_.program.front()).filename().string();
    service.policy.settings = settings_of(options_);
    service.policy.settings.eager = true;
    service.pool = &pool_;
    service.registry_dir = context_.state_dir() / "services";
    return service;
  }

  /// Services that are over in a moment leave no record: a script that starts many does not wait
  /// for the job store.
  void record() {
    record_ = ServiceRecord::try_begin(context_.state_dir(),
                                       std::filesystem::path(options_.program.front()).filename(),
                                       "", base::join(options_.program, " "));
    if (record_ && was_ready_) record_->ready();
  }

  engine::ServiceProcess::Handlers handlers() {
    engine::ServiceProcess::Handlers events;
    events.launch = [this](int, const auto& proceed) { proceed(launch()); };
    events.started = [this](pid_t pid) { status({{"event", "starting"}, {"pid", pid}}); };
    events.ready = [this] {
      was_ready_ = true;
      if (record_) record_->ready();
      status({{"event", "ready"}});
    };
    events.warn = [this](const std::string& text) {
      context_.err.line("weir: " + text);
      context_.err.flush();
    };
    events.changed = [this](ServiceState state) {
      if (state == ServiceState::stopping) status({{"event", "stopping"}});
    };
    events.ended = [this] {
      ended_ = true;
      loop_.stop();
    };
    return events;
  }

  engine::ServiceLaunch launch() {
    engine::ServiceLaunch launch;
    launch.argv = options_.program;
    launch.environment = context_.environment;
    launch.directory = context_.working_directory;
    if (!options_.log_dir.empty()) {
      base::make_named_folders(options_.log_dir, ErrorKind::usage);
      launch.output_path = std::filesystem::path(options_.log_dir) / "stdout.log";
      launch.error_path = std::filesystem::path(options_.log_dir) / "stderr.log";
    }
    return launch;
  }

  void watch_stop_requests() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      loop_.on_signal(signal, [this](int number) {
        const bool again = stop_signal_ != 0;
        stop_signal_ = number;
        again ? service_.kill() : service_.stop();
      });
    }
    if (options_.lifeline_fd) {
      const int fd = static_cast<int>(*options_.lifeline_fd);
      base::set_nonblocking(fd, true);
      lifeline_ = loop_.on_readable(fd, [this, fd] { read_lifeline(fd); });
    }
    if (options_.until_pid) watch_process(static_cast<pid_t>(*options_.until_pid));
    if (options_.max_runtime)
      loop_.after(duration_of("--max-runtime", *options_.max_runtime), [this] { service_.stop(); });
  }

  void read_lifeline(int fd) {
    std::array<char, 512> ignored;
    const ssize_t got = ::read(fd, ignored.data(), ignored.size());
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return;
    loop_.cancel(lifeline_);
    service_.stop();
  }

  void watch_process(pid_t pid) {
    const auto identity = base::identity_of(pid);
    auto watched = identity ? base::watch_process(*identity) : std::nullopt;
    if (!watched)
      throw Error(ErrorKind::usage, "--until-pid: there is no process " + std::to_string(pid));
    until_ = std::move(*watched);
    until_watch_ = loop_.on_readable(until_.get(), [this] {
      loop_.cancel(until_watch_);
      service_.stop();
    });
  }

  void status(const nlohmann::json& event) {
    if (!options_.status_fd) return;
    try {
      base::write_all(static_cast<int>(*options_.status_fd), event.dump() + "\n", "--status-fd");
    } catch (const Error&) {  // whoever listened has gone; the service goes on
      options_.status_fd.reset();
    }
  }

  ExitStatus conclude() {
    const engine::ServiceMachine& machine = service_.machine();
    status({{"event", "exited"},
            {"state", name_of(machine.state())},
            {"status", machine.exit().status},
            {"signal", machine.exit().signal},
            {"forced", machine.was_forced()}});
    if (!machine.failure().empty()) return failed(machine);
    if (machine.is_stuck() || machine.was_forced()) return ExitStatus::failed;
    if (machine.state() == ServiceState::stopped && !machine.ended_cleanly()) {
      context_.err.line("weir: the service ended with status " +
                        std::to_string(machine.exit().status) + " when it was told to stop");
      return ExitStatus::failed;
    }
    return stop_signal_ != 0 ? static_cast<ExitStatus>(128 + stop_signal_) : ExitStatus::ok;
  }

  ExitStatus failed(const engine::ServiceMachine& machine) {
    context_.err.line("weir: " + machine.failure());
    const std::string recent(base::trim(service_.recent_output()));
    if (!recent.empty() && !options_.log_dir.empty())
      context_.err.line("weir: its last output (" + options_.log_dir + "):\n" + recent);
    if (was_ready_) return ExitStatus::failed;
    return machine.was_late() ? ExitStatus::timed_out : ExitStatus::cannot_begin;
  }

  Context& context_;
  Options options_;
  base::EventLoop loop_;
  base::ThreadPool pool_{1};
  engine::ServiceProcess service_;
  std::unique_ptr<ServiceRecord> record_;
  base::EventLoop::Id lifeline_ = 0;
  base::EventLoop::Id until_watch_ = 0;
  base::Fd until_;
  int stop_signal_ = 0;
  bool was_ready_ = false;
  bool ended_ = false;
};

void require_open(const std::string& option, const std::optional<std::int64_t>& fd) {
  constexpr std::int64_t k_fd_max = std::numeric_limits<int>::max();
  if (!fd.has_value() ||
      (*fd >= 0 && *fd <= k_fd_max && ::fcntl(static_cast<int>(*fd), F_GETFD) >= 0))
    return;
  throw Error(ErrorKind::usage, fmt::format("{}: descriptor {} is not open", option, *fd))
      .with_hint(fmt::format("open it where weir is called, as a shell does with {}>FILE", *fd));
}

class ServeService final : public Command {
 public:
  void declare(OptionTable& table) override {
    Options& o = options_;
    declare_readiness(table, o.service);
    table.group("Lifetime");
    table.option("--lifeline-fd", o.lifeline_fd, "N", "stop at end of file on descriptor N");
    table.option("--until-pid", o.until_pid, "PID", "stop when that process ends");
    table.option("--max-runtime", o.max_runtime, "DURATION", "stop after that time");
    declare_stopping(table, o.service);
    table.group("Reporting");
    table.option("--status-fd", o.status_fd, "N",
                 "write JSON lines there: starting, ready, stopping, exited");
    table.option("--log-dir", o.log_dir, "DIR", "capture its output in stdout.log and stderr.log");
    table.option("--log-cap", o.service.log_cap, "SIZE", "of each log; beginning and end are kept");
    table.rest("PROGRAM", o.program, Required::yes, "the service and its arguments, after `--`");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    if (options_.program.empty()) {
      throw Error(ErrorKind::usage, "serve-service needs a program to run")
          .with_hint("weir serve-service [OPTIONS] -- PROGRAM ARGUMENTS");
    }
    // Before weir opens anything, which could have the same number.
    require_open("--lifeline-fd", options_.lifeline_fd);
    require_open("--status-fd", options_.status_fd);
    engine::sweep_services(context.state_dir() / "services");
    return Supervisor(context, options_).run();
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_serve_service() {
  return std::make_unique<ServeService>();
}

}  // namespace weir::app
