#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace weir::engine::internal {

// Lines of fields between tabs, as the seal and the journal of tasks have them. They are written
// for every task: no format is parsed for them.

/// Appends with tab, newline and backslash escaped.
void append_escaped(std::string& to, std::string_view text);
[[nodiscard]] std::string unescaped(std::string_view text);

template <std::integral Number>
void append_number(std::string& to, Number value) {
  std::array<char, 24> digits;
  to.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
}

}  // namespace weir::engine::internal
