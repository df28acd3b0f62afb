#include "engine/internal/record_text.hpp"

#include <algorithm>

namespace weir::engine::internal {

void append_escaped(std::string& to, std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\t\n\\", begin), text.size());
    to += text.substr(begin, end - begin);
    if (end == text.size()) return;
    to += '\\';
    to += text[end] == '\t' ? 't' : text[end] == '\n' ? 'n' : '\\';
    begin = end + 1;
  }
}

std::string unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char c = text[++i];
    plain += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return plain;
}

}  // namespace weir::engine::internal
