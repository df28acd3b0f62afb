#pragma once

#include <string>

namespace weir::engine {

/// Two words that people can remember, such as "calm_river"; random.
[[nodiscard]] std::string make_run_name();
/// A random identifier in the form of a UUID (version 4).
[[nodiscard]] std::string make_uuid();

}  // namespace weir::engine
