#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::app {

/// One of the program's standard streams, buffered; handed to commands so that tests can look at
/// it. Threads may share it.
class Output {
 public:
  /// Does not own `fd`; a negative one stands for nowhere.
  explicit Output(int fd);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  void write(std::string_view text);
  /// For what only makes sense on a terminal: no copy has it.
  void show(std::string_view text);
  /// For the copy alone.
  void record(std::string_view text);
  /// `text` and a newline.
  void line(std::string_view text);
  /// Throws Error (temporary or failed) when the stream cannot take it; a closed pipe ends the
  /// program quietly.
  void flush();
  /// Hands everything that is written to `copy` as well, at once; an empty function ends that.
  void copy_to(std::function<void(std::string_view)> copy) {
    const std::scoped_lock lock(mutex_);
    copy_ = std::move(copy);
  }
  /// `told` runs at the first words (for whomever) after a flush, on the thread that writes and
  /// with this object locked; an empty function ends that.
  void when_waiting(std::function<void()> told) {
    const std::scoped_lock lock(mutex_);
    told_ = std::move(told);
  }
  /// From now on a reader who went away changes nothing: what is written goes nowhere. For commands
  /// whose work is not their output.
  void outlive_reader() { outlives_reader_ = true; }
  /// What is written from now on goes nowhere (but to a copy).
  void abandon() {
    const std::scoped_lock lock(mutex_);
    fd_ = -1;
    buffer_.clear();
  }
  [[nodiscard]] int fd() const { return fd_; }
  /// For those who write to the descriptor themselves, after what was written before: when the
  /// reader goes, the process ends as `write` does then, without a word.
  [[nodiscard]] int stream();
  [[nodiscard]] bool is_terminal() const { return terminal_; }
  /// True when colour is wanted: a terminal, no NO_COLOR, TERM not dumb.
  [[nodiscard]] bool colour() const { return colour_; }
  void set_colour(bool colour) { colour_ = colour; }
  /// True when lines can be written over: a terminal that is not dumb.
  [[nodiscard]] bool redraws() const { return redraws_; }
  void set_redraws(bool redraws) { redraws_ = redraws; }
  /// Columns of the terminal; 80 when unknown.
  [[nodiscard]] int width() const;

 private:
  void note_waiting();
  void put_locked(std::string_view text);
  void flush_locked();

  std::mutex mutex_;
  std::atomic<int> fd_;
  bool terminal_;
  bool colour_ = false;
  bool redraws_ = false;
  bool outlives_reader_ = false;
  std::string buffer_;
  std::function<void(std::string_view)> copy_;
  std::function<void()> told_;
  bool waiting_ = false;  ///< something was written, shown or recorded since the last flush
};

/// A table with columns aligned in terminal cells; as tab-separated values when `plain`.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(Output& out, bool plain) const;
  /// Cells filled up with blanks and separated by tabs, as Nextflow's tables.
  void print_padded(Output& out) const;
  /// Shortens the cells of the last column, in their middle, so that rows fit into `columns`.
  void fit(int columns) { columns_ = columns; }

 private:
  using Rows = std::vector<std::vector<std::string>>;
  /// The header and all rows with what a terminal must not see made visible.
  [[nodiscard]] Rows printable_rows() const;

  std::vector<std::string> header_;
  Rows rows_;
  int columns_ = 0;
};

}  // namespace weir::app
