#include "lang/placeholder_text.hpp"

namespace weir::lang {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name_character(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9');
}

}  // namespace

std::size_t end_of_braced(std::string_view text, std::size_t at) {
  int depth = 0;
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == '\\') {
        ++at;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && depth-- == 0) {
      return at;
    }
  }
  return text.size();
}

std::size_t end_of_dotted_name(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_name_start(text[at])) return at;
  std::size_t end = at;
  while (end < text.size()) {
    const bool joins = text[end] == '.' && end + 1 < text.size() && is_name_start(text[end + 1]);
    if (!joins && !is_name_character(text[end])) break;
    ++end;
  }
  return end;
}

}  // namespace weir::lang
