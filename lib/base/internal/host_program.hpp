#pragma once

#include "base/fd.hpp"
#include "base/internal/host_wire.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace weir::base::internal {

/// What became of a start.
struct StartResult {
  pid_t pid = 0;  ///< 0: failed
  int error = 0;  ///< errno of the step that failed
  StartStage stage = StartStage::fork;
};

/// Starts `plan` as a child of the caller in a session of its own, with default signals, an empty
/// mask and death by KILL when the caller dies. `streams[i]` becomes the program's descriptor
/// `plan.targets[i]`; nothing else is inherited, given that the caller's descriptors close on exec.
///
/// Entries of `extra_environment` replace those of the same name.
///
/// The child shares the caller's memory until it executes (clone with CLONE_VM and CLONE_VFORK, as
/// posix_spawn does), so the price does not depend on the caller's size. Returns when the program
/// executes or has failed to.
[[nodiscard]] StartResult start_program(const Plan& plan, std::vector<Fd> streams,
                                        const std::vector<std::string>& extra_environment);

}  // namespace weir::base::internal
