#pragma once

#include "command.hpp"
#include "engine/gate_spec.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::app {

/// What `weir gate wait` and `weir gate check` are asked for.
struct GateQuestion {
  std::vector<engine::GateSpec> gates;
  bool any = false;       ///< one of them suffices
  bool ask_once = false;  ///< do not wait
  std::optional<std::chrono::milliseconds> limit;
  /// Runs once ready, with the descriptors that late gates gave (tokens held while it runs), and
  /// answers the verdict's status. Empty: nothing to run.
  std::function<ExitStatus(const std::vector<int>& inherited)> then;
};

/// How the wait ended.
struct GateVerdict {
  ExitStatus status = ExitStatus::ok;
  std::string message;  ///< why it is not ok
};

/// Asks or waits, in the foreground, until the answer is known, the limit has passed or INT, TERM
/// or HUP arrives.
[[nodiscard]] GateVerdict wait_for_gates(Context& context, const GateQuestion& question);

/// The options that both commands share, as given.
struct GateOptions {
  std::vector<std::string> gates;
  std::optional<std::string> quiet;
  std::optional<std::string> size;
  std::optional<std::string> poll;
  std::vector<std::string> settings;  ///< NAME=VALUE
};
void declare_gate_options(OptionTable& table, GateOptions& options);
/// Relative paths are taken from the working directory. Throws Error (usage).
[[nodiscard]] std::vector<engine::GateSpec> parse_gates(const GateOptions& options,
                                                        const Context& context);

}  // namespace weir::app
