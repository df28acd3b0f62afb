#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace weir::engine {

/// What a gate says when it is asked once.
struct GateAnswer {
  enum class Kind {
    ready,
    not_applicable,  ///< counts as ready; noted
    not_ready,       ///< ask again
    transient,       ///< failed; ask again, a limited number of times
    permanent,       ///< failed; the task's error strategy decides
    unrecoverable,   ///< failed; a retry of the task cannot help
  };
  Kind kind = Kind::not_ready;
  std::string code;     ///< "gate-failed" and the like, or the gate's own
  std::string message;  ///< one line
  std::optional<std::chrono::milliseconds> retry_after;
  std::string lease = {};  ///< of an admission: given back by the operation `release`
  std::string data = {};   ///< for the trace, at most 4 KiB
  /// How long "ready" is good for; nothing: until the launch.
  std::optional<std::chrono::milliseconds> valid_for = {};
};

/// What to do next about one gate of one request.
struct GateStep {
  enum class Kind { ask, wait, passed, failed, nothing };
  Kind kind = Kind::nothing;
  std::chrono::milliseconds delay{0};  ///< wait: then call `pause_ended`
  GateAnswer answer;                   ///< failed: why
  std::string warning;
};

/// Decides how often a gate is asked and when asking ends. Pure: no clock, no processes.
class GateMachine {
 public:
  struct Policy {
    std::string name;
    std::chrono::milliseconds pause_min{1000};  ///< after "not ready"; doubles
    std::chrono::milliseconds pause_max{60000};
    int transient_limit = 20;
    bool pass_on_timeout = false;
  };
  explicit GateMachine(Policy policy) : policy_(std::move(policy)), pause_(policy_.pause_min) {}

  GateStep begin();
  /// `jitter` in [0, 1): spreads repeats after transient failures.
  GateStep answered(GateAnswer answer, double jitter);
  GateStep pause_ended();
  /// `maxWait` of one who waits is over: passed or failed.
  [[nodiscard]] GateStep time_is_up();

  [[nodiscard]] bool is_fresh() const { return state_ == State::fresh; }
  [[nodiscard]] bool is_over() const { return state_ == State::over; }
  [[nodiscard]] const std::string& reason() const { return reason_; }  ///< last answer's message

 private:
  enum class State { fresh, asking, pausing, over };
  GateStep fail(GateAnswer answer);
  GateStep pause_for(std::chrono::milliseconds delay);

  Policy policy_;
  State state_ = State::fresh;
  std::chrono::milliseconds pause_;
  int transient_failures_ = 0;
  std::string reason_;
};

}  // namespace weir::engine
