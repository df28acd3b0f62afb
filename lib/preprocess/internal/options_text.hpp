#pragma once

#include "genomics/format_options.hpp"

#include <nlohmann/json_fwd.hpp>

namespace weir::preprocess {

/// The options of single formats as a job's record keeps them, with paths made absolute: whoever
/// works on the job later stands in another folder.
[[nodiscard]] nlohmann::json json_of(const genomics::FormatOptions& options);
/// Fields that are missing keep their default. Throws nlohmann::json::exception on wrong types and
/// Error on words that this weir does not know.
[[nodiscard]] genomics::FormatOptions parse_options(const nlohmann::json& object);

}  // namespace weir::preprocess
