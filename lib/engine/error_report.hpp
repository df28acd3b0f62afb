#pragma once

#include "engine/task_spec.hpp"

#include <string>
#include <string_view>

namespace weir::engine {

/// The end of what a task wrote, for its error report.
struct TaskOutputTail {
  std::string output;
  std::string errors;
};
inline constexpr std::size_t k_tail_lines_max = 50;

/// Reads the last lines of `.command.out` and `.command.err`; empty where there are none. Blocks.
[[nodiscard]] TaskOutputTail read_output_tail(const std::string& work_dir);

/// The report that a user sees when a task ends the run: name, cause, command, status, output,
/// directory, tip. `job_id` is that of the run's record; empty: there is none.
[[nodiscard]] std::string format_report(const TaskFailure& failure, const TaskOutputTail& tail,
                                        const std::string& job_id = {});

/// What an exit status usually means (126, 127, 137, 139, 143, …); empty for others.
[[nodiscard]] std::string_view meaning_of_exit(int exit_status);

}  // namespace weir::engine
