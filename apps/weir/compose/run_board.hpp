#pragma once

#include "base/event_loop.hpp"
#include "engine/task_observer.hpp"
#include "output.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace weir::app {

/// The live view of a run on a terminal: one line for each process, redrawn in place, with counts
/// and the time that its running tasks are likely to need.
///
/// On the loop's thread only.
class RunBoard {
 public:
  /// `loop` and `output` outlive the object.
  RunBoard(base::EventLoop& loop, Output& output);
  /// Leaves the last picture on the screen.
  ~RunBoard();
  RunBoard(const RunBoard&) = delete;
  RunBoard& operator=(const RunBoard&) = delete;

  void on_task(const engine::TaskEvent& event);
  /// Takes the lines away while `print` writes above them.
  void pause(const std::function<void()>& print);

  /// The picture at a moment, one text a line, none wider than `columns`; for tests.
  [[nodiscard]] std::vector<std::string> lines(std::chrono::nanoseconds now, std::size_t columns,
                                               std::size_t rows_max) const;

 private:
  struct Row {
    std::string name;
    std::string latest;  ///< "[ab/cdef01]" of the task that was last heard of
    std::int64_t done = 0;
    std::int64_t cached = 0;
    std::int64_t failed = 0;
    std::int64_t ignored = 0;
    std::int64_t retried = 0;
    std::int64_t realtime_ms = 0;                                          ///< of all done
    std::unordered_map<engine::TaskId, std::chrono::nanoseconds> running;  ///< when they started
  };

  [[nodiscard]] std::string text_of(const Row& row, std::chrono::nanoseconds now,
                                    std::size_t name_width) const;
  void erase();
  void draw();
  void draw_soon();

  base::EventLoop& loop_;
  Output& output_;
  std::vector<Row> rows_;
  std::unordered_map<engine::ProcessId, std::size_t> places_;
  base::EventLoop::Id timer_ = 0;
  std::chrono::nanoseconds began_;
  std::size_t drawn_ = 0;  ///< lines on the screen
};

}  // namespace weir::app
