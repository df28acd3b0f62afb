#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::engine {

/// One condition that a service must meet to be ready.
struct ProbeSpec {
  enum class Kind {
    file,     ///< `target` exists and does not change any more
    tcp,      ///< host:port takes a connection
    unix,     ///< a Unix socket takes a connection
    http,     ///< a URL answers with a status in `statuses`
    command,  ///< a shell command ends with 0
    log,      ///< a line of output matches a POSIX extended regular expression
    notify,   ///< the service sends READY=1 to the socket named in NOTIFY_SOCKET (systemd's
              ///< convention)
    fd,       ///< the service writes a newline to descriptor `target` (s6's convention)
  };
  Kind kind = Kind::file;
  std::string target;
  std::vector<std::pair<int, int>> statuses{{200, 299}};  ///< http: inclusive ranges
  std::string body = {};  ///< http: POSIX extended expression that the answer must match
  std::chrono::milliseconds timeout{5000};  ///< of one try
  bool allow_empty = false;                 ///< file: an empty regular file will do
  bool endpoint = false;       ///< file: it must hold HOST:PORT or SCHEME://HOST:PORT lines
  bool glob = false;           ///< file: `target` is a pattern of names in one folder
  std::int64_t count_min = 1;  ///< file, glob: so many must be there
  std::int64_t count_max = 1;  ///< -1: no limit
};

/// 1 to 65535.
[[nodiscard]] bool is_port(std::string_view text);

/// "tcp://127.0.0.1:6379", "http://…", "unix:PATH", "file:PATH", "command:TEXT", "log:REGEX",
/// "notify", "fd:N". Throws Error (usage) naming the text.
[[nodiscard]] ProbeSpec parse_probe(const std::string& text);
/// The text `parse_probe` takes, for messages.
[[nodiscard]] std::string probe_text(const ProbeSpec& probe);

/// "200", "200-299,304" as inclusive ranges; empty: it is no such list.
[[nodiscard]] std::vector<std::pair<int, int>> parse_statuses(const std::string& text);
inline constexpr std::string_view k_statuses_wanted = "HTTP statuses such as 200-299,304";

/// What happens when a service ends by itself after it was ready.
enum class OnExit { abort, fail_consumers, restart, allow_zero };

/// How one service is started, watched and stopped. Defaults as in decision 14.
struct ServiceSettings {
  std::vector<ProbeSpec> probes;  ///< all must pass
  /// Of `probes` by http: a POSIX extended expression that the answer must match, and the statuses
  /// that pass; empty: any answer, 200 to 299.
  std::string ready_body;
  std::vector<std::pair<int, int>> ready_statuses;
  /// Looked at again and again once it is ready; empty: not watched. A service that fails one
  /// `liveness_failures` times in a row counts as ended.
  std::vector<ProbeSpec> liveness;
  std::chrono::milliseconds liveness_period{10000};
  int liveness_failures = 3;
  bool eager = false;  ///< start without waiting for the first consumer
  std::chrono::milliseconds ready_timeout{600000};  ///< from exec on
  std::chrono::milliseconds poll{250};     ///< longest pause between two looks at a condition
  std::chrono::milliseconds grace{10000};  ///< from the stop signal to KILL
  std::chrono::milliseconds linger{0};     ///< stays so long after the last consumer
  int stop_signal = SIGTERM;
  std::string
      stop_command;  ///< runs first; the signal follows when it fails or half the grace has passed
  OnExit on_exit = OnExit::abort;
  int restart_limit = 3;  ///< restarts within ten minutes
  /// Statuses that count as a clean end after a stop was asked for, besides 0 and death by the stop
  /// signal.
  std::vector<int> success_exits{143};
  std::int64_t log_bytes_max = std::int64_t{64}
                               << 20;  ///< of each stream; beginning and end are kept
  std::vector<std::string> ports;      ///< names: a free loopback port each, exported as NAME_PORT
  bool allow_empty = false;            ///< outputs may be empty files
  /// Outputs that are endpoint files: HOST:PORT or SCHEME://HOST:PORT a line, at most 4 KiB.
  std::vector<std::string> endpoints;
  bool fifo_shared = false;  ///< several tasks may read one FIFO output
  /// Processes that use the service through what its consumers hand on.
  std::vector<std::string> keep_for;
  bool each = false;  ///< one instance for each set of inputs, not one for all
};

/// Sets one option by its name in scripts and configuration: "ready" (a probe; may come several
/// times), "readyBody", "readyStatus", "start", "readyTimeout", "poll", "grace", "linger",
/// "stopSignal", "stopCommand", "onExit", "restartLimit", "successExit", "logCap", "ports",
/// "allowEmpty", "liveness" (a probe), "livenessPeriod", "livenessFailures", "endpoint", "fifo",
/// "keepFor", "instances". Throws Error (usage) naming an unknown option with the nearest known
/// one, or the value that does not fit.
void set_service_option(ServiceSettings& settings, const std::string& name,
                        const std::string& value);

/// `probe` with the values of `variables` (NAME=value) in place of $NAME and ${NAME} in its target.
/// Commands and expressions for the log are left alone: a dollar is their own.
[[nodiscard]] ProbeSpec with_variables(ProbeSpec probe, const std::vector<std::string>& variables);
/// A probe of `settings.probes` with all that the settings say of it.
[[nodiscard]] ProbeSpec readiness_probe(ProbeSpec probe, const ServiceSettings& settings,
                                        const std::vector<std::string>& variables);

/// The names of signals that `parse_signal` takes.
[[nodiscard]] std::vector<std::string_view> stop_signal_words();
/// A signal by name ("TERM", "SIGTERM") or number. Throws Error (usage).
[[nodiscard]] int parse_signal(const std::string& text);

}  // namespace weir::engine
