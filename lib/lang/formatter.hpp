#pragma once

#include "lang/value.hpp"

#include <span>
#include <string>
#include <string_view>

namespace weir::lang {

/// Java's String.format for the conversions b c d e f g h o s x n %, with flags, width, precision
/// and `1$` positions. Throws ScriptException (IllegalArgumentException) for others, and when
/// arguments are missing or of the wrong class.
[[nodiscard]] std::string format_text(std::string_view format, std::span<const Value> arguments);

}  // namespace weir::lang
