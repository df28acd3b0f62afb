#pragma once

#include "base/error.hpp"
#include "engine/service_machine.hpp"
#include "engine/task_directory.hpp"
#include "engine/task_spec.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {
class EventLoop;
class ThreadPool;
}  // namespace weir::base

namespace weir::engine {

using ServiceId = std::uint32_t;
using ServiceUse = std::uint64_t;

/// A service process of the pipeline, told once its inputs are complete.
struct ServiceDeclaration {
  ServiceId id = 0;  ///< from `add_service`
  /// The spec of one attempt to run it: script, inputs, environment, resources, handles as
  /// `path_outputs`. Each pattern is a name, or a glob with an arity.
  std::function<TaskSpec(int attempt)> make_spec;
  /// Of consumers' keys instead of path, size and time: see `internal::service_identity`.
  std::string identity;
  int start_attempts = 1;             ///< strategy `retry`: maxRetries + 1
  bool abort_on_failed_start = true;  ///< false for strategy `ignore`
  /// Its own gates (`gate_keeper.hpp`): calls `proceed` with "" or with the reason of a failure.
  /// Empty: none.
  std::function<void(std::function<void(std::string failure)> proceed)> gates;
  /// It is not to start any more: takes back what `gates` asked for.
  std::function<void()> cancel_gates;
};

/// A running, ready service as its consumers see it.
struct ServiceHandles {
  std::string failure;            ///< not empty: there is no service; why
  std::string work_dir;           ///< absolute: where the handles are
  std::vector<FoundPaths> paths;  ///< per declared path output, names relative to `work_dir`
  int epoch = 1;                  ///< grows with each restart; handles of an earlier epoch are void
};

/// How one service ended; for the trace, `weir jobs` and messages.
struct ServiceReport {
  ServiceId id = 0;
  std::string name;
  ServiceState state = ServiceState::skipped;
  int exit_status = -1;  ///< -1: it never ran
  bool forced = false;   ///< it had to be killed
  std::string failure;
  std::string work_dir;
};

/// One attempt to run a service, told when its program starts and when its tree is empty. Views
/// and pointers are valid during the call only.
struct ServiceAttempt {
  ServiceId id = 0;
  const TaskSpec* spec = nullptr;
  std::string_view hash;
  std::string_view work_dir;
  pid_t leader = 0;
  bool ended = false;
  int exit_status = -1;      ///< 128 + signal when a signal ended it; -1: not known
  std::string_view failure;  ///< of one that did not end as intended
  TaskUsage usage;
};

/// The services of one run: starts them when needed, tells consumers, stops them when the last one
/// is done.
///
/// A *consumer* is a process of the script; it closes when its inputs are closed and every task of
/// it has ended, retries included. A *use* is one task attempt that is going to run. Everything
/// runs on the loop's thread.
class ServiceManager {
 public:
  struct Options {
    DirectoryOptions directories;
    std::vector<std::string> environment;  ///< NAME=value of weir's own environment
    std::string registry_dir;              ///< for `sweep_services`; empty: no registry
    bool allow_idle = false;               ///< a service without consumers is skipped, not an error
    bool resume = false;
  };

  ServiceManager(base::EventLoop& loop, base::ThreadPool& pool, Options options);
  /// Kills what still runs.
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // The graph, before anything runs.

  ServiceId add_service(std::string name, ServiceSettings settings);
  /// `consumer` (a process, or a service by the name it was added with) uses `service`.
  void add_consumer(ServiceId service, const std::string& consumer);
  /// One more instance of a service that was added; it has the same consumers. Its declaration
  /// follows.
  ServiceId add_instance(ServiceId of, std::string name);
  /// All consumers are known. Throws Error (usage) naming a service without one, unless
  /// `allow_idle` (K2).
  void seal_graph();

  // The run.

  /// The inputs of a service are complete. A second call for the same service throws Error (input):
  /// a service is one process (S-13).
  void declare(ServiceDeclaration declaration);
  /// One attempt of a consumer's task is going to run: starts the service when it is not up, and
  /// answers when it is ready or cannot be. Answers later, never inside the call.
  ServiceUse use(ServiceId service, std::function<void(const ServiceHandles&)> answer);
  /// The attempt has ended, in any way, or is not wanted any more.
  void release(ServiceUse use);
  /// A consumer process is closed. The last one stops the service.
  void consumer_closed(ServiceId service, const std::string& consumer);

  /// A service process has all its inputs: when its instances have ended it uses nothing any more.
  void no_more_instances(ServiceId service);
  /// A service that `user` uses was lost.
  void provider_lost(ServiceId user, const std::string& why);

  /// Stops all services, users before what they use; `done` follows when all trees are empty.
  void stop_all(std::function<void()> done);
  /// As `stop_all`, without any grace.
  void kill_all(std::function<void()> done);
  [[nodiscard]] bool is_idle() const;  ///< no tree of any service is left

  /// A service failed and its policy says that the run must end. Once; the run then calls
  /// `stop_all`.
  /// `kind`: `cannot_begin` or `timed_out` for a service that never became ready, else `failed`.
  void on_abort(std::function<void(const std::string& why, ErrorKind kind)> handler);
  /// The service behind a use was lost while the use ran: its task must be stopped and fails with
  /// `why`; where the service `is_restarted`, the task runs again instead.
  void on_use_lost(
      std::function<void(ServiceUse use, const std::string& why, bool is_restarted)> handler);
  void on_warning(std::function<void(const std::string& text)> handler);
  /// One service reached a terminal state.
  void on_end(std::function<void(const ServiceReport&)> handler);
  /// Told before the change of state that ends an attempt.
  void on_attempt(std::function<void(const ServiceAttempt&)> handler);
  /// Whether a consumer, by its name, runs its last task.
  void on_last_task(std::function<bool(const std::string& consumer)> handler);
  /// A service's state changed; for people who look.
  void on_change(std::function<void(ServiceId, const std::string& name, ServiceState)> handler);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Kills what services of dead controllers left behind (both controller and guardian killed at
/// once) and removes their entries. Returns how many processes were killed. Processes are named by
/// a random token in their environment and by start time and boot, never by id alone.
int sweep_services(const std::string& registry_dir);

}  // namespace weir::engine
