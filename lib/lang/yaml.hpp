#pragma once

#include "lang/value.hpp"

#include <string>
#include <string_view>

namespace weir::lang {

/// The first document as a value. Scalars are read as SnakeYAML reads YAML 1.1 (`yes` is true,
/// `012` is octal); merge keys are resolved; repeated keys, deep nesting and aliases that multiply
/// the document are refused. Throws ScriptException (YAMLException) with line and column.
[[nodiscard]] Value parse_yaml(std::string_view text);

enum class YamlLayout {
  block,      ///< SnakeYAML's dumpAsMap
  automatic,  ///< SnakeYAML's dump: collections of plain values on one line
  flow,       ///< all on one line
};
[[nodiscard]] std::string to_yaml(const Value& value, YamlLayout layout);

}  // namespace weir::lang
