#pragma once

#include "lang/value.hpp"

#include <string>
#include <string_view>

namespace weir::lang {

enum class JsonLayout { compact, indented };

/// Maps, lists, texts, numbers (whole ones Integer or Long, others decimals), booleans, null.
/// Nesting is limited. Throws ScriptException (JsonException) with the line and column of what is
/// malformed.
[[nodiscard]] Value parse_json(std::string_view text);
/// As groovy.json.JsonOutput writes: text in ASCII with \u escapes; paths, dates and others as
/// their text.
[[nodiscard]] std::string to_json(const Value& value, JsonLayout layout);

}  // namespace weir::lang
