#pragma once

#include "base/process.hpp"
#include "command.hpp"
#include "compose/run_control.hpp"
#include "engine/run_settings.hpp"

#include <string>
#include <vector>

namespace weir::app {

/// How to start this program again with `arguments`, where and as it was, in a session of its own.
[[nodiscard]] base::SpawnOptions own_session(const Context& context,
                                             std::vector<std::string> arguments);

/// `--detach`: starts this program again with the same arguments, in a session of its own, and
/// waits until it says that the run is recorded and runs (or waits for its turn). Prints the run's
/// id. When it ends before, what it said and its status are passed on.
/// `settings`: its secret parameters go to the child by a file without a name, since the process
/// list shows its arguments.
[[nodiscard]] ExitStatus start_detached(Context& context, const RunControl& control,
                                        const engine::RunSettings& settings);

/// The arguments of a command without what `start_detached` puts between for its child.
[[nodiscard]] std::vector<std::string> given_arguments(std::vector<std::string> arguments);

/// By the child: puts the values of its parent's secret parameters where the arguments have masks.
/// Throws Error (bug) when they are not there.
void take_secret_params(const RunControl& control, engine::RunSettings& settings);

/// By the child: says the word its parent waits for, and lets go of the parent's terminal.
void shake_hands(const RunControl& control, const std::string& id, Output& err);

}  // namespace weir::app
