#pragma once

#include "engine/task_context.hpp"

#include <string>
#include <string_view>

namespace weir::engine {

/// The text of a `shell:` block with each `!{name}` replaced: a name of the task or an implicit
/// one, followed by properties and calls without arguments (`!{x.baseName}`,
/// `!{params.list.size()}`). Throws Error (input) naming any other expression.
[[nodiscard]] std::string render_shell(TaskContext& context, std::string_view text);

/// A template file's text with `${…}` and `$name` replaced by the same rules; `\$` stands for a
/// dollar.
[[nodiscard]] std::string render_template(TaskContext& context, std::string_view text);

}  // namespace weir::engine
