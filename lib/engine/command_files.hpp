#pragma once

#include "engine/task_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// Texts of the files that a task is started from, and how it is started.
struct CommandFiles {
  std::string script;   ///< `.command.sh`
  std::string wrapper;  ///< `.command.run`
  std::string stage;    ///< `.command.stage`; empty: the wrapper brings the inputs in by itself
  /// What to start in the task directory: the interpreter on `.command.sh` itself where that
  /// suffices (one process instead of two), else bash on `.command.run`.
  std::vector<std::string> argv;
  /// Inputs are brought in by the wrapper (into a scratch folder), so nobody else must.
  bool wrapper_stages = false;
};

/// `work_dir` is absolute. Throws Error (usage) for env and eval outputs of scripts that are not
/// for bash.
[[nodiscard]] CommandFiles make_command_files(const TaskSpec& spec, const std::string& work_dir,
                                              const std::string& temp_dir);

/// What the task's environment has of its own; its PATH goes behind that of `inherited`.
[[nodiscard]] std::vector<std::string> environment_changes(
    const TaskSpec& spec, const std::string& work_dir, const std::vector<std::string>& inherited);
/// The environment of the task: `inherited` with these changes.
[[nodiscard]] std::vector<std::string> task_environment(const TaskSpec& spec,
                                                        const std::string& work_dir,
                                                        const std::vector<std::string>& inherited);

/// Values that the script left in `.command.env`; nothing where a name was not written.
struct CapturedEnv {
  std::vector<std::optional<std::string>> env;
  std::vector<std::string> eval;
  std::string failure;  ///< an eval command that failed: what and why
};
[[nodiscard]] CapturedEnv parse_captured_env(const TaskSpec& spec, std::string_view content);

}  // namespace weir::engine
