#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <memory>

namespace weir::engine {

/// What a task asks for, by its directives alone. Throws Error (input).
[[nodiscard]] Resources resources_of(TaskContext& context);

/// Evaluates the directives of a task into its spec: resources, staging, publishing, environment,
/// caching. Throws Error (input) naming the directive and the value that it does not take.
void apply_directives(const std::shared_ptr<TaskContext>& context, TaskSpec& spec);

}  // namespace weir::engine
