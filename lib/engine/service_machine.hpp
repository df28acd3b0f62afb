#pragma once

#include "engine/service_settings.hpp"

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The life of a service; the table is in the module's README ("Services").
enum class ServiceState {
  declared,      ///< in the graph; its inputs are not complete
  idle,          ///< inputs complete, no consumer needs it yet
  gated,         ///< needed; waits for its own gates, resources or the pause before a new attempt
  starting,      ///< asked the guardian to start it
  readying,      ///< runs; probes and outputs are not satisfied yet
  ready,         ///< consumers may run
  draining,      ///< no consumer is left; stays for `linger`
  stopping,      ///< stop signal sent
  killing,       ///< KILL sent to the tree
  stopped,       ///< ended as intended
  failed_start,  ///< ended or ran out of time before it was ready
  crashed,       ///< ended after it was ready, without a request
  skipped,       ///< never started: nothing needed it
  lost,          ///< its guardian vanished
};
[[nodiscard]] std::string_view name_of(ServiceState state);
[[nodiscard]] bool is_terminal(ServiceState state);

/// How a leader ended, as the machine needs it.
struct ServiceExit {
  int status = 0;  ///< 128 + signal when a signal ended it
  int signal = 0;
  bool only_last_task = false;  ///< one task uses it, and no other will
};

/// What the driver must do; in order.
struct ServiceAction {
  enum class Kind {
    ask_gates,  ///< gates and resources of the service itself; answered by
                ///< `gates_passed`/`gates_failed`
    cancel_gates,
    launch,  ///< new directory, registry entry, guardian, program
    watch,   ///< begin to look at probes and outputs
    unwatch,
    bind,         ///< hand the outputs to consumers (once per epoch) and wake them
    start_timer,  ///< `timer` after `delay`, replacing one that runs
    stop_timer,
    run_stop_command,
    stop_tree,  ///< stop signal, then KILL after `delay`
    kill_tree,
    lose_consumers,  ///< running consumers fail with `text` (cause service-lost)
    abort_run,       ///< the run must end with `text`
    warn,            ///< tell people `text`
    end,             ///< reached a terminal state; `text` says why when it is a failure
  };
  enum class Timer { ready, linger, grace, stuck, backoff, stop_command };
  Kind kind = Kind::end;
  Timer timer = Timer::ready;
  std::chrono::milliseconds delay{0};
  std::string text;
};

/// Decides what a service does next. Pure: it is told events and answers actions; it knows no
/// processes and no clock. Events that mean nothing in the present state are ignored, so that
/// drivers need not guard against races.
class ServiceMachine {
 public:
  using Actions = std::vector<ServiceAction>;
  using Timer = ServiceAction::Timer;

  struct Policy {
    std::string name;  ///< for messages
    ServiceSettings settings;
    int start_attempts = 1;             ///< attempts to become ready (strategy `retry`)
    bool abort_on_failed_start = true;  ///< false: strategy `ignore`, its consumers fail one by one
  };
  explicit ServiceMachine(Policy policy);

  [[nodiscard]] ServiceState state() const { return state_; }
  /// How often it was launched so far; outputs belong to one epoch.
  [[nodiscard]] int epoch() const { return epoch_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// The failure is that it was not ready in time.
  [[nodiscard]] bool was_late() const { return late_; }
  /// It had to be killed, or could not be killed.
  [[nodiscard]] bool was_forced() const { return forced_; }
  [[nodiscard]] bool is_stuck() const { return stuck_; }
  [[nodiscard]] const ServiceExit& exit() const { return exit_; }
  /// What is lost comes again as a new epoch.
  [[nodiscard]] bool will_restart() const { return may_restart(); }
  /// The end was asked for and the exit is one of those that count as clean.
  [[nodiscard]] bool ended_cleanly() const;

  Actions inputs_complete();   // T1, T2 when eager
  Actions demanded();          // T2, T18
  Actions demand_gone();       // T5
  Actions consumers_closed();  // T3, T5, T12: none is left and no more will come
  Actions gates_passed();      // T4
  Actions gates_failed(std::string why);
  Actions executed();                              // T6
  Actions execute_failed(const std::string& why);  // T7
  Actions became_ready();                          // T9
  /// A hard failure of a probe; of liveness, or of a service that it uses itself, when ready (T15).
  Actions probe_failed(const std::string& why, std::chrono::nanoseconds now = {});
  Actions leader_exited(ServiceExit exit, std::chrono::nanoseconds now);  // T10, T13, T14
  Actions tree_emptied();                                                 // T19, T21
  Actions stop_requested();                                               // T8, T16: latched
  Actions kill_requested();  // second interrupt: no more grace
  Actions stop_command_ended(int status);
  /// `why`: the last answer of the probes, for the ready timer.
  Actions timer_fired(Timer timer, const std::string& why = {});  // T11, T17, T20, T22, T23
  Actions guardian_lost();                                        // T25

 private:
  enum class Outcome { stopped, failed_start, crashed };

  void note_crash(std::chrono::nanoseconds now);
  Actions enter_gated(Actions actions);
  Actions skip();
  Actions begin_stop(Actions actions, Outcome outcome);
  Actions begin_kill(Actions actions, Outcome outcome);
  Actions conclude();
  Actions conclude_failed_start();
  Actions conclude_crash();
  [[nodiscard]] bool may_restart() const;
  [[nodiscard]] ServiceAction loss() const;
  [[nodiscard]] bool is_up() const;
  [[nodiscard]] std::string describe_exit() const;

  Policy policy_;
  ServiceState state_ = ServiceState::declared;
  Outcome outcome_ = Outcome::stopped;
  int epoch_ = 0;
  int failed_starts_ = 0;
  bool inputs_complete_ = false;
  bool demanded_ = false;
  bool consumers_closed_ = false;
  bool stop_requested_ = false;
  bool leader_exited_ = false;
  bool late_ = false;
  bool forced_ = false;
  bool stuck_ = false;
  ServiceExit exit_;
  std::string failure_;
  std::deque<std::chrono::nanoseconds> crashes_;  // times of crashes within the restart window
};

}  // namespace weir::engine
