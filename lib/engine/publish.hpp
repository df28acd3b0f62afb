#pragma once

#include "engine/task_spec.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// One file or folder to publish.
struct PublishAction {
  std::string source;  ///< absolute, in the task's output folder
  std::string target;  ///< absolute
  PublishMode mode = PublishMode::symlink;
  /// What to do with a name that is there already: keep it, replace it, or replace it only when it
  /// is of another kind or size (the default for tasks from the cache).
  enum class Existing { keep, replace, compare };
  Existing existing = Existing::replace;
  bool fail_on_error = true;
};

/// Modes that are done before the task's results go on; the others copy and may take long.
[[nodiscard]] inline bool is_link_mode(PublishMode mode) {
  return mode == PublishMode::symlink || mode == PublishMode::rellink || mode == PublishMode::link;
}

/// Which of the found outputs each rule publishes, and where. Names below another published folder
/// are dropped. Calls the rules' `save_as`; what that throws passes through.
[[nodiscard]] std::vector<PublishAction> plan_publishing(const std::vector<PublishRule>& rules,
                                                         const std::vector<FoundPaths>& paths,
                                                         const std::string& output_dir,
                                                         bool from_cache);

/// Makes one target appear, whole or not at all (temporary name beside it, then rename). Blocks.
/// Throws Error.
void publish_file(const PublishAction& action);

}  // namespace weir::engine
