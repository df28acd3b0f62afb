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
  std::vector<GateSpec> gates;  ///< all must pass; they run at the same time
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
};

/// Holds tasks back until their gates let them through: built-ins inside the event loop, external
/// gates as bounded processes. Without a request it costs nothing: no process, no descriptor, no
/// thread.
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
  };

  GateKeeper(base::EventLoop& loop, base::ThreadPool& pool, Options options);
  /// Kills external gates that still run; no callback follows.
  ~GateKeeper();
  GateKeeper(const GateKeeper&) = delete;
  GateKeeper& operator=(const GateKeeper&) = delete;

  /// Asks all gates of `request`. `answer` is called once: when all are ready or with the first
  /// failure (its peers are cancelled then). Not called after `cancel`.
  GateTicket prepare(GateRequest request, std::function<void(const GateOutcome&)> answer);
  /// The task is not wanted any more. Unknown tickets are ignored.
  void cancel(GateTicket ticket);
  void cancel_all();
  /// `done` follows when no process of any gate is left.
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
