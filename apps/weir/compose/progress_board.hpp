#pragma once

#include "output.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::app {

/// Bars for work in several threads, redrawn in place on a terminal; silent elsewhere.
///
/// All methods may be called from any thread.
class ProgressBoard {
 public:
  /// Draws on `err` when `shown` and it is a terminal.
  ProgressBoard(Output& err, bool shown);
  /// Takes the bars away.
  ~ProgressBoard();
  ProgressBoard(const ProgressBoard&) = delete;
  ProgressBoard& operator=(const ProgressBoard&) = delete;

  /// Bytes of this stage; `total_bytes` 0: unknown.
  void update(std::size_t item, const std::string& name, std::string_view stage,
              std::int64_t done_bytes, std::int64_t total_bytes);
  void note(std::size_t item, const std::string& name, const std::string& text);
  void remove(std::size_t item);
  /// Prints a line above the bars.
  void line(Output& out, const std::string& text);
  /// Takes the bars away while `print` runs.
  void pause(const std::function<void()>& print);

 private:
  struct Bar {
    std::size_t item = 0;
    std::string name;
    std::string note;  ///< stands in place of the bar
    std::string stage;
    std::int64_t done_bytes = 0;
    std::int64_t total_bytes = 0;
    std::chrono::nanoseconds stage_began{0};
  };

  Bar& bar_of(std::size_t item, const std::string& name);
  void erase();
  void draw();
  void redraw_if_due();

  Output& err_;
  const bool shown_;
  std::mutex mutex_;
  std::vector<Bar> bars_;                 ///< guarded by mutex_
  std::size_t drawn_ = 0;                 ///< lines on the screen; guarded by mutex_
  std::chrono::nanoseconds drawn_at_{0};  ///< guarded by mutex_
};

}  // namespace weir::app
