#pragma once

#include "engine/task_spec.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// Brings the inputs in again, so that the wrapper also works in a directory somebody cleaned.
[[nodiscard]] std::string stage_snippet(const TaskSpec& spec);

/// The text of `.command.run`. `command` is the interpreter with its script; `stage` brings the
/// inputs in.
[[nodiscard]] std::string make_wrapper(const TaskSpec& spec, const std::string& work_dir,
                                       const std::string& temp_dir,
                                       const std::vector<std::string>& command,
                                       const std::string& stage);

}  // namespace weir::engine
