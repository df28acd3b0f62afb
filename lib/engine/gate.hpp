#pragma once

#include "engine/gate_keeper.hpp"
#include "engine/gate_machine.hpp"
#include "engine/gate_protocol.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir::base {
class ProcessHost;
}

namespace weir::engine {

class MultiplexChannel;
namespace internal {
class S3Restores;
}
using GateSpecPtr = std::shared_ptr<const GateSpec>;

/// One gate of one request, or of several that ask the same: can be asked, one time after the
/// other.
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
  /// What an external gate tells on the way.
  virtual void on_progress(const std::function<void(const std::string& message)>& /*handler*/) {}
  /// A file whose change makes it worth asking again; empty: none.
  [[nodiscard]] virtual std::string watched_path() const { return {}; }
};

/// Who waits, for external gates. Borrowed by gates for their life.
struct GateSubject {
  const GateRequest* request = nullptr;
  const GateKeeper::Options* options = nullptr;
  GateOp op = GateOp::prepare;
  std::string lease = {};  ///< of a release
};

/// What gates need; one for all of them, outlives them.
struct GateContext {
  base::EventLoop& loop;
  base::ThreadPool& pool;
  /// Started when first used: without commands and external gates there is no process.
  std::function<base::ProcessHost&()> host;
  std::function<void(const std::string& text)> warn;
  /// `start` runs when a process may be started for `gate`; `slot_free` must be called once it has
  /// gone.
  std::function<void(const GateSpecPtr& gate, std::function<void()> start)> want_slot;
  std::function<void(const GateSpecPtr& gate)> slot_free;
  /// The one process of a multiplex gate; started when first used.
  std::function<MultiplexChannel&(const GateSpec& gate)> channel;
  /// What S3 gates share; made when first used.
  std::function<std::shared_ptr<internal::S3Restores>()> s3_restores;
  bool ask_once = false;  ///< `weir gate check`: `stable` goes by the age of the last change
};

/// How often a gate of this kind is asked when the spec does not say.
[[nodiscard]] GateMachine::Policy gate_policy(const GateSpec& spec);

/// Throws Error (usage) for a spec without what its kind needs.
[[nodiscard]] std::unique_ptr<Gate> make_gate(const GateSpecPtr& spec, const GateSubject& subject,
                                              const GateContext& context);
[[nodiscard]] std::unique_ptr<Gate> make_file_gate(const GateSpecPtr& spec,
                                                   const GateSubject& subject);
[[nodiscard]] std::unique_ptr<Gate> make_stable_gate(const GateSpecPtr& spec,
                                                     const GateSubject& subject,
                                                     const GateContext& context);
[[nodiscard]] std::unique_ptr<Gate> make_window_gate(const GateSpecPtr& spec,
                                                     const GateSubject& subject);
/// tcp, unix, http and command.
[[nodiscard]] std::unique_ptr<Gate> make_probe_gate(const GateSpecPtr& spec,
                                                    const GateSubject& subject,
                                                    const GateContext& context);
/// Throws Error (usage) for what is no object's name, and without credentials.
[[nodiscard]] std::unique_ptr<Gate> make_s3_gate(const GateSpecPtr& spec,
                                                 const GateSubject& subject,
                                                 const GateContext& context);
/// Task or multiplex mode, as the spec says.
[[nodiscard]] std::unique_ptr<Gate> make_external_gate(const GateSpecPtr& spec,
                                                       const GateSubject& subject,
                                                       const GateContext& context);
[[nodiscard]] std::unique_ptr<Gate> make_multiplex_gate(const GateSpecPtr& spec,
                                                        const GateSubject& subject,
                                                        const GateContext& context);

/// The paths a file, stable or s3 gate looks at: its target, else the task's inputs.
[[nodiscard]] std::vector<std::string> gate_paths(const GateSpec& spec, const GateSubject& subject);
/// Its own folder: working directory and state of its processes.
[[nodiscard]] std::string gate_folder(const GateSpec& spec, const GateKeeper::Options& options);
/// Whether the time window lets a task through; shared by both phases. `limit`: the task's time.
[[nodiscard]] GateAnswer ask_window(const class TimeWindow& window, const GateSpec& spec,
                                    std::chrono::milliseconds limit);

}  // namespace weir::engine
