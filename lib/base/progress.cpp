#include "base/progress.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace weir::base {
namespace {

constexpr int k_bar_cells = 20;
constexpr std::size_t k_name_cells_max = 40;
constexpr std::size_t k_name_cells_min = 8;

/// Cells that a text takes: its code points; good enough for names, which may only be cut too
/// early.
std::size_t cells_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// The end of a name says more than its beginning.
std::string fitted(std::string_view name, std::size_t cells) {
  std::string text = printable(name, 4096);
  if (cells_of(text) <= cells) return text;
  std::size_t begin = 0;
  std::size_t left = cells_of(text);
  while (left > cells - 1) {
    ++begin;
    while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) ++begin;
    --left;
  }
  return "…" + text.substr(begin);
}

std::string bar_of(double fraction) {
  const int full = static_cast<int>(fraction * k_bar_cells);
  return fmt::format("[{}{}]", std::string(static_cast<std::size_t>(full), '#'),
                     std::string(static_cast<std::size_t>(k_bar_cells - full), '.'));
}

/// An estimate: the largest two units.
std::string time_text(std::int64_t seconds) {
  constexpr std::int64_t k_minute = 60;
  constexpr std::int64_t k_hour = 3600;
  if (seconds < k_minute) return fmt::format("{}s", seconds);
  if (seconds < k_hour) return fmt::format("{}m {}s", seconds / k_minute, seconds % k_minute);
  return fmt::format("{}h {}m", seconds / k_hour, seconds % k_hour / k_minute);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : "  ") + part;
  }
  return text;
}

}  // namespace

std::string progress_line(const Progress& progress, std::size_t columns) {
  const double seconds = std::chrono::duration<double>(progress.spent).count();
  const double rate = seconds > 0 ? static_cast<double>(progress.done_bytes) / seconds : 0;
  const bool is_measured = progress.total_bytes > 0;
  // A total that was an estimate may be passed; the bar then stays full.
  const double fraction = is_measured ? std::clamp(static_cast<double>(progress.done_bytes) /
                                                       static_cast<double>(progress.total_bytes),
                                                   0.0, 1.0)
                                      : 0;
  std::string amount = format_bytes(progress.done_bytes);
  if (is_measured) amount += " of " + format_bytes(progress.total_bytes);
  std::string speed;
  if (rate >= 1) speed = format_bytes(static_cast<std::int64_t>(rate)) + "/s";
  std::string left;
  if (is_measured && rate >= 1) {
    const std::int64_t missing =
        std::max<std::int64_t>(progress.total_bytes - progress.done_bytes, 0);
    left = time_text(std::llround(static_cast<double>(missing) / rate)) + " left";
  }
  const std::string percent = is_measured ? fmt::format("{:3.0f}%", fraction * 100) : "";
  std::string bar = is_measured ? bar_of(fraction) : "";
  const std::string stage(progress.stage);
  std::string rest = joined({stage, bar, percent, amount, speed, left});
  if (cells_of(rest) + 2 + k_name_cells_min > columns)
    rest = joined({stage, percent, amount, speed, left});
  if (cells_of(rest) + 2 + k_name_cells_min > columns) rest = joined({stage, percent});
  if (cells_of(rest) + 2 + k_name_cells_min > columns) return fitted(progress.name, columns);
  const std::size_t room = columns - cells_of(rest) - 2;
  return fitted(progress.name, std::min(room, k_name_cells_max)) + "  " + rest;
}

}  // namespace weir::base
