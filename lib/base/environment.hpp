#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {

// Environments as lists of NAME=value, as they are handed on to programs.

/// That of this process.
[[nodiscard]] std::vector<std::string> own_environment();
/// The value of the first entry of that name, which may be empty; nothing when there is none.
[[nodiscard]] std::optional<std::string> variable_in(const std::vector<std::string>& environment,
                                                     std::string_view name);

}  // namespace weir::base
