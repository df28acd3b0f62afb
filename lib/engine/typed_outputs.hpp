#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <optional>
#include <vector>

namespace weir::engine {

/// `declare_outputs` for a typed process: what the functions `file`, `files`, `env`, `eval` and
/// `stdout` among its outputs and topics ask for. Throws Error (input) for an absolute pattern.
void declare_typed_outputs(TaskContext& context, TaskSpec& spec);

/// `bind_outputs` for a typed process: the values of its outputs, then those of its topics. Files
/// are given by where they are, also those that came in as inputs.
[[nodiscard]] std::vector<std::optional<lang::Value>> bind_typed_outputs(TaskContext& context,
                                                                         const TaskResult& result);

/// The right side of `value >> 'topic'`.
[[nodiscard]] const lang::Expr* topic_name(const lang::Stmt& topic);

}  // namespace weir::engine
