#pragma once

#include <filesystem>

namespace weir::base {

/// A name in the folder of `target` for what will be renamed to it: with a dot before it, so that
/// globs of users do not see it, different each time, and never too long when `target` is not.
[[nodiscard]] std::filesystem::path temporary_beside(const std::filesystem::path& target);

}  // namespace weir::base
