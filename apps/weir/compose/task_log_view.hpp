#pragma once

#include "compose/run_history.hpp"

#include <string>
#include <vector>

namespace weir::app {

/// What `weir log` and `nextflow log` are asked for.
struct LogQuestion {
  RunChoice runs;                   ///< nothing chosen and nothing else said: the list of runs
  std::vector<std::string> fields;  ///< one line for each task; empty: the task's directory
  std::string filter;               ///< an expression over the fields
  std::string separator = "\t";
  std::string template_text;  ///< instead of fields: text with $name or ${name}; or a file's name
  bool list_fields = false;
  bool names_only = false;  ///< of the runs
  bool upstream = false;    ///< the list of runs as `nextflow log` prints it
};

/// Throws Error: `not_found` for a run, `usage` for an unknown field or a filter with errors.
[[nodiscard]] ExitStatus print_task_log(Context& context, const LogQuestion& question);

/// "a,b c" as names.
[[nodiscard]] std::vector<std::string> names_in(const std::string& text);

}  // namespace weir::app
