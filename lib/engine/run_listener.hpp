#pragma once

#include "engine/task_observer.hpp"
#include "lang/host.hpp"

#include <string_view>

namespace weir::engine {

/// Hears what a run says, on the loop's thread: tasks (TaskObserver), what the script prints, log
/// lines. Must not block.
class RunListener : public TaskObserver {
 public:
  /// Standard output of the script, as it stands.
  virtual void on_print(std::string_view text) = 0;
  /// Its standard error.
  virtual void on_print_error(std::string_view text) = 0;
  /// `log.info` and the like, and warnings of the engine.
  virtual void on_log(lang::LogLevel level, std::string_view text) = 0;
  /// The script keeps the loop from turning, for long perhaps: what was said must be seen now.
  virtual void on_pause() {}
};

}  // namespace weir::engine
