#include "lang/encodings.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "lang/exceptions.hpp"
#include "lang/numbers.hpp"
#include "lang/objects.hpp"
#include "lang/semantics.hpp"
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

int hex_digit(char c) {
  const std::size_t at = k_hex.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

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

std::string hex_decode(std::string_view text) {
  if (text.size() % 2 != 0)
    throw script_error("NumberFormatException", "odd number of characters in hex string");
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) {
      throw script_error(
          "NumberFormatException",
          "For input string: \"" + base::printable(text.substr(i, 2)) + "\" under radix 16");
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string bytes_of(const Value& value) {
  if (!is_collection(value)) return to_text(value);
  std::string bytes;
  for (const Value& byte : elements_of(value)) {
    if (!is_number(byte))
      throw script_error("IllegalArgumentException", "a " + type_name(byte) + " is no byte");
    bytes += static_cast<char>(static_cast<unsigned char>(to_int64(byte)));
  }
  return bytes;
}

Value list_of_bytes(std::string_view bytes) {
  std::vector<Value> numbers;
  numbers.reserve(bytes.size());
  for (const char byte : bytes) numbers.push_back(Value::integer(static_cast<std::int8_t>(byte)));
  return make_list(std::move(numbers));
}

namespace {

struct DigestName {
  std::string_view name;  ///< lower case
  base::DigestKind kind;
};

// The names that Java's own provider answers to.
constexpr std::array k_digests = {
    DigestName{"md5", base::DigestKind::md5},
    DigestName{"sha", base::DigestKind::sha1},
    DigestName{"sha-1", base::DigestKind::sha1},
    DigestName{"sha1", base::DigestKind::sha1},
    DigestName{"sha-224", base::DigestKind::sha224},
    DigestName{"sha224", base::DigestKind::sha224},
    DigestName{"sha-256", base::DigestKind::sha256},
    DigestName{"sha256", base::DigestKind::sha256},
    DigestName{"sha-384", base::DigestKind::sha384},
    DigestName{"sha384", base::DigestKind::sha384},
    DigestName{"sha-512", base::DigestKind::sha512},
    DigestName{"sha512", base::DigestKind::sha512},
    DigestName{"sha-512/224", base::DigestKind::sha512_224},
    DigestName{"sha512/224", base::DigestKind::sha512_224},
    DigestName{"sha-512/256", base::DigestKind::sha512_256},
    DigestName{"sha512/256", base::DigestKind::sha512_256},
    DigestName{"sha3-224", base::DigestKind::sha3_224},
    DigestName{"sha3-256", base::DigestKind::sha3_256},
    DigestName{"sha3-384", base::DigestKind::sha3_384},
    DigestName{"sha3-512", base::DigestKind::sha3_512},
};

base::DigestKind digest_named(std::string_view algorithm) {
  const std::string name = base::to_lower_ascii(algorithm);
  for (const DigestName& known : k_digests) {
    if (known.name == name) return known.kind;
  }
  throw script_error("NoSuchAlgorithmException",
                     std::string(algorithm) + " MessageDigest not available");
}

}  // namespace

void check_digest(std::string_view algorithm) {
  static_cast<void>(digest_named(algorithm));
}

std::string digest_hex(std::string_view algorithm, std::string_view bytes) {
  return base::digest_hex(digest_named(algorithm), bytes);
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
