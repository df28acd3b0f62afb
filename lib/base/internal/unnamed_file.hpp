#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <filesystem>

namespace weir::base::internal {

/// A file without a name (O_TMPFILE) in `folder`, empty for the present one, open for reading and
/// writing: `link_unnamed` gives it one. An empty descriptor, with `errno`, where it cannot be
/// made: no such folder, or a file system without such files.
[[nodiscard]] Fd try_open_unnamed(const std::filesystem::path& folder, mode_t mode);

}  // namespace weir::base::internal
