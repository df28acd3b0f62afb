#pragma once

#include "base/error.hpp"

#include <filesystem>

namespace weir::base {

/// `make_folders` for a folder that an option or a variable names: where there can be no such
/// folder, as below a file, the error is of the kind `misplaced` and not one of refused input.
void make_named_folders(const std::filesystem::path& path, ErrorKind misplaced);

}  // namespace weir::base
