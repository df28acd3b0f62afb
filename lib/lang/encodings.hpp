#pragma once

#include <string>
#include <string_view>

namespace weir::lang {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Throws ScriptException (IllegalArgumentException) when the text is no Base64.
[[nodiscard]] std::string base64_decode(std::string_view text);
[[nodiscard]] std::string hex_encode(std::string_view bytes);
/// "MD5" and "SHA-256". Throws ScriptException for other algorithms.
[[nodiscard]] std::string digest_hex(std::string_view algorithm, std::string_view bytes);
/// Text as the bytes of a charset by its Java name: UTF-8, UTF-16, UTF-16BE, UTF-16LE, ISO-8859-1,
/// US-ASCII, or another name of one; `?` for what it has no byte for. Throws ScriptException
/// (UnsupportedEncodingException) for others.
[[nodiscard]] std::string encoded(std::string_view text, std::string_view charset);
[[nodiscard]] std::string decoded(std::string_view bytes, std::string_view charset);
/// As URLEncoder: blanks become `+`.
[[nodiscard]] std::string url_encode(std::string_view text);
[[nodiscard]] std::string url_decode(std::string_view text);

}  // namespace weir::lang
