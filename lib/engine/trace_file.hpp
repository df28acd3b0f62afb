#pragma once

#include "base/fd.hpp"
#include "engine/task_observer.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// Writes `-with-trace`: one tab-separated line per finished task, with upstream's column names.
///
/// Numbers come from the kernel's accounting of the task; columns that it cannot fill hold `-`.
/// Each line is written at once and whole, so the file is useful while the run goes on.
class TraceFile : public TaskObserver {
 public:
  /// Upstream's default columns.
  [[nodiscard]] static std::vector<std::string> default_columns();
  /// Every column this can write.
  [[nodiscard]] static std::vector<std::string> known_columns();

  /// Replaces the file and writes the header. Throws Error (usage) naming an unknown column and the
  /// nearest known one; Error when the file cannot be written.
  explicit TraceFile(const std::string& path, std::vector<std::string> columns = default_columns());

  void on_task(const TaskEvent& event) override;

 private:
  std::string path_;
  std::vector<std::string> columns_;
  base::Fd fd_;
};

/// One column of an event as the trace shows it.
[[nodiscard]] std::string trace_field(const std::string& column, const TaskEvent& event);

}  // namespace weir::engine
