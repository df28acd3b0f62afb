#pragma once

#include "engine/gate.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace weir::engine::internal {

/// Which external gate may start a process now: so many at once over all, and so many of each gate
/// (`maxConcurrency`). First in first out within a gate; the gates take turns.
class GateSlots {
 public:
  explicit GateSlots(int processes_max) : processes_max_(processes_max) {}

  /// Calls `start` as soon as there is a slot, maybe at once.
  void want(const GateSpecPtr& gate, std::function<void()> start);
  /// A process ended. False when none was counted (`forget_running`). Nobody starts before `give`.
  bool give_back(const GateSpecPtr& gate);
  /// Starts those for whom there is room.
  void give();
  /// All processes are gone.
  void forget_running();
  /// Nobody waits any more.
  void clear() { waiting_.clear(); }
  /// Nobody runs or waits.
  [[nodiscard]] bool is_idle() const { return running_ == 0 && waiting_.empty(); }

 private:
  struct Waiting {
    GateSpecPtr gate;
    std::function<void()> start;
  };
  [[nodiscard]] bool has_room(const GateSpec& gate) const;

  int processes_max_;
  int running_ = 0;
  std::map<std::string, int> running_of_;  // by gate
  /// A queue for each gate: thousands that wait for a busy one are not looked at.
  std::map<std::string, std::deque<Waiting>> waiting_;
};

}  // namespace weir::engine::internal
