#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::app {

/// One of the program's standard streams, buffered; handed to commands so that tests can look at
/// it.
class Output {
 public:
  /// Does not own `fd`.
  explicit Output(int fd);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  void write(std::string_view text);
  /// `text` and a newline.
  void line(std::string_view text);
  /// Throws Error (temporary or failed) when the stream cannot take it; a closed pipe ends the
  /// program quietly.
  void flush();
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_terminal() const { return terminal_; }
  /// True when colour is wanted: a terminal, no NO_COLOR, TERM not dumb.
  [[nodiscard]] bool colour() const { return colour_; }
  void set_colour(bool colour) { colour_ = colour; }
  /// Columns of the terminal; 80 when unknown.
  [[nodiscard]] int width() const;

 private:
  int fd_;
  bool terminal_;
  bool colour_ = false;
  std::string buffer_;
};

/// A table with columns aligned in terminal cells; as tab-separated values when `plain`.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(Output& out, bool plain) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace weir::app
