#pragma once

#include "base/exit_status.hpp"

#include <string>
#include <vector>

namespace weir::app {

/// Runs a program in the caller's process group, as if it had been called in weir's place, and
/// answers with its status. Signals to weir are passed on, but for an INT that the terminal has
/// given to the whole group. `inherited` stay open in the program, so locks outlive weir.
[[nodiscard]] ExitStatus run_in_place(const std::vector<std::string>& program,
                                      const std::vector<std::string>& environment,
                                      const std::vector<int>& inherited);

}  // namespace weir::app
