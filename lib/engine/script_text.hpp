#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The script without the blank margin that all its lines share, trimmed of leading and trailing
/// blank space, with one newline at the end: what goes into `.command.sh` below the shebang.
[[nodiscard]] std::string normalise_script(std::string_view script);

/// The program and options that a script's first line asks for ("#!/usr/bin/env python" gives two
/// words), or nothing when it has none.
[[nodiscard]] std::vector<std::string> shebang_of(std::string_view script);

}  // namespace weir::engine
