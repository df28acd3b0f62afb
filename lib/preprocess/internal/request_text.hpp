#pragma once

#include "preprocess/preprocessor.hpp"

#include <string>

namespace weir::preprocess {

/// Everything of a request that another process needs to do it: a JSON object.
[[nodiscard]] std::string text_of(const Request& request);

/// From a job's record (`request_json`), where it is the object "request". Throws Error (failed,
/// code `bad_request`) for what this version cannot read.
[[nodiscard]] Request parse_request(const std::string& request_json);

}  // namespace weir::preprocess
