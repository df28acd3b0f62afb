#pragma once

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "compose/run_control.hpp"
#include "compose/run_output.hpp"
#include "compose/run_record.hpp"
#include "compose/run_signals.hpp"

#include <atomic>
#include <functional>
#include <optional>

namespace weir::app {

/// All that can end a run from outside: signals, its time limit, a recorded cancel, a store
/// that cannot be written. Each becomes a recorded wish to cancel, and then the end of what runs:
/// asked first, killed after the grace.
class RunEnding {
 public:
  /// Asks what runs to end; with `kill`, after the grace, leaves it no choice.
  using Stop = std::function<void(bool kill)>;
  RunEnding(base::EventLoop& loop, Stop stop, RunOutput& output, const RunControl& control);
  ~RunEnding();
  RunEnding(const RunEnding&) = delete;
  RunEnding& operator=(const RunEnding&) = delete;

  /// Confirms the run and begins to watch. The record and this object end before the loop.
  runs::Journal& begin(RunRecord& record);
  /// The signal that asked for the end; 0: none.
  [[nodiscard]] int signal() const { return signals_.has_value() ? signals_->received() : 0; }
  [[nodiscard]] const std::optional<Error>& store_failure() const { return store_failure_; }

 private:
  void on_signal(int signal, bool again);
  void on_cancelled(std::optional<std::chrono::milliseconds> grace);
  void end(std::chrono::milliseconds grace);
  void flush_soon();

  base::EventLoop& loop_;
  Stop stop_;
  RunOutput& output_;
  const RunControl& control_;
  RunRecord* record_ = nullptr;
  runs::Journal* journal_ = nullptr;
  std::optional<RunSignals> signals_;
  std::optional<Error> store_failure_;
  base::EventLoop::Id time_limit_ = 0;
  base::EventLoop::Id kill_ = 0;
  base::EventLoop::Id flush_ = 0;
  std::atomic<bool> flush_due_{false};
  bool ending_ = false;
  bool killed_ = false;
};

}  // namespace weir::app
