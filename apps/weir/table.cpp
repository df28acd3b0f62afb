#include "base/text.hpp"
#include "output.hpp"

#include <algorithm>
#include <utility>

namespace weir::app {
namespace {

/// Terminal cells of a text without control characters: one a code point, two for East Asian wide
/// ones.
std::size_t cells(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;
    // Blocks U+1100..U+115F, U+2E80..U+A4CF, U+AC00..U+D7A3, U+F900.., U+FF00.. begin with E1
    // 84/85, E2 BA.. to EA 93, EA B0.. to ED 9E, EF A4.., EF BC..; telling them by the lead byte
    // E3..ED is close enough for a table.
    count += (byte >= 0xE3 && byte <= 0xED) || byte >= 0xF0 ? 2 : 1;
  }
  return count;
}

/// Cut in the middle to so many cells, for texts whose ends say most, as those of paths do.
std::string shortened(const std::string& text, std::size_t wanted) {
  if (cells(text) <= wanted || wanted < 4) return text;
  const std::size_t tail = (wanted - 1) * 2 / 3;
  const std::size_t head = wanted - 1 - tail;
  // Whole characters: bytes are added while their cells fit.
  std::string front;
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    if (cells(front) + cells(text.substr(i, next - i)) > head) break;
    front += text.substr(i, next - i);
    i = next;
  }
  std::size_t begin = text.size();
  while (begin > i) {
    std::size_t before = begin - 1;
    while (before > i && (static_cast<unsigned char>(text[before]) & 0xC0) == 0x80) --before;
    if (cells(text.substr(before)) > tail) break;
    begin = before;
  }
  return front + "\u2026" + text.substr(begin);
}

void append_plain(std::string& text, const std::vector<std::string>& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i != 0) text += '\t';
    text += base::printable(row[i], row[i].size() * 4 + 1);
  }
  text += '\n';
}

void append_aligned(std::string& text, const std::vector<std::string>& row,
                    const std::vector<std::size_t>& widths) {
  std::size_t blanks = 0;  // written before the next cell: none end a line
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!row[i].empty()) text.append(std::exchange(blanks, 0), ' ') += row[i];
    blanks += widths[i] - cells(row[i]) + 2;
  }
  text += '\n';
}

/// Of the columns of the first row.
std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], cells(row[i]));
  }
  return widths;
}

}  // namespace

Table::Rows Table::printable_rows() const {
  Rows shown{header_};
  for (const auto& row : rows_) {
    auto& cleaned = shown.emplace_back();
    for (const std::string& cell : row)
      cleaned.push_back(base::printable(cell, cell.size() * 4 + 1));
  }
  return shown;
}

void Table::print_padded(Output& out) const {
  const Rows shown = printable_rows();
  const std::vector<std::size_t> widths = widths_of(shown);
  std::string text;
  for (const auto& row : shown) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) text += '\t';
      text.append(row[i]).append(widths[i] - cells(row[i]), ' ');
    }
    text += '\n';
  }
  out.write(text);
}

void Table::print(Output& out, bool plain) const {
  std::string text;
  if (plain) {
    append_plain(text, header_);
    for (const auto& row : rows_) append_plain(text, row);
    out.write(text);
    return;
  }
  Rows shown = printable_rows();
  const std::vector<std::size_t> widths = widths_of(shown);
  if (columns_ > 0) {
    std::size_t others = 0;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) others += widths[i] + 2;
    const std::size_t rest = static_cast<std::size_t>(columns_) > others
                                 ? static_cast<std::size_t>(columns_) - others
                                 : 0;
    constexpr std::size_t k_shortest = 12;
    for (auto& row : shown) row.back() = shortened(row.back(), std::max(rest, k_shortest));
  }
  for (const auto& row : shown) append_aligned(text, row, widths);
  out.write(text);
}

}  // namespace weir::app
