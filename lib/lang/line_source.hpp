#pragma once

#include "lang/host.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace weir::lang {

/// The lines of a text that comes in pieces. They end with \n, \r\n or \r; a last empty line does
/// not count, and a byte order mark in front is left out.
class LineSource {
 public:
  explicit LineSource(std::unique_ptr<PieceReader> pieces) : pieces_(std::move(pieces)) {}

  /// The next line without its end, in `line`. False: there is none. Throws ScriptException
  /// (OutOfMemoryError) for a line that is longer than `k_line_bytes_max`.
  [[nodiscard]] bool next(std::string& line);

  /// Whether there is nothing left. Reads ahead.
  [[nodiscard]] bool at_end() { return !fill(); }
  /// All that is left, as it stands.
  [[nodiscard]] std::string rest();

  static constexpr std::size_t k_line_bytes_max = std::size_t{2} << 30;

 private:
  /// False at the end.
  bool fill();

  std::unique_ptr<PieceReader> pieces_;
  std::string_view rest_;  ///< of the piece that `pieces_` gave last
  bool is_first_ = true;
  bool after_return_ = false;  ///< the last line ended with \r: a \n that follows belongs to it
};

}  // namespace weir::lang
