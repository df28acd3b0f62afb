#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::engine {

/// One gate as configured: `gates { NAME { … } }`, or as spelled on the command line.
struct GateSpec {
  enum class Kind {
    file,
    stable,
    tcp,
    unix,
    http,
    command,
    disk,
    memory,
    semaphore,
    rate,
    window,
    s3,
    external
  };
  std::string name;  ///< of the configuration; on the command line the text itself
  Kind kind = Kind::stable;
  /// What is looked at: a path, host:port, URL, shell command. Empty for `stable` and `file` in a
  /// pipeline: the task's own inputs.
  std::string target;
  std::vector<std::string> command;        ///< external: argument vector
  std::chrono::milliseconds quiet{60000};  ///< stable: unchanged for so long
  /// disk, memory: what must be free, 0: what the task asks for; file: least size.
  std::int64_t bytes = 0;
  std::int64_t inodes = 0;               ///< disk: free inodes needed
  std::chrono::milliseconds min_age{0};  ///< file: time since its last change
  std::string file_type;                 ///< file: "file", "dir"; empty: any
  std::string body;                      ///< http: POSIX extended expression for the answer
  std::vector<std::pair<int, int>> statuses{{200, 299}};  ///< http: inclusive ranges
  int times = 1;                         ///< tcp: so many connections one after the other
  std::chrono::milliseconds timeout{0};  ///< of one try; 0: the kind's own
  bool strict = false;                   ///< command: exit statuses as of external gates
  int slots = 1;                         ///< semaphore: tokens of the pool
  int tokens = 1;                        ///< semaphore: tokens that one task takes
  double per_second = 0;                 ///< rate
  int burst = 1;                         ///< rate: so many at once after a quiet time
  bool finish_by = false;                ///< window: the task's time limit must fit in, too
  int days = 7;                          ///< s3: a restored copy stays so long
  std::string tier = "Standard";         ///< s3: of a restore; "Expedited", "Bulk"
  /// s3: a copy must stay so long from now; nothing: the task's time limit, else a day.
  std::optional<std::chrono::milliseconds> min_remaining;
  bool multiplex = false;  ///< external: one process for all requests
  bool in_admit = false;   ///< external: asked when the task would launch
  bool in_prepare = true;  ///< external: asked when the task is queued
  bool by_inputs = false;  ///< external: tasks with the same inputs share one request
  std::optional<std::chrono::milliseconds> poll;      ///< nothing: the kind's own
  std::optional<std::chrono::milliseconds> max_wait;  ///< nothing: without limit
  bool pass_on_timeout = false;                       ///< `onTimeout: 'pass'`
  bool skip = false;
  int transient_limit = 20;
  int max_concurrency = 8;                   ///< external: processes of this gate at once
  bool describe = false;                     ///< external: it is asked what it is before it is used
  std::map<std::string, std::string> hints;  ///< for the gate itself; prefix removed
};

/// Whether tasks are held by it early, before they are staged, or late, before they launch. A time
/// window does both.
[[nodiscard]] bool is_prepare_gate(const GateSpec& gate);
[[nodiscard]] bool is_admit_gate(const GateSpec& gate);

/// "stable:PATH", "file:PATH", "tcp:HOST:PORT", "unix:PATH", "http://…", "disk:PATH:10GB",
/// "memory:8GB", "semaphore:POOL:SLOTS", "rate:10/min", "window:Mon-Fri 20:00-06:00",
/// "s3://BUCKET/KEY",
/// "command:TEXT", "exec:./gate [ARG…]" (words by blanks). Throws Error (usage) naming the text.
[[nodiscard]] GateSpec parse_gate(const std::string& text);

/// A kind of gate that weir brings along, for people.
struct BuiltInGate {
  std::string_view name;
  std::string_view spelling;  ///< on the command line
  std::string_view ready_when;
};
[[nodiscard]] const std::vector<BuiltInGate>& built_in_gates();
/// Their spellings as one text: "stable:PATH, … or exec:PROGRAM".
[[nodiscard]] std::string gate_spellings();

/// Sets one option of a gate of the configuration, as listed in weir-gate(1). Throws Error (usage)
/// naming an unknown one with the nearest known name.
void set_gate_option(GateSpec& gate, const std::string& name, const std::string& value);

/// The options that a built-in gate takes, for people.
[[nodiscard]] std::vector<std::string> gate_options_of(std::string_view kind);

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
