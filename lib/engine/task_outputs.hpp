#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

/// Writes what the process declares as outputs into `spec`: patterns, names and commands evaluated
/// in the task's frame after its script was. Throws Error (input) for options that make no sense.
void declare_outputs(TaskContext& context, TaskSpec& spec);

/// The values of the declared outputs of a task that ended well, in order, those for topics of a
/// typed process behind them; nothing for an output of
/// which an optional part is missing. Must follow `declare_outputs` with the same context.
[[nodiscard]] std::vector<std::optional<lang::Value>> bind_outputs(TaskContext& context,
                                                                   const TaskResult& result);

}  // namespace weir::engine
