#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <span>

namespace weir::engine {

/// Binds one set of input values: variables into the context's frame; files, environment and
/// standard input, and the key's parts, into `spec`. `values` are in the order of the declaration.
///
/// Throws Error (input) naming the process and the input for a tuple of another size, a value that
/// is no path, a wrong number of files, colliding stage names.
void bind_inputs(TaskContext& context, std::span<const lang::Value> values, TaskSpec& spec);

/// Where the task finds a file: the path itself, or that of the copy that will be made of a file
/// elsewhere, which is noted in `spec.remote`. Refuses schemes that cannot be fetched.
[[nodiscard]] std::string source_of(TaskContext& context, const lang::PathObject& path,
                                    lang::Span place, TaskSpec& spec);

}  // namespace weir::engine
