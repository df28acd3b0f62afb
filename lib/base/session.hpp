#pragma once

#include "base/process.hpp"

#include <string>
#include <vector>

namespace weir::base {

/// All processes of the session that the process `leader` opened, also when it has ended since;
/// none when its id has been given to another process.
[[nodiscard]] std::vector<ProcessIdentity> processes_of_session(const ProcessIdentity& leader);
/// Where a process works; empty when it has ended or is somebody else's.
[[nodiscard]] std::string working_directory_of(pid_t pid);

}  // namespace weir::base
