#pragma once

#include <string>
#include <string_view>

namespace weir::repos {

/// The address for people of what git clones from `clone_url`: without user and `.git`; of a
/// folder, its path. Two that are equal mean the same repository.
[[nodiscard]] std::string web_address(std::string_view clone_url);

/// `text` without `ending`, if it ends so.
[[nodiscard]] std::string_view without(std::string_view text, std::string_view ending);

}  // namespace weir::repos
