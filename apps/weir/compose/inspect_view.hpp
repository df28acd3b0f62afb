#pragma once

#include "command.hpp"
#include "engine/run_settings.hpp"

#include <string>

namespace weir::app {

/// Prints the processes of a pipeline with their containers, without running anything. What the
/// script prints goes to standard error. `format` is "json" or "config". Throws Error as a run
/// does before it starts.
[[nodiscard]] ExitStatus inspect_pipeline(Context& context, engine::RunSettings settings,
                                          const std::string& format);

}  // namespace weir::app
