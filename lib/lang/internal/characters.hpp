#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::lang::internal {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
[[nodiscard]] constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// One character of UTF-8 text. `size` is 0 at the end and for invalid bytes.
struct CodePoint {
  char32_t value = 0;
  std::uint32_t size = 0;
};

[[nodiscard]] CodePoint decode_utf8(std::string_view text, std::size_t at);
void append_utf8(std::string& out, char32_t character);

/// True for characters above ASCII that may stand in a name: all but blanks, controls, punctuation
/// and quotes of the blocks in which people's editors and word processors find them. Deviation:
/// Java's tables are larger.
[[nodiscard]] bool is_name_character(char32_t character);
/// True for characters that look like a blank but are none (no-break space, zero width space, ...).
[[nodiscard]] bool is_odd_blank(char32_t character);
/// The ASCII quote that a typographic quote stands for, or 0.
[[nodiscard]] char plain_quote(char32_t character);

}  // namespace weir::lang::internal
