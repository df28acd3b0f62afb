#include "runs/log_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace weir::runs {
namespace {

constexpr std::string_view k_replacement = "\xEF\xBF\xBD";
// Longer ones are no sequences of any terminal: what follows is shown again.
constexpr std::size_t k_sequence_bytes_max = 4096;

/// Bytes that mean nothing to a terminal but themselves: printable ASCII, line feed, tab.
constexpr std::array<bool, 256> plain_bytes() {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x7F; ++byte) plain.at(byte) = true;
  plain.at('\n') = plain.at('\t') = true;
  return plain;
}
constexpr std::array<bool, 256> k_plain = plain_bytes();

bool is_plain(char byte) {
  return k_plain.at(static_cast<unsigned char>(byte));
}

/// Length of the UTF-8 character that a first byte announces; 0 for none.
std::size_t announced(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return 2;
  if (byte >= 0xE0 && byte <= 0xEF) return 3;
  if (byte >= 0xF0 && byte <= 0xF4) return 4;
  return 0;
}

/// C1 control characters (U+0080 to U+009F) drive terminals as escape sequences do.
bool is_control_character(std::string_view character) {
  return character.size() == 2 && character[0] == '\xC2' &&
         static_cast<unsigned char>(character[1]) < 0xA0;
}

}  // namespace

bool TerminalFilter::passes(std::string_view bytes) const {
  if (state_ != State::text || !character_.empty()) return false;
  // Eight at a time: a byte below 0x20 or above 0x7E sets its high bit in one of the tests.
  constexpr std::uint64_t k_ones = 0x0101010101010101;
  constexpr std::uint64_t k_high = 0x8080808080808080;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    const std::uint64_t suspects = (word | (word - k_ones * 0x20) | (word + k_ones)) & k_high;
    if (suspects == 0) continue;
    const std::string_view eight = bytes.substr(i, 8);
    if (!std::all_of(eight.begin(), eight.end(), is_plain)) return false;
  }
  const std::string_view rest = bytes.substr(i);
  return std::all_of(rest.begin(), rest.end(), is_plain);
}

void TerminalFilter::drop_character(std::string& out) {
  if (!character_.empty()) out += k_replacement;
  character_.clear();
}

void TerminalFilter::begin_character(unsigned char byte, std::string& out) {
  character_bytes_ = announced(byte);
  if (character_bytes_ == 0) {
    out += k_replacement;
    return;
  }
  character_.assign(1, static_cast<char>(byte));
}

void TerminalFilter::continue_character(unsigned char byte, std::string& out) {
  character_ += static_cast<char>(byte);
  if (character_.size() < character_bytes_) return;
  if (is_control_character(character_)) {
    out += fmt::format("\\x{:02x}", byte);
  } else if (base::is_utf8(character_)) {
    out += character_;
  } else {
    out += k_replacement;
  }
  character_.clear();
}

void TerminalFilter::text_byte(unsigned char byte, std::string& out) {
  if (!character_.empty()) {
    if ((byte & 0xC0) == 0x80) return continue_character(byte, out);
    drop_character(out);
  }
  if (k_plain.at(byte)) {
    out += static_cast<char>(byte);
  } else if (byte == 0x1B) {
    state_ = State::escape;
    sequence_bytes_ = 0;
  } else if (byte == '\r') {
    state_ = State::carriage;
  } else if (byte < 0x80) {
    out += fmt::format("\\x{:02x}", byte);
  } else {
    begin_character(byte, out);
  }
}

void TerminalFilter::filter(std::string_view bytes, std::string& out) {
  for (const char one : bytes) {
    const auto byte = static_cast<unsigned char>(one);
    if (state_ == State::carriage) {
      // CR LF is one line end; CR alone starts the line anew, which is shown below it.
      state_ = State::text;
      if (byte != '\n') out += '\n';
    }
    if (state_ == State::text) {
      text_byte(byte, out);
      continue;
    }
    // A line feed ends what never was a sequence; nothing of the text is lost for long.
    if (byte == '\n' || ++sequence_bytes_ > k_sequence_bytes_max) {
      state_ = State::text;
      text_byte(byte, out);
      continue;
    }
    switch (state_) {
      case State::escape:
        if (byte == '[') {
          state_ = State::control_sequence;
        } else if (byte == ']' || byte == 'P' || byte == '^' || byte == '_' || byte == 'X') {
          state_ = State::string;
        } else if (byte < 0x20 || byte > 0x2F) {
          state_ = State::text;
        }
        break;
      case State::control_sequence:
        if (byte >= 0x40 && byte <= 0x7E) state_ = State::text;
        break;
      case State::string:
        if (byte == 0x07) state_ = State::text;
        if (byte == 0x1B) state_ = State::string_escape;
        break;
      case State::string_escape: state_ = byte == '\\' ? State::text : State::string; break;
      default: break;
    }
  }
}

void TerminalFilter::finish(std::string& out) {
  drop_character(out);
  if (state_ == State::carriage) out += '\n';
  state_ = State::text;
}

void LineSplitter::add(std::string_view bytes, const Handler& handler) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const bool whole = end != std::string_view::npos;
    std::string_view part = bytes.substr(0, whole ? end : bytes.size());
    bytes.remove_prefix(whole ? end + 1 : bytes.size());
    while (rest_.size() + part.size() > k_log_line_bytes_max) {
      const std::size_t take = k_log_line_bytes_max - rest_.size();
      rest_ += part.substr(0, take);
      part.remove_prefix(take);
      handler({.bytes = rest_, .partial = true});
      rest_.clear();
    }
    if (!whole) {
      rest_ += part;
    } else if (rest_.empty()) {
      handler({.bytes = part});
    } else {
      rest_ += part;
      handler({.bytes = rest_});
      rest_.clear();
    }
  }
}

void LineSplitter::finish(const Handler& handler) {
  if (rest_.empty()) return;
  handler({.bytes = rest_});
  rest_.clear();
}

void append_json_text(std::string& out, std::string_view text) {
  const std::string valid = base::is_utf8(text) ? std::string() : shown_message(text);
  for (const char one : valid.empty() ? text : std::string_view(valid)) {
    const auto byte = static_cast<unsigned char>(one);
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (byte < 0x20 || byte == 0x7F) {
          out += fmt::format("\\u{:04x}", byte);
        } else {
          out += one;
        }
    }
  }
}

std::string shown_message(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (const std::size_t last = line.rfind('\r'); last != std::string_view::npos) {
    line.remove_prefix(last + 1);
  }
  TerminalFilter filter;
  if (filter.passes(line)) return std::string(line);
  std::string shown;
  filter.filter(line, shown);
  filter.finish(shown);
  return shown;
}

std::string to_base64(std::string_view bytes) {
  constexpr std::string_view k_digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      three = three << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? k_digits[three >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace weir::runs
