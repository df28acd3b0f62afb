#include "lang/internal/characters.hpp"

namespace weir::lang::internal {

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::uint32_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return {};
  char32_t value = first & (0xFFU >> (size + 1));
  for (std::uint32_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3F);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, size};
}

void append_utf8(std::string& out, char32_t character) {
  const auto put = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0 | (character >> 6));
    put(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    put(0xE0 | (character >> 12));
    put(0x80 | ((character >> 6) & 0x3F));
    put(0x80 | (character & 0x3F));
  } else {
    put(0xF0 | (character >> 18));
    put(0x80 | ((character >> 12) & 0x3F));
    put(0x80 | ((character >> 6) & 0x3F));
    put(0x80 | (character & 0x3F));
  }
}

bool is_odd_blank(char32_t character) {
  return character == 0xA0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200F) ||
         (character >= 0x2028 && character <= 0x202F) ||
         (character >= 0x205F && character <= 0x206F) || character == 0x3000 || character == 0xFEFF;
}

char plain_quote(char32_t character) {
  if (character == 0x2018 || character == 0x2019 || character == 0x201A || character == 0x201B)
    return '\'';
  if (character >= 0x201C && character <= 0x201F) return '"';
  return 0;
}

bool is_name_character(char32_t character) {
  if (character < 0xAA || is_odd_blank(character)) return false;
  const bool latin_punctuation =
      character < 0xC0 && character != 0xAA && character != 0xB5 && character != 0xBA;
  const bool operators = character == 0xD7 || character == 0xF7;
  const bool general_punctuation = character >= 0x2010 && character <= 0x27BF;
  const bool cjk_punctuation = character >= 0x3001 && character <= 0x3003;
  const bool not_a_character = (character & 0xFFFE) == 0xFFFE || character == 0xFFFD;
  const bool private_use = character >= 0xE000 && character <= 0xF8FF;
  const bool symbols = character >= 0x1F000 && character <= 0x1FAFF;
  return !latin_punctuation && !operators && !general_punctuation && !cjk_punctuation &&
         !not_a_character && !private_use && !symbols;
}

}  // namespace weir::lang::internal
