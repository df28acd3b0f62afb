#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <string_view>
#include <vector>

namespace weir::engine {

/// Sets what an option of a path output says: `glob`, `hidden`, `followLinks`, `includeInputs`,
/// `optional`, `maxDepth`, `type`, `arity`; other names are left alone. Throws Error (input) at
/// `place` for a value that is none.
void set_path_option(const TaskContext& context, lang::Span place, std::string_view name,
                     const lang::Value& value, PathOutput& output);

/// What was found for one output, as paths.
[[nodiscard]] std::vector<lang::Value> values_of(const FoundPaths& found, const TaskResult& result);

}  // namespace weir::engine
