#pragma once

#include "lang/value.hpp"

#include <string>
#include <string_view>

namespace weir::lang {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Throws ScriptException (IllegalArgumentException) when the text is no Base64.
[[nodiscard]] std::string base64_decode(std::string_view text);
[[nodiscard]] std::string hex_encode(std::string_view bytes);
/// Throws ScriptException (NumberFormatException) when the text is no sequence of bytes.
[[nodiscard]] std::string hex_decode(std::string_view text);
/// The bytes that a script holds: of a list of bytes, or the UTF-8 ones of what else there is.
[[nodiscard]] std::string bytes_of(const Value& value);
/// The list of numbers from -128 to 127 that a script has for an array of bytes.
[[nodiscard]] Value list_of_bytes(std::string_view bytes);
/// `algorithm` is a name of java.security.MessageDigest: MD5 or one of the SHA families, in upper
/// or lower case. Throws ScriptException (NoSuchAlgorithmException) for others.
void check_digest(std::string_view algorithm);
[[nodiscard]] std::string digest_hex(std::string_view algorithm, std::string_view bytes);
/// As URLEncoder: blanks become `+`.
[[nodiscard]] std::string url_encode(std::string_view text);
[[nodiscard]] std::string url_decode(std::string_view text);

}  // namespace weir::lang
