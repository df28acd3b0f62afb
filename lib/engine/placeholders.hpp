#pragma once

#include "lang/interpreter.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::engine {

/// An expression that stands in `!{…}` of a `shell:` block or in `${…}` of a template.
struct Placeholder {
  lang::Value closure;  ///< finds its names in the scope that it is called with
  /// `params.x`, `task.ext.y`: what a task's key needs besides the task's inputs.
  std::vector<lang::VariableRead> reads;
};

/// The placeholders of a run, each compiled when it is first met: their texts are only known once a
/// task is.
class Placeholders {
 public:
  Placeholders(lang::Interpreter& interpreter, lang::SourceMap& sources)
      : interpreter_(interpreter), sources_(sources) {}

  /// The reference stays valid. Throws Error (input) with the first thing wrong when `text` is no
  /// expression.
  [[nodiscard]] const Placeholder& get(const std::string& text);

 private:
  [[nodiscard]] Placeholder compile(const std::string& text);

  lang::Interpreter& interpreter_;
  lang::SourceMap& sources_;
  std::unordered_map<std::string, Placeholder> known_;
};

}  // namespace weir::engine
