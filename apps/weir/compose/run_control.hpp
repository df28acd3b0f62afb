#pragma once

#include "command.hpp"
#include "runs/admission.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::app {

/// Who can execute a run.
inline constexpr std::array<std::string_view, 3> k_engines{"native", "nextflow", "exec"};

/// How a run is let in, followed and ended: the options of `weir run` that are the same for every
/// engine.
struct RunControl {
  std::string lane;  ///< empty: the launch directory
  runs::OnBusy on_busy = runs::OnBusy::fail;
  bool attach_any = false;
  std::optional<std::string> attach;  ///< follow a run instead of starting one; "": the active one
  std::optional<std::chrono::milliseconds> queue_timeout;
  std::optional<std::chrono::milliseconds> timeout;
  std::chrono::milliseconds grace{20000};
  bool grace_given = false;
  std::string request_key;
  std::string triggered_by;
  std::vector<std::string> tags;  ///< NAME=value
  bool detach = false;
  bool hup_detaches = true;
  bool json = false;
  bool events = false;  ///< NDJSON on standard output
  bool quiet = false;
  bool dry_run = false;  ///< everything up to the claim, then say what would be claimed
  std::string engine = "native";
  int handshake_fd = -1;  ///< of the detached child: where its parent waits for word
  int secrets_fd = -1;    ///< of the detached child: the values that its arguments mask

  /// Only data of its own on standard output: not what the pipeline prints.
  [[nodiscard]] bool owns_output() const { return json || events; }
  /// This process is the one that a `--detach` left behind.
  [[nodiscard]] bool is_detached_child() const { return handshake_fd >= 0; }
};

/// Declares them and turns their texts into a RunControl.
class RunControlOptions {
 public:
  void declare(OptionTable& table);
  /// Throws Error (usage) naming the option and what it takes.
  [[nodiscard]] RunControl read(const Context& context) const;

 private:
  RunControl control_;
  std::string on_busy_ = "fail";
  std::string on_hup_ = "detach";
  std::string events_;
  std::optional<std::string> queue_timeout_;
  std::optional<std::string> timeout_;
  std::optional<std::string> grace_;
  std::optional<std::int64_t> handshake_fd_;
  std::optional<std::int64_t> secrets_fd_;
  bool follow_ = false;
};

/// The JSON object of `tags`.
[[nodiscard]] std::string tags_json(const std::vector<std::string>& tags);

}  // namespace weir::app
