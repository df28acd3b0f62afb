#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir::runs {

/// Makes a stream of bytes from a log harmless for a terminal: escape sequences are dropped, other
/// control characters are shown as \xNN, bytes that are no UTF-8 become U+FFFD, a lone carriage
/// return begins a new line. Sequences may be split anywhere between calls. Memory is bounded.
class TerminalFilter {
 public:
  /// Appends the cleaned `bytes` to `out`.
  void filter(std::string_view bytes, std::string& out);
  /// True when `bytes` would pass as they are, which is found at some gigabytes a second.
  [[nodiscard]] bool passes(std::string_view bytes) const;
  /// What is still held back at the end of the stream.
  void finish(std::string& out);

 private:
  enum class State { text, carriage, escape, control_sequence, string, string_escape };
  void text_byte(unsigned char byte, std::string& out);
  void begin_character(unsigned char byte, std::string& out);
  void continue_character(unsigned char byte, std::string& out);
  void drop_character(std::string& out);

  State state_ = State::text;
  std::size_t sequence_bytes_ = 0;
  std::string character_;  ///< the beginning of a UTF-8 character
  std::size_t character_bytes_ = 0;
};

/// A line of a log as JSON clients get it.
struct LogLine {
  std::string_view bytes;  ///< as written, without the line feed
  bool partial = false;    ///< a piece of a line longer than `k_log_line_bytes_max`, not its last
};
constexpr std::size_t k_log_line_bytes_max = std::size_t{64} << 10;

/// Cuts a stream into lines at line feeds alone.
class LineSplitter {
 public:
  using Handler = std::function<void(const LogLine&)>;
  /// Calls `handler` for each line that `bytes` completes, and for pieces of overlong ones.
  void add(std::string_view bytes, const Handler& handler);
  /// The rest, when the stream ends without a line feed.
  void finish(const Handler& handler);
  /// Bytes taken in that were not handed out yet.
  [[nodiscard]] std::size_t pending() const { return rest_.size(); }

 private:
  std::string rest_;
};

/// Appends `text` as the inside of a JSON string: escaped, always valid UTF-8.
void append_json_text(std::string& out, std::string_view text);
/// What is shown of a line: escape sequences removed, of carriage-return overwritten text the last
/// segment, invalid UTF-8 replaced. Control characters stay, to be escaped by JSON.
[[nodiscard]] std::string shown_message(std::string_view line);
[[nodiscard]] std::string to_base64(std::string_view bytes);

}  // namespace weir::runs
