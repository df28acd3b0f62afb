#pragma once

#include "engine/gate_spec.hpp"
#include "engine/task_spec.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::base {
class EventLoop;
class ThreadPool;
}  // namespace weir::base

namespace weir::engine {

using GateTicket = std::uint64_t;

/// A task attempt that waits for its gates.
struct GateRequest {
  TaskId task = 0;
  int attempt = 1;
  std::string key;  ///< hash of the task; the same for all its attempts
  std::string process;
  std::string name;
  std::string tag;
  std::string work_dir;
  std::vector<std::string> inputs;  ///< absolute paths
  Resources resources;
  /// All must pass; those of `prepare` run at the same time. Shared between tasks without hints of
  /// their own.
  std::vector<std::shared_ptr<const GateSpec>> gates;
  void add(GateSpec gate) { gates.push_back(std::make_shared<const GateSpec>(std::move(gate))); }
};

/// The answer to a request.
struct GateOutcome {
  enum class Kind { ready, failed };
  Kind kind = Kind::ready;
  std::string gate;     ///< that failed
  std::string code;     ///< "gate-failed", "gate-timeout", "gate-crashed", "gate-protocol", …
  std::string message;  ///< one line
  bool unrecoverable = false;  ///< a retry cannot help
  std::chrono::milliseconds waited{0};
  /// From now on; nothing: until the launch.
  std::optional<std::chrono::milliseconds> valid_for;
  std::string data = {};  ///< what gates told with their answers: a JSON object by gate, or empty
};

/// The answer to the question whether a task may launch now.
struct AdmitOutcome {
  enum class Kind {
    admitted,  ///< it holds what it needs until `release`
    wait,      ///< not now: `on_again` tells when to ask again
    failed,
  };
  Kind kind = Kind::admitted;
  std::string gate;
  std::string code;
  std::string message;
  bool unrecoverable = false;
  /// Held by weir and to be inherited by the task, so that what it holds lives as long as it does
  /// when weir is killed.
  std::vector<int> descriptors;
  std::string data = {};  ///< as of a GateOutcome
};

/// Hears how long an attempt was held at its early gates, or at its late ones, and what they told
/// (`data` of the outcome).
using GateWaitHandler =
    std::function<void(TaskId task, std::chrono::milliseconds waited, const std::string& data)>;

/// One who waits, for people who look.
struct GateWait {
  TaskId task = 0;
  std::string task_name;
  std::string gate;
  std::string reason;
  std::chrono::milliseconds age{0};
};

/// Those who wait: the first few, and how many they are.
struct GateWaits {
  std::vector<GateWait> first;
  std::size_t count = 0;
};

/// Holds tasks back until their gates let them through: built-ins inside the event loop, external
/// gates as bounded processes. Without a request it costs nothing: no process, no descriptor, no
/// thread.
///
/// Two phases: `prepare` when a task is queued, as long as it takes; `admit` when it would launch,
/// quickly, and with something to hold until its end (tokens, leases, reserved space).
///
/// Everything runs on the loop's thread; callbacks never run inside a call.
class GateKeeper {
 public:
  struct Options {
    std::vector<std::string> environment;  ///< NAME=value, for external gates and commands
    std::string state_dir;  ///< one folder per gate below it: working directory of external gates
    std::string run_id;
    std::string run_name;
    bool resume = false;
    int max_processes = 64;  ///< external gates at once, all together
    std::chrono::milliseconds cancel_grace{5000};
    /// For `weir gate check`: `stable` goes by the age of the last change instead of watching.
    bool ask_once = false;
    /// Distinguishes the semaphores named without a path from those of other work directories.
    std::string pool_scope;
    /// A wait is reported after so long, then at doubling intervals.
    std::chrono::milliseconds report_after{600000};
  };

  GateKeeper(base::EventLoop& loop, base::ThreadPool& pool, Options options);
  /// Kills external gates that still run; no callback follows.
  ~GateKeeper();
  GateKeeper(const GateKeeper&) = delete;
  GateKeeper& operator=(const GateKeeper&) = delete;

  /// Throws Error (usage) for a built-in gate that cannot be asked as it is: a wrong address, no
  /// credentials. Commands and external gates, and gates that say no target, are taken as they are.
  void check(const std::shared_ptr<const GateSpec>& spec);

  /// Asks the `prepare` gates of `request`. `answer` is called once: when all are ready or with the
  /// first failure (its peers are cancelled then). Not called after `cancel`.
  GateTicket prepare(const std::shared_ptr<const GateRequest>& request,
                     std::function<void(const GateOutcome&)> answer);
  GateTicket prepare(GateRequest request, std::function<void(const GateOutcome&)> answer);
  /// The task is not wanted any more. Unknown tickets are ignored.
  void cancel(GateTicket ticket);
  void cancel_all();

  /// Asks whether the task of `request` may launch now: its `admit` gates in the order of their
  /// names, all or nothing. `answer` is called once, unless it is released before.
  void admit(std::shared_ptr<const GateRequest> request,
             std::function<void(const AdmitOutcome&)> answer);
  /// The attempt has ended or is not wanted any more: gives back what it holds.
  void release(TaskId task);
  /// A task that was told to wait may be asked about again.
  void on_again(std::function<void(TaskId)> handler);

  /// Some gate is being asked or waits to be asked.
  [[nodiscard]] bool in_flight() const;
  /// In the order of their tasks, at most `first_max` of them.
  [[nodiscard]] GateWaits waiting(std::size_t first_max = SIZE_MAX) const;
  /// Releases what runs of dead controllers hold of the gates given.
  void release_dead_leases(const std::vector<std::shared_ptr<const GateSpec>>& gates);
  /// Tells multiplex gates to end; `done` follows when no process of any gate is left.
  void when_idle(std::function<void()> done);

  /// What a gate reports on the way, for `weir jobs` and logs.
  void on_progress(
      std::function<void(GateTicket, const std::string& gate, const std::string& message)> handler);
  void on_warning(std::function<void(const std::string& text)> handler);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::engine
