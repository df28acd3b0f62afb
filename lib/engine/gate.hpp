#pragma once

#include "engine/gate_keeper.hpp"
#include "engine/gate_machine.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir::base {
class ProcessHost;
}

namespace weir::engine {

/// One gate of one request: can be asked, one time after the other.
class Gate {
 public:
  using Done = std::function<void(GateAnswer)>;

  Gate() = default;
  virtual ~Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// Calls `done`, now or later. At most one question at a time.
  virtual void ask(Done done) = 0;
  /// Forgets a question; its `done` is not called.
  virtual void cancel() = 0;
};

/// Who waits, for external gates. Borrowed by gates for their life.
struct GateSubject {
  const GateRequest* request = nullptr;
  const GateKeeper::Options* options = nullptr;
};

/// What gates need. All outlive the gates.
struct GateContext {
  base::EventLoop& loop;
  base::ThreadPool& pool;
  /// Started when first used: without commands and external gates there is no process.
  std::function<base::ProcessHost&()> host;
  std::function<void(const std::string& text)> warn;
  std::function<void(const std::string& message)> progress;
  /// `start` runs when a process may be started for `gate`; `slot_free` must be called once it has
  /// gone.
  std::function<void(const GateSpec& gate, std::function<void()> start)> want_slot;
  std::function<void(const GateSpec& gate)> slot_free;
  bool ask_once = false;  ///< `weir gate check`: `stable` goes by the age of the last change
};

/// How often a gate of this kind is asked when the spec does not say.
[[nodiscard]] GateMachine::Policy gate_policy(const GateSpec& spec);

/// Throws Error (usage) for a spec without what its kind needs.
[[nodiscard]] std::unique_ptr<Gate> make_gate(const GateSpec& spec, const GateSubject& subject,
                                              const GateContext& context);
[[nodiscard]] std::unique_ptr<Gate> make_file_gate(const GateSpec& spec,
                                                   const GateSubject& subject);
[[nodiscard]] std::unique_ptr<Gate> make_stable_gate(const GateSpec& spec,
                                                     const GateSubject& subject,
                                                     const GateContext& context);
[[nodiscard]] std::unique_ptr<Gate> make_external_gate(const GateSpec& spec,
                                                       const GateSubject& subject,
                                                       const GateContext& context);

/// The paths a file or stable gate looks at: its target, else the task's inputs.
[[nodiscard]] std::vector<std::string> gate_paths(const GateSpec& spec, const GateSubject& subject);

}  // namespace weir::engine
