#pragma once

#include <cstddef>
#include <string_view>

namespace weir::lang {

// Where placeholders end in texts that are no strings of the language: templates, shell blocks.

/// Where the expression that begins at `at` ends: at the brace that closes it, which those within
/// it, and within strings, do not. The end of the text when there is none.
[[nodiscard]] std::size_t end_of_braced(std::string_view text, std::size_t at);

/// The end of `name.property` that begins at `at`; `at` itself when no name does.
[[nodiscard]] std::size_t end_of_dotted_name(std::string_view text, std::size_t at);

}  // namespace weir::lang
