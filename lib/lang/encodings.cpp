#include "lang/encodings.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "lang/exceptions.hpp"
#include "lang/utf16.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace weir::lang {
namespace {

constexpr std::string_view k_base64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view k_hex = "0123456789abcdef";

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '*' || c == '_';
}

enum class Charset { utf8, utf16, utf16_big, utf16_little, latin1, ascii };

Charset charset_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Charset>, 11> k_names{{
      {"utf-8", Charset::utf8},
      {"utf8", Charset::utf8},
      {"utf-16", Charset::utf16},
      {"utf-16be", Charset::utf16_big},
      {"utf-16le", Charset::utf16_little},
      {"iso-8859-1", Charset::latin1},
      {"iso8859-1", Charset::latin1},
      {"latin1", Charset::latin1},
      {"l1", Charset::latin1},
      {"us-ascii", Charset::ascii},
      {"ascii", Charset::ascii},
  }};
  // The constants of StandardCharsets have underscores.
  const std::string lower = base::replace_all(base::to_lower_ascii(name), "_", "-");
  for (const auto& [known, charset] : k_names) {
    if (known == lower) return charset;
  }
  throw script_error("UnsupportedEncodingException", std::string(name));
}

int hex_digit(char c) {
  const std::size_t at = k_hex.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string encoded(std::string_view text, std::string_view charset_name) {
  const Charset charset = charset_named(charset_name);
  if (charset == Charset::utf8) return std::string(text);
  std::string bytes;
  if (charset == Charset::latin1 || charset == Charset::ascii) {
    const char32_t most = charset == Charset::latin1 ? 0xFF : 0x7F;
    for (const char32_t c : to_code_points(text)) bytes += c > most ? '?' : static_cast<char>(c);
    return bytes;
  }
  if (charset == Charset::utf16) bytes = "\xFE\xFF";
  for (const char16_t unit : to_utf16(text)) {
    const auto high = static_cast<char>(unit >> 8U);
    const auto low = static_cast<char>(unit & 0xFFU);
    const bool little = charset == Charset::utf16_little;
    bytes += {little ? low : high, little ? high : low};
  }
  return bytes;
}

std::string decoded(std::string_view bytes, std::string_view charset_name) {
  Charset charset = charset_named(charset_name);
  if (charset == Charset::utf8) return std::string(bytes);
  std::string text;
  if (charset == Charset::latin1 || charset == Charset::ascii) {
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      append_utf8(text, charset == Charset::ascii && byte > 0x7F ? 0xFFFD : char32_t{byte});
    }
    return text;
  }
  if (charset == Charset::utf16 && bytes.starts_with("\xFF\xFE")) charset = Charset::utf16_little;
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) bytes.remove_prefix(2);
  std::u16string units;
  const std::size_t high = charset == Charset::utf16_little ? 1 : 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
    units += static_cast<char16_t>(byte_at(bytes, i + high) << 8U | byte_at(bytes, i + 1 - high));
  return to_utf8(units);
}

std::string base64_encode(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    text += k_base64[group >> 18];
    text += k_base64[group >> 12 & 63U];
    text += i + 1 < bytes.size() ? k_base64[group >> 6 & 63U] : '=';
    text += i + 2 < bytes.size() ? k_base64[group & 63U] : '=';
  }
  return text;
}

std::string base64_decode(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=' || c == '\n' || c == '\r') continue;
    const std::size_t digit = k_base64.find(c == '-' ? '+' : (c == '_' ? '/' : c));
    if (digit == std::string_view::npos)
      throw script_error("IllegalArgumentException",
                         std::string("not a Base64 character: '") + c + "'");
    group = group << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xFFU);
    }
  }
  return bytes;
}

std::string hex_encode(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += k_hex[byte >> 4];
    text += k_hex[byte & 15U];
  }
  return text;
}

std::string digest_hex(std::string_view algorithm, std::string_view bytes) {
  const std::string name = base::to_lower_ascii(algorithm);
  if (name == "md5") return base::md5_hex(bytes);
  if (name == "sha-256" || name == "sha256") return base::sha256_hex(bytes);
  throw script_error("IllegalArgumentException",
                     "no digest '" + std::string(algorithm) + "'; there are MD5 and SHA-256");
}

std::string url_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded += '%';
      for (const char digit : hex_encode(std::string_view(&c, 1)))
        encoded += static_cast<char>(digit >= 'a' ? digit - 32 : digit);
    }
  }
  return encoded;
}

std::string url_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace weir::lang
