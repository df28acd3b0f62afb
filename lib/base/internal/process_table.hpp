#pragma once

#include "base/process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base::internal {

/// What /proc/PID/stat says about one process.
struct ProcessRow {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  char state = '?';  ///< R, S, D, T, Z, X, …
  std::uint64_t start_ticks = 0;
  [[nodiscard]] bool gone() const { return state == 'Z' || state == 'X'; }
};

/// What one read gives of a file below /proc, which never comes in pieces when it fits into
/// `buffer`. Empty when it cannot be read: its process may end at any moment, also between the
/// opening and the reading.
[[nodiscard]] std::string_view read_small(const std::string& path, std::span<char> buffer);

/// Nothing when no such process exists. Zombies are rows.
[[nodiscard]] std::optional<ProcessRow> read_row(pid_t pid);

/// All processes of one moment, by id. It costs about 10 µs for each process of the machine.
[[nodiscard]] std::map<pid_t, ProcessRow> read_process_table();

/// All descendants of `roots` in `table`, without the roots, children after parents. Zombies are
/// left out, their children are not.
[[nodiscard]] std::vector<ProcessRow> descendants_in(const std::map<pid_t, ProcessRow>& table,
                                                     const std::vector<pid_t>& roots);

/// The environment a process was started with, entries ended by NUL. Empty when it has none, when
/// it may not be read, and for a moment while the process executes a program.
[[nodiscard]] std::string read_environment(pid_t pid);
/// The value of `name` in such an environment.
[[nodiscard]] std::optional<std::string> value_in(const std::string& environment,
                                                  const std::string& name);
/// The value of `name` in the environment a process was started with; nothing when it is not there
/// or not readable.
[[nodiscard]] std::optional<std::string> environment_value(pid_t pid, const std::string& name);

}  // namespace weir::base::internal
