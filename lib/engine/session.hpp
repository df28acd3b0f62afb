#pragma once

#include "base/error.hpp"
#include "engine/config_print.hpp"
#include "engine/gate_keeper.hpp"
#include "engine/run_listener.hpp"
#include "engine/run_settings.hpp"
#include "engine/service_machine.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::base {
class EventLoop;
class ProcessHost;
}  // namespace weir::base

namespace weir::engine {

struct ValidationSettings;

/// How a run ended.
struct RunOutcome {
  enum class Kind {
    succeeded,
    failed,       ///< a task ended the run, the script threw, or the flow came to a standstill
    script_exit,  ///< `exit N`: `exit_status` is N
    interrupted,  ///< `Session::interrupt`
  };
  Kind kind = Kind::succeeded;
  /// Of a failed run: `cannot_begin` when a service never became ready, `timed_out` when a gate did
  /// not open in time.
  ErrorKind failure = ErrorKind::failed;
  int exit_status = 0;   ///< of the task that ended the run, or of `exit N`
  std::string cause;     ///< its message alone; may be empty
  bool is_said = false;  ///< by the script itself, which called `error`: `cause` is all it says
  InputPlace place;      ///< where in the script; no file: not known
  std::string error;     ///< the report for people; empty when there is nothing to say
};

/// A failure as Nextflow reports it: the message, and where in the script.
[[nodiscard]] std::string upstream_report(const std::string& message, const InputPlace& place);
/// The code of an Error whose message is what the script says by `error`, in upstream's form.
inline constexpr std::string_view k_script_message = "script_message";

/// What services and gates of a run do at one moment.
struct RunWaitList {
  struct Service {
    std::string name;
    ServiceState state = ServiceState::declared;
    std::chrono::milliseconds age{0};  ///< in that state
    std::string waits_for;             ///< of one that cannot start yet
  };
  std::vector<Service> services;
  std::vector<GateWait> tasks;    ///< the first of them
  std::size_t tasks_waiting = 0;  ///< all of them
  /// A task that has passed its gates and waits for services.
  struct ForService {
    TaskId task = 0;
    std::string name;
    std::string services;  ///< "DB, WEB"
    std::chrono::milliseconds age{0};
  };
  std::vector<ForService> for_services;
  std::size_t for_resources = 0;  ///< tasks that only need the machine to have room
  std::string first_for_resources;
  double first_needs_cpus = 0;
};

/// A process and the image its tasks run in, as the script and the configuration name it.
struct ProcessContainer {
  std::string process;  ///< its own name
  std::string image;    ///< empty: see `unknown`
  std::string unknown;  ///< why the image cannot be told without a task, for people; else empty
};

/// One run of a pipeline, from its source files to the last published output.
///
/// Two steps: `prepare` reads configuration and scripts and wires the graph, so that everything
/// that can be refused is refused before the first task starts; `execute` runs the loop to the end.
/// Everything happens on the calling thread but the blocking file work of tasks.
class Session {
 public:
  /// All arguments outlive the session. `run_id` is the first part of every task's key: that of the
  /// resumed run.
  Session(base::EventLoop& loop, RunSettings settings, RunListener& listener, std::string run_id);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Who is to start the tasks; before `prepare`. Forked early, while this process is small, a host
  /// costs a fraction and sets itself up beside the reading of the script. Without this call one is
  /// forked when there are processes to run.
  void use_host(std::unique_ptr<base::ProcessHost> host);
  struct Limits {
    /// Of tasks, between TERM and KILL when the run is ended; nothing: the usual time.
    std::optional<std::chrono::milliseconds> kill_grace;
    /// Told all parameters as a JSON object, those that the script sets included, before any
    /// workflow is wired (by `configuration`: those of the configuration); throws to refuse them.
    std::function<void(const std::string& params_json, const ValidationSettings&)> check_params;
  };
  /// Before `prepare` or `configuration`.
  void set_limits(Limits limits);
  /// Throws Error: `usage` for the configuration, `input` for scripts and parameters, with their
  /// places; ScriptExit (script_host.hpp) when the script says `exit`.
  void prepare();
  /// Reads configuration and script and has the parameters checked; nothing is wired. The names of
  /// those that a `params` block requires and nothing gives. Instead of `prepare` and `execute`;
  /// throws as `prepare` does.
  [[nodiscard]] std::vector<std::string> check_parameters();
  /// The processes of the script and of all that it includes, with or without a call, that have a
  /// container, in the order in which they stand. No workflow is run and no parameter is checked.
  /// Instead of `prepare` and `execute`; throws as `prepare` does.
  [[nodiscard]] std::vector<ProcessContainer> containers();
  /// Reads the configuration alone and prints it. Instead of `prepare` and `execute`; throws Error
  /// (usage).
  [[nodiscard]] std::string configuration(const ConfigForm& form);
  /// The value of one setting as text; nothing when it is not set. After `configuration`.
  [[nodiscard]] std::optional<std::string> configured(std::string_view dotted_name) const;
  /// The names in a scope of the configuration, in its order. After `configuration`.
  [[nodiscard]] std::vector<std::string> configured_names(std::string_view scope) const;
  /// Runs to the end. Does not throw for failures of the pipeline.
  [[nodiscard]] RunOutcome execute();
  /// From a handler of the loop: stops starting, ends what runs, lets `execute` return. A second
  /// call leaves no grace.
  void interrupt();

  /// After `execute`: waits for all that works for the session (the process that started the
  /// tasks, threads) and finishes its files. What is left then is memory, which may be left to the
  /// end of the program. The destructor does the same.
  void close();

  /// Nothing for a run without services and gates.
  [[nodiscard]] std::optional<RunWaitList> waits(std::size_t tasks_max) const;
  /// Runs at each change of a service's state, in `execute`. After `prepare`.
  void on_service(std::function<void(const std::string& name, ServiceState)> handler);

  /// Known after `prepare`; absolute.
  [[nodiscard]] const std::string& work_dir() const;
  [[nodiscard]] const std::string& script_file() const;
  [[nodiscard]] const std::string& project_dir() const;
  /// A setting of the configuration as text, or "".
  [[nodiscard]] std::string setting(std::string_view dotted_name) const;
  [[nodiscard]] bool has_processes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::engine
