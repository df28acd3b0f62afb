#pragma once

#include "lang/value.hpp"

#include <string>
#include <string_view>

namespace weir::engine {

/// Whether a value can be kept in a task's seal: null, truth, numbers, text, sizes, times, paths,
/// and lists, sets, maps of such.
[[nodiscard]] bool is_encodable(const lang::Value& value);

/// The value as bytes, version 1 of the format in this module's README. The value must be
/// encodable.
[[nodiscard]] std::string encode_value(const lang::Value& value);

/// The opposite. Throws Error (store) when the bytes are damaged.
[[nodiscard]] lang::Value decode_value(std::string_view bytes);

}  // namespace weir::engine
