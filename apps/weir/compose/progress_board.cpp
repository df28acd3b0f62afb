#include "compose/progress_board.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds k_redraw_interval{100};
constexpr int k_bar_cells = 20;

std::string bar_text(double fraction) {
  const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * k_bar_cells);
  return std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(k_bar_cells - full), '.');
}

/// "[####......]  45%  120 MB of 266 MB  98 MB/s  1.4s left"
std::string progress_text(std::int64_t done, std::int64_t total, std::chrono::nanoseconds spent) {
  const double seconds = std::chrono::duration<double>(spent).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  const std::string speed =
      rate > 0 ? fmt::format("  {}/s", base::format_bytes(static_cast<std::int64_t>(rate))) : "";
  if (total <= 0) return base::format_bytes(done) + speed;
  const double fraction = static_cast<double>(done) / static_cast<double>(total);
  const auto left = std::chrono::milliseconds(
      rate > 0 ? static_cast<std::int64_t>(
                     static_cast<double>(std::max<std::int64_t>(total - done, 0)) / rate * 1000)
               : 0);
  return fmt::format("[{}] {:3.0f}%  {} of {}{}  {} left", bar_text(fraction), fraction * 100,
                     base::format_bytes(done), base::format_bytes(total), speed,
                     base::format_duration(left));
}

}  // namespace

ProgressBoard::ProgressBoard(Output& err, bool shown)
    : err_(err), shown_(shown && err.is_terminal()) {}

ProgressBoard::~ProgressBoard() {
  const std::lock_guard guard(mutex_);
  erase();
}

ProgressBoard::Bar& ProgressBoard::bar_of(std::size_t item, const std::string& name) {
  const auto found =
      std::find_if(bars_.begin(), bars_.end(), [&](const Bar& bar) { return bar.item == item; });
  if (found != bars_.end()) return *found;
  bars_.push_back({.item = item,
                   .name = base::printable(name, 40),
                   .text = {},
                   .stage = {},
                   .stage_began = base::now_boot()});
  return bars_.back();
}

void ProgressBoard::update(std::size_t item, const std::string& name, genomics::Stage stage,
                           std::int64_t done_bytes, std::int64_t total_bytes) {
  if (!shown_) return;
  const std::lock_guard guard(mutex_);
  Bar& bar = bar_of(item, name);
  if (bar.stage != stage) {
    bar.stage = stage;
    bar.stage_began = base::now_boot();
  }
  bar.text =
      fmt::format("{:<6}{}", genomics::name_of(stage),
                  progress_text(done_bytes, total_bytes, base::now_boot() - bar.stage_began));
  redraw_if_due();
}

void ProgressBoard::note(std::size_t item, const std::string& name, const std::string& text) {
  if (!shown_) return;
  const std::lock_guard guard(mutex_);
  bar_of(item, name).text = text;
  redraw_if_due();
}

void ProgressBoard::remove(std::size_t item) {
  if (!shown_) return;
  const std::lock_guard guard(mutex_);
  erase();
  std::erase_if(bars_, [&](const Bar& bar) { return bar.item == item; });
  draw();
}

void ProgressBoard::line(Output& out, const std::string& text) {
  pause([&] {
    out.line(text);
    out.flush();
  });
}

void ProgressBoard::pause(const std::function<void()>& print) {
  const std::lock_guard guard(mutex_);
  erase();
  print();
  draw();
}

void ProgressBoard::erase() {
  if (drawn_ == 0) return;
  err_.write(fmt::format("\033[{}A\r\033[J", drawn_));
  err_.flush();
  drawn_ = 0;
}

void ProgressBoard::draw() {
  const auto width = static_cast<std::size_t>(std::max(err_.width(), 20));
  for (const Bar& bar : bars_) {
    err_.line(fmt::format("{}  {}", bar.name, bar.text).substr(0, width - 1));
  }
  drawn_ = bars_.size();
  if (drawn_ > 0) err_.flush();
  drawn_at_ = base::now_boot();
}

void ProgressBoard::redraw_if_due() {
  if (base::now_boot() - drawn_at_ < k_redraw_interval) return;
  erase();
  draw();
}

}  // namespace weir::app
