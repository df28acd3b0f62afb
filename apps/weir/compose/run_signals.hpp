#pragma once

#include "base/event_loop.hpp"
#include "compose/run_control.hpp"

#include <array>
#include <csignal>
#include <functional>
#include <string>

namespace weir::app {

/// What a run's owner does on signals (run-control 2.2): INT, TERM and (unless `--on-hup detach`)
/// HUP ask for its end, a second INT leaves no grace; HUP otherwise goes on without a terminal;
/// QUIT says how it stands.
class RunSignals {
 public:
  struct Actions {
    std::function<void(int signal, bool again)> end;
    std::function<void()> hang_up;
    std::function<void()> tell;
  };
  RunSignals(base::EventLoop& loop, bool hup_detaches, Actions actions);
  ~RunSignals();
  RunSignals(const RunSignals&) = delete;
  RunSignals& operator=(const RunSignals&) = delete;
  /// The signal that asked for the end; 0: none.
  [[nodiscard]] int received() const { return received_; }

 private:
  static constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  void on(int signal);

  base::EventLoop& loop_;
  bool hup_detaches_;
  Actions actions_;
  std::array<base::EventLoop::Id, k_signals.size()> ids_{};
  int received_ = 0;
};

}  // namespace weir::app
