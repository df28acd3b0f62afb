#pragma once

#include "lang/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

/// The object behind `new groovy.text.GStringTemplateEngine()` and SimpleTemplateEngine:
/// `createTemplate(text or path).make(binding)` gives the text.
///
/// `$name.part`, `${expression}`, `<%= expression %>`, and `<% statements %>`, which write to
/// `out`. Deviations: the text is made at once, not when it is first printed; statements are those
/// of the strict language.
[[nodiscard]] Value make_template_engine();

/// A configuration file that assigns to `t` the closure that writes the text of a template to
/// `out`.
struct TemplateCode {
  std::string code;
  std::vector<std::uint32_t> lines;  ///< the template's line (1-based) for each line of the code
};
/// Throws ScriptException for a mark without end.
[[nodiscard]] TemplateCode template_code(std::string_view text);

}  // namespace weir::lang
