#pragma once

#include "base/event_loop.hpp"
#include "base/fd.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace weir::engine {

/// Takes one output stream of a program that may write without end: always drained, never more than
/// a cap on disk.
///
/// The first half of the cap is kept in `path`, the last half is folded in behind it by `finish`,
/// with a line that tells how much was left out. A full disk drops data and never stops the
/// program.
class LogCapture {
 public:
  struct Options {
    std::filesystem::path path;  ///< empty: nothing is kept
    int forward_fd = -1;         ///< also written here as it comes; -1: nowhere
    std::int64_t bytes_max = std::int64_t{64} << 20;
    std::function<void(std::string_view line)> on_line;  ///< without its newline
    std::size_t line_bytes_max = std::size_t{64} << 10;  ///< longer lines are cut there
  };

  /// Throws Error when the file cannot be created.
  LogCapture(base::EventLoop& loop, Options options);
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /// The program's end. Close it by `started` once the program has it.
  [[nodiscard]] int write_fd() const { return pipe_.write.get(); }
  void started() { pipe_.write.reset(); }
  /// Takes what is still in the pipe and completes the file. No more is read afterwards.
  void finish();

  [[nodiscard]] std::int64_t bytes_dropped() const { return dropped_; }
  /// The end of the stream, about 4 KiB, for messages.
  [[nodiscard]] const std::string& recent() const { return recent_; }

 private:
  void read_some();
  bool read_once();
  void keep(std::string_view bytes);
  void keep_tail(std::string_view bytes);
  void start_next_tail();
  void write_quietly(int fd, std::string_view bytes);
  void cut_lines(std::string_view bytes);
  void fold_tail();
  [[nodiscard]] std::filesystem::path tail_path(int which) const;

  base::EventLoop& loop_;
  Options options_;
  base::Pipe pipe_;
  base::EventLoop::Id watch_ = 0;
  base::Fd file_;
  base::Fd tail_;
  std::int64_t head_bytes_ = 0;
  std::int64_t tail_bytes_ = 0;   ///< in the newer of the two tail files
  std::int64_t older_bytes_ = 0;  ///< in the older one
  std::int64_t dropped_ = 0;
  std::string recent_;
  std::string line_;
};

}  // namespace weir::engine
