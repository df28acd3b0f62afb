#pragma once

#include "base/fd.hpp"

#include <filesystem>
#include <optional>

namespace weir::base {

/// Opens `relative` for reading below `root` without following any link and without leaving `root`,
/// whatever is planted there. Nothing when it does not exist. Throws Error (code `path_unsafe` for
/// a link or a way out).
[[nodiscard]] std::optional<Fd> open_beneath(const std::filesystem::path& root,
                                             const std::filesystem::path& relative);

}  // namespace weir::base
