#pragma once

namespace weir {

/// Exit statuses of every weir command; `weir-exit-status(7)` explains each to users.
///
/// Commands that run somebody else's program (`gate wait -- CMD`, a script's `exit N`) give that
/// program's own status instead.
enum class ExitStatus : int {
  ok = 0,               ///< done, or the question was answered yes
  failed = 1,           ///< what was run failed, or an internal fault
  usage = 2,            ///< wrong options or configuration
  input_refused = 3,    ///< bad data, parameters, schema, or a script with errors
  busy = 4,             ///< lane, launch directory or lock is taken
  cancelled = 5,        ///< cancelled by somebody else
  lost = 6,             ///< how it ended is unknown
  not_found = 7,        ///< no such job, run, key, service
  active = 8,           ///< still active; `gate check`: not ready yet
  not_permitted = 9,    ///< the system refused access
  store_unusable = 10,  ///< state store corrupt, full, newer, or on a network file system
  cannot_begin = 11,    ///< program missing, or service not ready before its end
  temporary = 75,       ///< try again later (disk full, out of descriptors)
  timed_out = 124,      ///< a time limit passed
  hangup = 129,         ///< ended by SIGHUP
  interrupted = 130,    ///< ended by SIGINT
  terminated = 143,     ///< ended by SIGTERM
};

}  // namespace weir
