#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::base::internal {

/// The number behind `name` in a text of the kernel with lines of "NAME NUMBER" or "NAME: NUMBER
/// kB", as it stands there. Of lines that begin with the name the first one counts.
[[nodiscard]] std::optional<std::int64_t> named_number(std::string_view text,
                                                       std::string_view name);

}  // namespace weir::base::internal
