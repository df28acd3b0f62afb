#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <span>

namespace weir::engine {

/// `bind_inputs` for a typed process: binds its inputs into the task's frame, does what its section
/// `stage:` says, and stages what its types say is a file: `Path`, collections of it, and fields of
/// record types. A file that several say so of is staged once, and `stageAs` comes first.
///
/// Throws Error (input) for null where the type has no `?`, and for values that do not fit a tuple,
/// a record or a file.
void bind_typed_inputs(TaskContext& context, std::span<const lang::Value> values, TaskSpec& spec);

}  // namespace weir::engine
