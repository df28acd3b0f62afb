#pragma once

#include <string_view>

namespace weir::lang {

/// Part by part: numbers by value, other parts as text; missing parts count as 0. Negative, zero,
/// positive.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);
/// ">=23.10, <25", "23.10+", "!=1.0"; every condition of the comma-separated list must hold.
[[nodiscard]] bool version_matches(std::string_view version, std::string_view condition);
/// Part `index` of "23.10.1", or "" when there are fewer.
[[nodiscard]] std::string_view version_part(std::string_view version, int index);

}  // namespace weir::lang
