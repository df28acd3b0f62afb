#pragma once

#include "engine/task_context.hpp"

#include <string>
#include <string_view>

namespace weir::engine {

/// The text of a `shell:` block with each `!{expression}` replaced. Expressions see the task's
/// inputs, the variables that its block made without `def`, `task` and the implicit names; what
/// they read becomes part of the task's key (`TaskContext::templates`). Throws Error (input) that
/// names an expression which cannot be read or evaluated.
[[nodiscard]] std::string render_shell(TaskContext& context, std::string_view text);

/// The text of the template `file` with `${expression}` and `$name.property` replaced by the same
/// rules;
/// `\$` stands for a dollar. The text, too, becomes part of the key.
[[nodiscard]] std::string render_template(TaskContext& context, std::string_view text,
                                          std::string_view file);
/// The same for a template of a `shell:` block, which writes `!{expression}`.
[[nodiscard]] std::string render_shell_template(TaskContext& context, std::string_view text,
                                                std::string_view file);

}  // namespace weir::engine
