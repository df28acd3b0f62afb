#include "lang/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace weir::lang {

FileId SourceMap::add(std::string name, std::string text) {
  constexpr std::size_t k_text_max = std::numeric_limits<std::uint32_t>::max() - 1;
  if (text.size() > k_text_max) text.resize(k_text_max);
  files_.push_back(File{std::move(name), std::move(text), {}});
  return FileId{static_cast<std::uint32_t>(files_.size())};
}

const SourceMap::File* SourceMap::get(FileId file) const {
  const auto number = static_cast<std::uint32_t>(file);
  return number == 0 || number > files_.size() ? nullptr : &files_[number - 1];
}

const std::vector<std::uint32_t>& SourceMap::lines_of(const File& file) {
  if (!file.lines.empty()) return file.lines;
  file.lines.push_back(0);
  const std::string& text = file.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lone_return = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (text[i] == '\n' || lone_return) file.lines.push_back(static_cast<std::uint32_t>(i + 1));
  }
  return file.lines;
}

std::string_view SourceMap::name(FileId file) const {
  const File* found = get(file);
  return found == nullptr ? std::string_view{} : found->name;
}

std::string_view SourceMap::text(FileId file) const {
  const File* found = get(file);
  return found == nullptr ? std::string_view{} : found->text;
}

std::string_view SourceMap::text(Span span) const {
  const std::string_view whole = text(span.file);
  if (span.begin > span.end || span.end > whole.size()) return {};
  return whole.substr(span.begin, span.end - span.begin);
}

LineColumn SourceMap::position(FileId file, std::uint32_t offset) const {
  const File* found = get(file);
  if (found == nullptr) return {};
  const std::vector<std::uint32_t>& lines = lines_of(*found);
  offset = std::min(offset, static_cast<std::uint32_t>(found->text.size()));
  const auto after = std::upper_bound(lines.begin(), lines.end(), offset);
  const auto line = static_cast<std::uint32_t>(after - lines.begin());
  std::uint32_t column = 1;
  for (std::uint32_t i = lines[line - 1]; i < offset; ++i) {
    if ((static_cast<unsigned char>(found->text[i]) & 0xC0) != 0x80) ++column;
  }
  return {line, column};
}

std::uint32_t SourceMap::line_begin(FileId file, std::uint32_t line) const {
  const File* found = get(file);
  if (found == nullptr || line == 0) return 0;
  const std::vector<std::uint32_t>& lines = lines_of(*found);
  return line > lines.size() ? static_cast<std::uint32_t>(found->text.size()) : lines[line - 1];
}

std::string_view SourceMap::line(FileId file, std::uint32_t line) const {
  const std::uint32_t begin = line_begin(file, line);
  const std::uint32_t end = line_begin(file, line + 1);
  std::string_view text = this->text(Span{file, begin, end});
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string SourceMap::place(Span span) const {
  if (get(span.file) == nullptr) return {};
  const LineColumn at = position(span.file, span.begin);
  return fmt::format("{}:{}:{}", name(span.file), at.line, at.column);
}

}  // namespace weir::lang
