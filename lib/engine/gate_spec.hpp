#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// One gate as configured: `gates { NAME { … } }`, or as spelled on the command line.
struct GateSpec {
  enum class Kind { file, stable, tcp, unix, http, command, disk, external };
  std::string name;  ///< of the configuration; on the command line the text itself
  Kind kind = Kind::stable;
  /// What is looked at: a path, host:port, URL, shell command. Empty for `stable` and `file` in a
  /// pipeline: the task's own inputs.
  std::string target;
  std::vector<std::string> command;                   ///< external: argument vector
  std::chrono::milliseconds quiet{60000};             ///< stable: unchanged for so long
  std::int64_t bytes = 0;                             ///< disk: free bytes needed; file: least size
  std::optional<std::chrono::milliseconds> poll;      ///< nothing: the kind's own
  std::optional<std::chrono::milliseconds> max_wait;  ///< nothing: without limit
  bool pass_on_timeout = false;                       ///< `onTimeout: 'pass'`
  bool skip = false;
  int transient_limit = 20;
  int max_concurrency = 8;                   ///< external: processes of this gate at once
  std::map<std::string, std::string> hints;  ///< for the gate itself; prefix removed
};

/// "stable:PATH", "file:PATH", "tcp:HOST:PORT", "unix:PATH", "http://…", "disk:PATH:10GB",
/// "command:TEXT", "exec:./gate [ARG…]" (words by blanks). Throws Error (usage) naming the text.
[[nodiscard]] GateSpec parse_gate(const std::string& text);

/// A kind of gate that weir brings along, for people.
struct BuiltInGate {
  std::string_view name;
  std::string_view spelling;  ///< on the command line
  std::string_view ready_when;
};
[[nodiscard]] const std::vector<BuiltInGate>& built_in_gates();

/// Sets one option of a gate of the configuration: "type", "path", "target", "url", "host",
/// "command", "exec", "quiet", "size", "poll", "maxWait", "onTimeout", "transientLimit",
/// "maxConcurrency". Throws Error (usage).
void set_gate_option(GateSpec& gate, const std::string& name, const std::string& value);

/// A gate for one task: the configured one with the task's hints (`NAME/skip`, `NAME/maxWait`,
/// `NAME/poll`, `NAME/onTimeout`, the rest for the gate). Hints of other gates are left alone.
/// Throws Error (usage).
[[nodiscard]] GateSpec with_hints(GateSpec gate, const std::map<std::string, std::string>& hints);

/// Refuses hint keys with more than one slash or none of a name, and names of gates that are
/// executors (H-02, H-07). Returns warnings for prefixes that name neither a gate nor an executor,
/// with the nearest known name.
[[nodiscard]] std::vector<std::string> check_hints(const std::map<std::string, std::string>& hints,
                                                   const std::vector<std::string>& gates);

}  // namespace weir::engine
