#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::base {

/// Names one process for good: an id alone may be handed out again.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat
  std::string boot;               ///< `boot_id()` of the machine's boot it belongs to
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

[[nodiscard]] ProcessIdentity own_identity();
/// Nothing when no such process exists (a zombie counts as gone).
[[nodiscard]] std::optional<ProcessIdentity> identity_of(pid_t pid);
/// True while that very process runs.
[[nodiscard]] bool is_alive(const ProcessIdentity& identity);

/// How a process ended and what it cost (from the kernel's accounting of it and the children it
/// waited for).
struct ProcessExit {
  int status = 0;  ///< exit status; 128 + signal when a signal ended it
  int signal = 0;  ///< 0: it exited by itself
  std::chrono::microseconds user_time{0};
  std::chrono::microseconds system_time{0};
  std::int64_t max_rss_bytes = 0;
};

/// What to start. Streams left at -1: standard input is the null device, output and error are
/// inherited.
struct SpawnOptions {
  std::vector<std::string> argv;  ///< argv[0] without a slash is looked up in PATH of `environment`
  std::optional<std::vector<std::string>> environment;  ///< NAME=value each; nothing: inherited
  /// For ProcessHost, which need not be sent what it has: entries that replace or join those that
  /// are inherited.
  std::vector<std::string> environment_changes;
  /// For ProcessHost: what the program reads and writes is wanted (HostedExit::counters). It costs
  /// a look at its end into a file of /proc.
  bool count_io = false;
  /// For ProcessHost: `cgroup.procs` of a control group (cgroup v2), open for writing, which the
  /// program joins before it is executed. Borrowed; -1: it stays where the host is.
  int group_fd = -1;
  std::string directory;  ///< empty: inherited
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  /// Further descriptors for the child: {ours, its number}. All others are closed on exec.
  std::vector<std::pair<int, int>> extra_fds;
  enum class Group { inherit, own, own_session };
  Group group = Group::own;
};

/// A started child; owns its pidfd, not its life: destroying the object neither waits nor kills.
class Child {
 public:
  Child(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Readable once the process has ended; never blocks a loop that polls it.
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  /// Reaps. Blocks until the end.
  ProcessExit wait();
  /// Reaps when it has ended; nothing otherwise.
  [[nodiscard]] std::optional<ProcessExit> try_wait();
  /// To the process's group (or the process, with `Group::inherit`). A vanished process is no
  /// error.
  void signal_group(int signal) const;

 private:
  pid_t pid_;
  Fd pidfd_;
};

/// Starts a program without copying the caller's memory (posix_spawn); default signal actions,
/// empty mask. Throws Error (cannot_begin) naming the program when it cannot be executed.
[[nodiscard]] Child spawn(const SpawnOptions& options);

/// Runs to the end and returns its output; for short helper commands. Throws Error (cannot_begin,
/// temporary).
struct CommandResult {
  ProcessExit exit;
  std::string output;  ///< standard output, at most 1 MiB
  std::string errors;  ///< standard error, at most 1 MiB
};
[[nodiscard]] CommandResult run_command(SpawnOptions options, std::string_view input = {});

/// Full path of a program by PATH rules, or nothing.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name,
                                                      const std::string& path_variable);

/// Path of the running weir binary.
[[nodiscard]] std::string own_executable();

/// A descriptor that becomes readable when that very process ends; nothing when it has ended.
[[nodiscard]] std::optional<Fd> watch_process(const ProcessIdentity& identity);

/// Sends `signal` to one process if it still is the one named. True when delivered.
bool signal_process(const ProcessIdentity& identity, int signal);

/// All present descendants of `root`, without `root`, children after parents.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);
/// All processes of ours whose environment holds the entry `NAME=value` given. Looks again, for
/// 20 ms at most, at those that are just executing a program and so show none.
[[nodiscard]] std::vector<ProcessIdentity> processes_with_environment(const std::string& entry);

}  // namespace weir::base
