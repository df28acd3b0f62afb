#pragma once

#include "genomics/processor.hpp"

#include <string>

namespace weir::genomics {

/// Refuses a request whose options would do nothing for a file of this format: what was asked for
/// and cannot be had must not go by in silence. Throws Error (usage) that names the option, the
/// format and the reason.
void refuse_idle_options(const ProcessRequest& request, Format format, const std::string& file);

}  // namespace weir::genomics
