#include "compose/progress_board.hpp"

#include "base/clock.hpp"
#include "base/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds k_redraw_interval{100};
}  // namespace

ProgressBoard::ProgressBoard(Output& err, bool shown) : err_(err), shown_(shown && err.redraws()) {}

ProgressBoard::~ProgressBoard() {
  const std::lock_guard guard(mutex_);
  erase();
}

ProgressBoard::Bar& ProgressBoard::bar_of(std::size_t item, const std::string& name) {
  const auto found =
      std::find_if(bars_.begin(), bars_.end(), [&](const Bar& bar) { return bar.item == item; });
  if (found != bars_.end()) return *found;
  Bar bar;
  bar.item = item;
  bar.name = name;
  bar.stage_began = base::now_boot();
  bars_.push_back(std::move(bar));
  return bars_.back();
}

void ProgressBoard::update(std::size_t item, const std::string& name, std::string_view stage,
                           std::int64_t done_bytes, std::int64_t total_bytes) {
  if (!shown_) return;
  const std::lock_guard guard(mutex_);
  Bar& bar = bar_of(item, name);
  if (bar.stage != stage) {
    bar.stage = stage;
    bar.stage_began = base::now_boot();
  }
  bar.note.clear();
  bar.done_bytes = done_bytes;
  bar.total_bytes = total_bytes;
  redraw_if_due();
}

void ProgressBoard::note(std::size_t item, const std::string& name, const std::string& text) {
  if (!shown_) return;
  const std::lock_guard guard(mutex_);
  bar_of(item, name).note = text;
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
  // The last column stays free: some terminals begin a new line when it is written.
  const auto columns = static_cast<std::size_t>(std::max(err_.width(), 2)) - 1;
  for (const Bar& bar : bars_) {
    err_.line(base::progress_line({.name = bar.name,
                                   .stage = bar.note.empty() ? bar.stage : bar.note,
                                   .done_bytes = bar.done_bytes,
                                   .total_bytes = bar.total_bytes,
                                   .spent = base::now_boot() - bar.stage_began},
                                  columns));
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
