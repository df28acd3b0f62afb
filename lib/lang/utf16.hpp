#pragma once

#include "lang/objects.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::lang {

// The language counts strings in UTF-16 units; texts are kept as UTF-8. While a text is all ASCII
// the two agree, and only other texts pay for a conversion. Half of a surrogate pair, which slicing
// can leave, is kept as the three bytes that UTF-8 would give it.

[[nodiscard]] bool is_ascii(std::string_view text);
/// Malformed bytes become U+FFFD.
[[nodiscard]] std::u16string to_utf16(std::string_view text);
/// With the halves of a character that came together again (a text taken apart by its UTF-16 units
/// and joined) as that character.
[[nodiscard]] std::string whole_characters(std::string text);
/// With `?` for each half of a character that stands alone, as Java writes it out.
[[nodiscard]] std::string printable_units(std::string text);
[[nodiscard]] std::string to_utf8(std::u16string_view text);
/// Appends one code point as UTF-8.
void append_utf8(std::string& text, char32_t code_point);
/// The code points; malformed bytes become U+FFFD.
[[nodiscard]] std::u32string to_code_points(std::string_view text);

/// Number of UTF-16 units.
[[nodiscard]] std::int64_t length_of(const StringObject& text);
/// Units [begin, end), which must lie within the text.
[[nodiscard]] std::string slice(const StringObject& text, std::int64_t begin, std::int64_t end);
/// Byte offset of unit `index`, and the unit at byte `offset`.
[[nodiscard]] std::size_t byte_offset(const StringObject& text, std::int64_t index);
[[nodiscard]] std::int64_t unit_index(const StringObject& text, std::size_t offset);
/// The unit at `index`, which must lie within the text.
[[nodiscard]] char16_t unit_at(const StringObject& text, std::int64_t index);
/// Java's order of strings: by UTF-16 units. Negative, zero, positive.
[[nodiscard]] int compare_units(std::string_view a, std::string_view b);

/// Simple case mapping of Latin, Greek and Cyrillic letters; others are unchanged.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
/// As Character.isWhitespace for ASCII and the common spaces.
[[nodiscard]] bool is_white_space(char32_t c);

}  // namespace weir::lang
