#pragma once

#include "base/event_loop.hpp"
#include "base/process.hpp"
#include "engine/service_machine.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::base {
class ThreadPool;
}

namespace weir::engine {

/// What one epoch of a service runs, and where.
struct ServiceLaunch {
  std::string failure;  ///< not empty: there is nothing to run; why
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< NAME=value
  std::string directory;
  std::string output_path;         ///< captured standard output; empty: weir's own
  std::string error_path;          ///< captured standard error; empty: weir's own
  std::vector<ProbeSpec> outputs;  ///< declared outputs, looked at like probes
};

/// Runs one service: a `ServiceMachine` and the guardian, timers, probes, logs and registry entry
/// that carry out what it decides. The same for `weir serve-service` and for pipelines.
///
/// Handlers run on the loop's thread and must not destroy the object.
class ServiceProcess {
 public:
  struct Handlers {
    /// Prepares epoch N and calls `proceed`, now or later.
    std::function<void(int epoch, std::function<void(ServiceLaunch)> proceed)> launch;
    /// Answered by `gates_passed` or `gates_failed`. Empty: there are none.
    std::function<void()> ask_gates;
    std::function<void()> cancel_gates;
    std::function<void(pid_t leader)> started;
    std::function<void(const base::ProcessExit&)> exited;  ///< the leader; its tree may live on
    /// Whether one task uses it and no other will; asked when it ends by itself. Empty: no.
    std::function<bool()> only_last_task;
    std::function<void()> ready;
    std::function<void(const std::string& why)> lose_consumers;
    std::function<void(const std::string& why)> abort_run;
    std::function<void(const std::string& text)> warn;
    std::function<void(ServiceState)> changed;
    std::function<void()>
        ended;  ///< a terminal state was reached and no process is left (unless stuck or lost)
  };
  struct Options {
    ServiceMachine::Policy policy;
    base::ThreadPool* pool = nullptr;  ///< resolves host names of probes; not owned
    std::string registry_dir;          ///< empty: no entry
  };

  ServiceProcess(base::EventLoop& loop, Options options, Handlers handlers);
  /// Kills what still runs and waits for it.
  ~ServiceProcess();
  ServiceProcess(const ServiceProcess&) = delete;
  ServiceProcess& operator=(const ServiceProcess&) = delete;

  [[nodiscard]] const ServiceMachine& machine() const;
  /// "abc (last lines …)": the end of its standard error, else output, for messages; empty when
  /// there is none.
  [[nodiscard]] std::string recent_output() const;
  /// NAME=value for those who use it: its ports and WEIR_SERVICE_DIR; empty when it does not run.
  [[nodiscard]] std::vector<std::string> exported() const;
  /// Processes of its tree at this moment.
  [[nodiscard]] std::vector<pid_t> processes() const;

  // Events, as in ServiceMachine.
  void inputs_complete();
  void demanded();
  void demand_gone();
  void consumers_closed();
  void gates_passed();
  void gates_failed(std::string why);
  /// A service that this one uses has gone: it counts as ended itself.
  void provider_lost(const std::string& why);
  void stop();
  void kill();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::engine
