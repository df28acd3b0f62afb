#pragma once

#include "command.hpp"
#include "compose/upstream_arguments.hpp"

#include <optional>
#include <string>

namespace weir::app {

/// `nextflow pull`, `clone`, `list`, `info`, `view` and `drop`, with upstream's options. Nothing
/// for another command. Throws Error.
[[nodiscard]] std::optional<ExitStatus> answer_pipeline_command(Context& context,
                                                                const std::string& command,
                                                                ArgumentReader& reader);

}  // namespace weir::app
