#include "engine/script_text.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace weir::engine {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

std::size_t margin_of(std::string_view line) {
  std::size_t margin = 0;
  while (margin < line.size() && is_blank(line[margin])) ++margin;
  return margin;
}

}  // namespace

std::string normalise_script(std::string_view script) {
  const std::vector<std::string_view> lines = base::split(script, '\n');
  std::size_t common = std::string_view::npos;
  for (const std::string_view line : lines) {
    const std::size_t margin = margin_of(line);
    if (margin < line.size()) common = std::min(common, margin);
  }
  std::string text;
  text.reserve(script.size() + 1);
  for (const std::string_view line : lines) {
    const bool is_empty = margin_of(line) == line.size();  // whatever blanks it has
    if (!is_empty) text += line.substr(common);
    text += '\n';
  }
  return std::string(base::trim(text)) + "\n";
}

std::vector<std::string> shebang_of(std::string_view script) {
  std::vector<std::string> words;
  if (!script.starts_with("#!")) return words;
  const std::string_view line = script.substr(2, script.find('\n') - 2);
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t begin = at + margin_of(line.substr(at));
    at = begin;
    while (at < line.size() && !is_blank(line[at])) ++at;
    if (at > begin) words.emplace_back(line.substr(begin, at - begin));
  }
  return words;
}

}  // namespace weir::engine
