#include "engine/value_diff.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace weir::engine {
namespace {

constexpr std::size_t k_whole_bytes_max = 160;     // a value up to this length is shown as it is
constexpr std::size_t k_context_bytes = 40;        // around what differs, to the next separator
constexpr std::size_t k_part_bytes_max = 4096;     // of one differing part
constexpr std::size_t k_line_bytes_max = 1000;     // of one line of a text
constexpr std::size_t k_context_lines = 2;
constexpr std::size_t k_table_cells_max = 1 << 22;  // of the table of common lines

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  for (const std::string_view line : base::split(text, '\n')) lines.push_back(line);
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

struct Line {
  char sign;  ///< ' ', '-', '+'
  std::string_view text;
};

/// The differing middle of two texts by their longest common subsequence of lines (Wagner and
/// Fischer 1974); where the table would be too large, all lines are replaced.
void add_middle(const Lines& before, const Lines& now, std::vector<Line>& result) {
  const std::size_t width = now.size() + 1;
  if ((before.size() + 1) * width > k_table_cells_max) {
    for (const std::string_view line : before) result.push_back({'-', line});
    for (const std::string_view line : now) result.push_back({'+', line});
    return;
  }
  std::vector<std::uint32_t> common((before.size() + 1) * width);
  for (std::size_t i = before.size(); i-- > 0;) {
    for (std::size_t j = now.size(); j-- > 0;) {
      common[i * width + j] =
          before[i] == now[j]
              ? common[(i + 1) * width + j + 1] + 1
              : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < now.size()) {
    if (i < before.size() && j < now.size() && before[i] == now[j]) {
      result.push_back({' ', before[i]});
      ++i;
      ++j;
    } else if (j == now.size() || (i < before.size() && common[(i + 1) * width + j] >=
                                                            common[i * width + j + 1])) {
      result.push_back({'-', before[i++]});
    } else {
      result.push_back({'+', now[j++]});
    }
  }
}

std::vector<Line> compare_lines(const Lines& before, const Lines& now) {
  const auto [b, n] = std::mismatch(before.begin(), before.end(), now.begin(), now.end());
  const auto head = static_cast<std::size_t>(b - before.begin());
  std::size_t tail = 0;
  while (tail < before.size() - head && tail < now.size() - head &&
         before[before.size() - 1 - tail] == now[now.size() - 1 - tail])
    ++tail;
  std::vector<Line> result;
  for (std::size_t i = 0; i < head; ++i) result.push_back({' ', before[i]});
  add_middle(Lines(b, before.end() - static_cast<std::ptrdiff_t>(tail)),
             Lines(n, now.end() - static_cast<std::ptrdiff_t>(tail)), result);
  for (std::size_t i = before.size() - tail; i < before.size(); ++i)
    result.push_back({' ', before[i]});
  return result;
}

std::string line_diff(std::string_view before, std::string_view now) {
  const std::vector<Line> lines = compare_lines(lines_of(before), lines_of(now));
  std::string text;
  std::size_t shown = 0;
  std::size_t passed = 0;  // lines left out since the last one shown
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t from = i < k_context_lines ? 0 : i - k_context_lines;
    const std::size_t to = std::min(lines.size(), i + k_context_lines + 1);
    const bool near = std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(from),
                                  lines.begin() + static_cast<std::ptrdiff_t>(to),
                                  [](const Line& line) { return line.sign != ' '; });
    if (!near) {
      ++passed;
      continue;
    }
    if (shown == k_diff_lines_max)
      return text + fmt::format("    … and {} more lines\n", lines.size() - i);
    if (passed > 0) text += "    …\n";
    passed = 0;
    ++shown;
    text += fmt::format("    {} {}\n", lines[i].sign,
                        base::printable(lines[i].text, k_line_bytes_max));
  }
  return text;
}

bool is_separator(char c) {
  return c == ',' || c == ' ' || c == '[' || c == '{' || c == ']' || c == '}' || c == '\n';
}

/// `[from, to)` of a value with some of what stands around it, both ends moved outward to a
/// separator.
std::string part_of(std::string_view value, std::size_t from, std::size_t to) {
  from = from < k_context_bytes ? 0 : from - k_context_bytes;
  to = std::min(value.size(), to + k_context_bytes);
  while (from > 0 && !is_separator(value[from - 1])) --from;
  while (to < value.size() && !is_separator(value[to])) ++to;
  return (from > 0 ? "…" : "") +
         base::printable(value.substr(from, to - from), k_part_bytes_max) +
         (to < value.size() ? "…" : "");
}

std::string part_diff(std::string_view before, std::string_view now) {
  const std::size_t shorter = std::min(before.size(), now.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == now[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && before[before.size() - 1 - tail] == now[now.size() - 1 - tail])
    ++tail;
  return fmt::format("    before: {}\n    now:    {}\n",
                     part_of(before, head, before.size() - tail),
                     part_of(now, head, now.size() - tail));
}

std::string whole(std::string_view value) {
  return value.empty() ? "(not part of the key)" : base::printable(value, k_part_bytes_max);
}

}  // namespace

std::string value_diff_text(std::string_view before, std::string_view now) {
  const bool several_lines =
      before.find('\n') != std::string_view::npos || now.find('\n') != std::string_view::npos;
  if (before.empty() || now.empty() ||
      (!several_lines && std::max(before.size(), now.size()) <= k_whole_bytes_max))
    return fmt::format("    before: {}\n    now:    {}\n", whole(before), whole(now));
  if (before == now)
    return "    the values differ behind what is recorded of them\n";
  return several_lines ? line_diff(before, now) : part_diff(before, now);
}

}  // namespace weir::engine
