#pragma once

#include "command.hpp"
#include "compose/run_control.hpp"

#include <string>

namespace weir::app {

/// `--detach`: starts this program again with the same arguments, in a session of its own, and
/// waits until it says that the run is recorded and runs (or waits for its turn). Prints the run's
/// id. When it ends before, what it said and its status are passed on.
[[nodiscard]] ExitStatus start_detached(Context& context, const RunControl& control);

/// By the child: says the word its parent waits for, and lets go of the parent's terminal.
void shake_hands(const RunControl& control, const std::string& id, Output& err);

}  // namespace weir::app
