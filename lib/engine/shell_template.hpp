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
/// rules, and escapes as in a string of the language: `\$`, `\\`, `\t`, `\u0041`, … It becomes part
/// of the key. Throws also for a backslash before any other character (as upstream refuses it).
[[nodiscard]] std::string render_template(TaskContext& context, std::string_view text,
                                          std::string_view file);
/// The same for a template of a `shell:` block, which writes `!{expression}` and has no escapes.
[[nodiscard]] std::string render_shell_template(TaskContext& context, std::string_view text,
                                                std::string_view file);

}  // namespace weir::engine
