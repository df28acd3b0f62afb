#pragma once

#include "lang/host.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace weir::lang {

// Charsets by their Java names: UTF-8, UTF-16, UTF-16BE, UTF-16LE, ISO-8859-1, US-ASCII, or another
// name of one. All throw ScriptException (UnsupportedEncodingException) for others.

/// Text as bytes; `?` for what the charset has no byte for.
[[nodiscard]] std::string encoded(std::string_view text, std::string_view charset);
[[nodiscard]] std::string decoded(std::string_view bytes, std::string_view charset);
/// What `pieces` gives, decoded piece by piece.
[[nodiscard]] std::unique_ptr<PieceReader> decoded_pieces(std::unique_ptr<PieceReader> pieces,
                                                          std::string_view charset);

}  // namespace weir::lang
