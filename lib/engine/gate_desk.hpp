#pragma once

#include "engine/gate.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

class LeaseBook;

/// What an admitted task holds of one gate until it ends; given back by the destructor.
class AdmitHold {
 public:
  AdmitHold() = default;
  virtual ~AdmitHold() = default;
  AdmitHold(const AdmitHold&) = delete;
  AdmitHold& operator=(const AdmitHold&) = delete;
  /// To be inherited by the task.
  [[nodiscard]] virtual std::vector<int> descriptors() const { return {}; }
};

/// A built-in gate of the phase `admit`: one object for all tasks of the run. Answers at once.
class AdmitGate {
 public:
  AdmitGate() = default;
  virtual ~AdmitGate() = default;
  AdmitGate(const AdmitGate&) = delete;
  AdmitGate& operator=(const AdmitGate&) = delete;

  /// Whether the task could be admitted now. `spec` is the gate with the task's hints.
  virtual GateAnswer check(const GateRequest& request, const GateSpec& spec) = 0;
  /// After a `check` that said ready. Null: somebody else was quicker.
  virtual std::unique_ptr<AdmitHold> take(const GateRequest& request, const GateSpec& spec) = 0;
  /// The task waits no more.
  virtual void forget(TaskId task) { static_cast<void>(task); }
};

/// disk, memory, window, semaphore, rate. Throws Error (usage).
[[nodiscard]] std::unique_ptr<AdmitGate> make_admit_gate(const GateSpec& spec,
                                                         const GateKeeper::Options& options);

/// Space that admitted tasks were promised and have not used yet. Pure.
///
/// What has disappeared from the free space since the first of them started is taken as used by
/// them, so that space is not counted twice.
class Reservations {
 public:
  /// Of what is `free` now, how much is not promised to anybody.
  [[nodiscard]] std::int64_t available(std::int64_t free) const;
  void add(std::int64_t amount, std::int64_t free);
  /// `stays_used`: what a task used stays used after its end (disk, not memory).
  void remove(std::int64_t amount, std::int64_t free, bool stays_used);

 private:
  [[nodiscard]] std::int64_t used(std::int64_t free) const;
  std::int64_t promised_ = 0;
  std::int64_t at_first_ = 0;  ///< free when the first was admitted
  int count_ = 0;
};

/// Admits tasks: asks their gates in the order of their names, takes all or nothing.
class AdmitDesk {
 public:
  struct Handlers {
    std::function<void(TaskId)> again;
    std::function<void(const std::string&)> warn;
    std::function<void()> quiet;  ///< a release came through; nothing may be left to do
  };
  AdmitDesk(base::EventLoop& loop, const GateKeeper::Options& options, const GateContext& context,
            Handlers handlers);
  ~AdmitDesk();
  AdmitDesk(const AdmitDesk&) = delete;
  AdmitDesk& operator=(const AdmitDesk&) = delete;

  void ask(std::shared_ptr<const GateRequest> request,
           std::function<void(const AdmitOutcome&)> answer);
  void release(TaskId task);
  void release_all();
  void release_dead(const std::vector<GateSpecPtr>& gates);
  [[nodiscard]] bool in_flight() const;
  [[nodiscard]] bool is_idle() const;
  void add_waiting(std::vector<GateWait>& list) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::engine
