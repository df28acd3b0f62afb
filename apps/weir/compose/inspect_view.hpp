#pragma once

#include "command.hpp"
#include "engine/run_settings.hpp"

#include <string>

namespace weir::app {

/// How the containers are printed.
struct InspectForm {
  std::string format = "json";  ///< or "config"
  bool skip_unknown = false;    ///< warn of a process whose image only a task can tell
};

/// Prints the processes of a pipeline with their containers, without running anything. What the
/// script prints goes to standard error. Throws Error as a run does before it starts, and (input)
/// for an image that cannot be told.
[[nodiscard]] ExitStatus inspect_pipeline(Context& context, engine::RunSettings settings,
                                          const InspectForm& form);

}  // namespace weir::app
