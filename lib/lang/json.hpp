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
enum class JsonText {
  ascii,  ///< others as \u escapes
  unicode
};

/// As groovy.json.JsonOutput writes: memory sizes and durations as objects of what their getters
/// say; paths, dates and others as their text.
[[nodiscard]] std::string to_json(const Value& value, JsonLayout layout,
                                  JsonText text = JsonText::ascii);

}  // namespace weir::lang
