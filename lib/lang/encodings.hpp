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
/// As URLEncoder: blanks become `+`.
[[nodiscard]] std::string url_encode(std::string_view text);
[[nodiscard]] std::string url_decode(std::string_view text);

}  // namespace weir::lang
