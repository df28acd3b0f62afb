#include "lang/utf16.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace weir::lang {
namespace {

constexpr char32_t k_replacement = 0xFFFD;

/// One code point at `position`, which moves behind it. Surrogates in three bytes are passed
/// through.
char32_t decode(std::string_view text, std::size_t& position) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const std::uint32_t first = byte(position);
  if (first < 0x80) {
    ++position;
    return first;
  }
  const std::size_t length = first >= 0xF0 && first < 0xF5 ? 4 : (first >= 0xE0 ? 3 : 2);
  if (first < 0xC2 || first >= 0xF5) {
    ++position;
    return k_replacement;
  }
  std::uint32_t code = first & (length == 4 ? 0x07U : (length == 3 ? 0x0FU : 0x1FU));
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint32_t next = byte(position + i);
    if ((next & 0xC0U) != 0x80U) {
      position += i;
      return k_replacement;
    }
    code = (code << 6) | (next & 0x3FU);
  }
  position += length;
  const bool overlong =
      (length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10FFFF));
  return overlong ? k_replacement : code;
}

bool is_high(char32_t c) {
  return c >= 0xD800 && c < 0xDC00;
}
bool is_low(char32_t c) {
  return c >= 0xDC00 && c < 0xE000;
}

char32_t lower_of(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
      (c >= 0x410 && c <= 0x42F))
    return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  if (c >= 0x100 && c <= 0x17F && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149 &&
      c != 0x178 && c != 0x17F) {
    const bool even_is_upper = c < 0x139 || (c > 0x148 && c < 0x179);
    return ((c & 1U) == 0) == even_is_upper ? c + 1 : c;
  }
  return c;
}

char32_t upper_of(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  if ((c >= 0xE0 && c <= 0xFE && c != 0xF7) || (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) ||
      (c >= 0x430 && c <= 0x44F)) {
    return c - 32;
  }
  if (c == 0xFF) return 0x178;
  if (c == 0xB5) return 0x39C;
  if (c >= 0x450 && c <= 0x45F) return c - 80;
  if (c > 0x100 && c <= 0x17E && c != 0x131 && c != 0x138 && c != 0x149) {
    const bool odd_is_lower = c < 0x139 || (c > 0x148 && c < 0x179);
    return ((c & 1U) == 1) == odd_is_lower ? c - 1 : c;
  }
  return c;
}

template <typename Mapping>
std::string mapped(std::string_view text, Mapping mapping) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      result.push_back(static_cast<char>(mapping(byte)));
      ++at;
    } else {
      append_utf8(result, mapping(decode(text, at)));
    }
  }
  return result;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12));
    put(0x80U | ((c >> 6) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18));
    put(0x80U | ((c >> 12) & 0x3FU));
    put(0x80U | ((c >> 6) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

std::u32string to_code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) points.push_back(decode(text, at));
  return points;
}

std::u16string to_utf16(std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = decode(text, at);
    if (c >= 0x10000) {
      units.push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FFU)));
    } else {
      units.push_back(static_cast<char16_t>(c));
    }
  }
  return units;
}

std::string to_utf8(std::u16string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    if (is_high(c) && i + 1 < text.size() && is_low(text[i + 1])) {
      c = 0x10000 + ((c - 0xD800) << 10) + (static_cast<char32_t>(text[++i]) - 0xDC00);
    }
    append_utf8(bytes, c);
  }
  return bytes;
}

namespace {

/// Whether a surrogate stands at `at`, in the three bytes that UTF-8 has no use for.
bool is_half(std::string_view text, std::size_t at, unsigned char least, unsigned char most) {
  if (at + 2 >= text.size() || text[at] != '\xED') return false;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return second >= least && second <= most;
}

}  // namespace

std::string whole_characters(std::string text) {
  for (std::size_t at = text.find('\xED'); at != std::string::npos;
       at = text.find('\xED', at + 1)) {
    if (is_half(text, at, 0xA0, 0xAF) && is_half(text, at + 3, 0xB0, 0xBF))
      return to_utf8(to_utf16(text));
  }
  return text;
}

std::string printable_units(std::string text) {
  for (std::size_t at = text.find('\xED'); at != std::string::npos; at = text.find('\xED', at + 1))
    if (is_half(text, at, 0xA0, 0xBF)) text.replace(at, 3, "?");
  return text;
}

std::int64_t length_of(const StringObject& text) {
  if (text.is_ascii()) return static_cast<std::int64_t>(text.text().size());
  return static_cast<std::int64_t>(text.units().size());
}

std::size_t byte_offset(const StringObject& text, std::int64_t index) {
  if (text.is_ascii()) return static_cast<std::size_t>(index);
  std::size_t at = 0;
  for (std::int64_t units = 0; units < index && at < text.text().size();) {
    units += decode(text.text(), at) >= 0x10000 ? 2 : 1;
  }
  return at;
}

std::int64_t unit_index(const StringObject& text, std::size_t offset) {
  if (text.is_ascii()) return static_cast<std::int64_t>(offset);
  std::int64_t units = 0;
  for (std::size_t at = 0; at < offset;) units += decode(text.text(), at) >= 0x10000 ? 2 : 1;
  return units;
}

std::string slice(const StringObject& text, std::int64_t begin, std::int64_t end) {
  WEIR_ASSERT(begin >= 0 && begin <= end);
  const auto from = static_cast<std::size_t>(begin);
  const auto count = static_cast<std::size_t>(end - begin);
  if (text.is_ascii()) return text.text().substr(from, count);
  return to_utf8(std::u16string_view(text.units()).substr(from, count));
}

char16_t unit_at(const StringObject& text, std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  if (text.is_ascii()) return static_cast<unsigned char>(text.text()[at]);
  return text.units()[at];
}

int compare_units(std::string_view a, std::string_view b) {
  if (is_ascii(a) && is_ascii(b)) {
    const std::size_t common = std::min(a.size(), b.size());
    const int by_bytes = a.substr(0, common).compare(b.substr(0, common));
    if (by_bytes != 0) {
      const auto at = static_cast<std::size_t>(
          std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common), b.begin())
              .first -
          a.begin());
      return static_cast<unsigned char>(a[at]) - static_cast<unsigned char>(b[at]);
    }
    return static_cast<int>(static_cast<std::int64_t>(a.size()) -
                            static_cast<std::int64_t>(b.size()));
  }
  const std::u16string x = to_utf16(a);
  const std::u16string y = to_utf16(b);
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (x[i] != y[i]) return static_cast<int>(x[i]) - static_cast<int>(y[i]);
  }
  return static_cast<int>(static_cast<std::int64_t>(x.size()) -
                          static_cast<std::int64_t>(y.size()));
}

std::string to_lower(std::string_view text) {
  return mapped(text, lower_of);
}

std::string to_upper(std::string_view text) {
  std::string upper = mapped(text, upper_of);
  constexpr std::string_view k_sharp_s =
      "\xC3\x9F";  // the one common letter whose upper case is two letters
  for (std::size_t at = upper.find(k_sharp_s); at != std::string::npos;
       at = upper.find(k_sharp_s, at)) {
    upper.replace(at, k_sharp_s.size(), "SS");
  }
  return upper;
}

bool is_white_space(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F) || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A && c != 0x2007) || c == 0x2028 || c == 0x2029 || c == 0x205F ||
         c == 0x3000;
}

}  // namespace weir::lang
