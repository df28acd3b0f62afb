#pragma once

#include "engine/task_hash.hpp"
#include "engine/task_spec.hpp"

#include <string>
#include <string_view>

namespace weir::engine {

/// One thing that happened to one task attempt. Views are valid during the call only.
struct TaskEvent {
  enum class Kind {
    submitted,
    started,
    completed,
    cached,
    stored,
    failed,
    retried,
    ignored,
    aborted
  };
  Kind kind = Kind::submitted;
  TaskId id = 0;
  ProcessId process = 0;
  std::string_view process_name;
  std::string_view name;
  std::string_view tag;
  std::string_view hash;  ///< 32 hex digits
  std::string_view work_dir;
  std::string_view script;
  std::string_view cause;   ///< of failures
  std::string_view action;  ///< of failures: what the error strategy made of it
  int attempt = 1;
  int exit_status = -1;        ///< -1: none
  std::int64_t native_id = 0;  ///< process id; 0: never ran
  Resources resources;
  TaskUsage usage;
  const TaskSpec* spec = nullptr;  ///< everything that was asked for
  const TaskKey* key = nullptr;    ///< nullptr where it was not computed
};

/// Hears of every task on the loop's thread; must not block. Console, log file, trace, job events
/// are observers.
class TaskObserver {
 public:
  virtual ~TaskObserver() = default;
  virtual void on_task(const TaskEvent& event) = 0;
  /// Text that a `debug true` task printed, after its end.
  virtual void on_task_output(const TaskEvent& /*event*/, std::string_view /*text*/) {}
  /// Something a user should know that does not end the run: a file that could not be published.
  virtual void on_warning(std::string_view /*text*/) {}
};

/// The line that upstream's log has for an event, such as "[ab/cdef01] Submitted process > NAME";
/// empty for events that it does not log (`started`, `completed`, `aborted`).
[[nodiscard]] std::string log_line(const TaskEvent& event);
/// "ab/cdef01" of a full hash.
[[nodiscard]] std::string short_hash(std::string_view hash);

}  // namespace weir::engine
