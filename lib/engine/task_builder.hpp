#pragma once

#include "engine/task_context.hpp"
#include "engine/task_spec.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::engine {

/// Code of the Error for a template that is not there: its task fails, rather than the run.
inline constexpr std::string_view k_no_template = "no_such_template";

/// One set of inputs that a process fires with, numbered in order of firing.
struct TaskRequest {
  std::vector<lang::Value> values;
  std::int64_t index = 1;
  bool singleton = false;  ///< the process fires once: its task has no number in its name
};

struct BuiltTask {
  std::shared_ptr<TaskContext> context;
  TaskSpec spec;
};

/// The attempt before, which failed.
struct PreviousAttempt {
  const TaskFailure& failure;
  TaskContext& context;
};

/// Evaluates everything that the script says about one attempt of a task. Nothing when `when` is
/// false. `previous` is nullptr for the first attempt. Throws what evaluation throws, and Error
/// (input) for values that a directive does not take.
[[nodiscard]] std::optional<BuiltTask> build_task(ProcessUnit& unit, const TaskRequest& request,
                                                  int attempt, const PreviousAttempt* previous);

/// The same in a context that the caller keeps, whatever evaluation throws; `context` is fresh.
[[nodiscard]] std::optional<TaskSpec> build_task(const std::shared_ptr<TaskContext>& context,
                                                 const TaskRequest& request,
                                                 const PreviousAttempt* previous);

/// What is known of a task whose part of the script cannot be evaluated: whose it is and its name.
[[nodiscard]] TaskSpec broken_task(TaskContext& context, const TaskRequest& request);

/// The error strategy and its limits, with the failed task's status in scope.
[[nodiscard]] FailureDecision decide_failure(TaskContext& context, const TaskFailure& failure);

/// Throws Error (usage) with the place of the process when a directive asks for what weir does not
/// have. Called for every process before the first task starts.
void refuse_unsupported(const ProcessUnit& unit);

}  // namespace weir::engine
