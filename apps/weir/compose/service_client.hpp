#pragma once

#include "base/fd.hpp"
#include "command.hpp"
#include "engine/named_service.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace weir::app {

/// A connection to the supervisor of a named service; its lease, if it asked for one, lasts as long
/// as a copy of its descriptor.
class ServiceClient {
 public:
  explicit ServiceClient(base::Fd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const { return socket_.get(); }
  void send(const std::string& operation);
  /// The status that `enough` takes, or the last one before the supervisor went; nothing when the
  /// time is over. Blocks.
  [[nodiscard]] std::optional<engine::ServiceStatus> wait_for(
      const std::function<bool(const engine::ServiceStatus&)>& enough,
      std::optional<std::chrono::milliseconds> limit);
  /// After `wait_for`: its supervisor has gone.
  [[nodiscard]] bool is_closed() const { return closed_; }

 private:
  base::Fd socket_;
  std::string text_;
  engine::ServiceStatus last_;
  bool closed_ = false;
};

enum class Pinned { no, yes };

/// Connects to the service, starting its supervisor when none runs. Throws Error (not_found,
/// cannot_begin).
[[nodiscard]] ServiceClient connect_service(const Context& context,
                                            const engine::NamedService& service, Pinned pinned);

[[nodiscard]] bool is_up(const engine::ServiceStatus& status);
/// stopped, failed_start, crashed, lost, skipped.
[[nodiscard]] bool is_over(const engine::ServiceStatus& status);
/// A connection to the supervisor that runs, also while it is just beginning or ending; nothing:
/// none runs. Blocks.
[[nodiscard]] std::optional<ServiceClient> connect_running(const engine::NamedService& service);
/// A service that is over has a supervisor for a moment more: waits until it has gone, too, so that
/// no process is left when a command says so. Blocks.
void wait_for_supervisor(const engine::NamedService& service);
/// What a command that needed the service ends with when it is over before it was ready.
[[nodiscard]] ExitStatus failure_of(const engine::ServiceStatus& status);

/// NAMEs as given, each checked, or all when `names` is empty.
[[nodiscard]] std::vector<engine::NamedService> named_services(
    const Context& context, const std::vector<std::string>& names);
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_limit(
    const std::optional<std::string>& text);

/// The options of `serve-service` that say what a service is, as `set_service_option` takes them.
struct ServiceOptions {
  std::vector<std::string> files, tcp, unix_sockets, http, commands, logs;
  std::optional<std::int64_t> ready_fd;
  bool notify = false;
  std::string ready_timeout = "600s";
  std::string poll = "250ms";
  std::string grace = "10s";
  std::string stop_signal = "TERM";
  std::string stop_command;
  std::vector<std::string> success_exits;
  std::vector<std::string> ports;
  std::string ready_statuses;
  std::string ready_body;
  std::vector<std::string> liveness;
  std::string liveness_period = "10s";
  std::string on_exit = "abort";
  std::string restart_limit = "3";
  std::string log_cap = "64MB";
};
void declare_readiness(OptionTable& table, ServiceOptions& options);
void declare_stopping(OptionTable& table, ServiceOptions& options);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> service_options_of(
    const ServiceOptions& options);

}  // namespace weir::app
