#pragma once

#include "base/fd.hpp"
#include "engine/task_observer.hpp"

#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>
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

  struct Format {
    std::string separator = "\t";
    bool raw = false;  ///< numbers instead of texts: ms, bytes
  };
  /// Replaces the file and writes the header. Throws Error (usage) naming an unknown column and the
  /// nearest known one; Error when the file cannot be written.
  explicit TraceFile(const std::string& path, std::vector<std::string> columns = default_columns())
      : TraceFile(path, std::move(columns), Format()) {}
  TraceFile(const std::string& path, std::vector<std::string> columns, Format format);

  void on_task(const TaskEvent& event) override;
  /// A task was held at its gates for so long, and they told `data`; both are kept until its
  /// attempt ends, for the columns `gate_wait` (added up) and `gate_data` (what was told last).
  void note_gate_wait(TaskId task, std::chrono::milliseconds waited, const std::string& data = {});

 private:
  std::string path_;
  std::vector<std::string> columns_;
  Format format_;
  base::Fd fd_;
  std::unordered_map<TaskId, std::chrono::milliseconds> waits_;
  std::unordered_map<TaskId, std::string> data_;
};

/// One column of an event as the trace shows it.
[[nodiscard]] std::string trace_field(const std::string& column, const TaskEvent& event,
                                      bool raw = false);

/// "COMPLETED", "CACHED", "FAILED", "ABORTED" for the end of an attempt; "-" for anything else.
[[nodiscard]] std::string_view trace_status(TaskEvent::Kind kind);

}  // namespace weir::engine
