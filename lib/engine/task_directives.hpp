#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <memory>
#include <optional>
#include <string>

namespace weir::engine {

/// What a task asks for, by its directives alone. Throws Error (input).
[[nodiscard]] Resources resources_of(TaskContext& context);

/// The image that the process names for the task, as written; nothing for none, `false` or "".
/// Throws Error (input) or ScriptException, as evaluating any directive does.
[[nodiscard]] std::optional<std::string> container_image(TaskContext& context);

/// Evaluates the directives of a task into its spec: resources, staging, publishing, environment,
/// caching. Throws Error (input) naming the directive and the value that it does not take.
void apply_directives(const std::shared_ptr<TaskContext>& context, TaskSpec& spec);

}  // namespace weir::engine
