#include "compose/run_board.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds k_redraw_interval{200};
constexpr std::size_t k_name_width_max = 40;

std::size_t rows_of_terminal(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 4 ? size.ws_row : 24;
}

void add_count(std::string& text, std::int64_t count, std::string_view word) {
  if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
}

/// To so many characters; none is cut in two.
void cut(std::string& line, std::size_t characters) {
  const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; };
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    if (begins(line[at]) && characters-- == 0) break;
  }
  line.resize(at);
}

}  // namespace

RunBoard::RunBoard(base::EventLoop& loop, Output& output)
    : loop_(loop), output_(output), began_(base::now_boot()) {}

RunBoard::~RunBoard() {
  loop_.cancel(timer_);
  erase();
  draw();
}

void RunBoard::on_task(const engine::TaskEvent& event) {
  using Kind = engine::TaskEvent::Kind;
  const auto [place, fresh] = places_.emplace(event.process, rows_.size());
  if (fresh) {
    rows_.emplace_back();
    rows_.back().name = base::printable(event.process_name, k_name_width_max * 2);
  }
  Row& row = rows_[place->second];
  if (!event.hash.empty()) row.latest = "[" + engine::short_hash(event.hash) + "]";
  switch (event.kind) {
    case Kind::submitted: row.running.emplace(event.id, base::now_boot()); break;
    case Kind::started: break;
    case Kind::completed:
      ++row.done;
      row.realtime_ms += event.usage.realtime_ms;
      row.running.erase(event.id);
      break;
    case Kind::cached:
    case Kind::stored: ++row.cached; break;
    case Kind::failed:
      ++row.failed;
      row.running.erase(event.id);
      break;
    case Kind::retried: ++row.retried; break;
    case Kind::ignored: ++row.ignored; break;
    case Kind::aborted: row.running.erase(event.id); break;
  }
  draw_soon();
}

/// The task that has longest to go, if all take as long as those before.
std::string RunBoard::text_of(const Row& row, std::chrono::nanoseconds now,
                              std::size_t name_width) const {
  std::string counts;
  add_count(counts, static_cast<std::int64_t>(row.running.size()), "running");
  add_count(counts, row.done, "done");
  add_count(counts, row.cached, "cached");
  add_count(counts, row.failed, "failed");
  add_count(counts, row.retried, "tried again");
  add_count(counts, row.ignored, "ignored");
  if (row.done > 0 && !row.running.empty()) {
    const std::chrono::milliseconds mean(row.realtime_ms / row.done);
    std::chrono::milliseconds left{0};
    for (const auto& [id, begin] : row.running) {
      const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin);
      left = std::max(left, mean - spent);
    }
    if (left >= std::chrono::seconds(1)) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
      counts += fmt::format(", about {} left", base::format_duration(seconds));
    }
  }
  return fmt::format("{:<11} {:<{}}  {}", row.latest, row.name.substr(0, name_width), name_width,
                     counts);
}

std::vector<std::string> RunBoard::lines(std::chrono::nanoseconds now, std::size_t columns,
                                         std::size_t rows_max) const {
  std::size_t name_width = 0;
  for (const Row& row : rows_)
    name_width = std::max(name_width, std::min(row.name.size(), k_name_width_max));
  // Where they do not all fit, those that run are worth more than those that have ended.
  std::vector<const Row*> shown;
  for (const Row& row : rows_) shown.push_back(&row);
  const std::size_t room = std::max<std::size_t>(rows_max, 3) - 2;
  if (shown.size() > room) {
    std::stable_partition(shown.begin(), shown.end(),
                          [](const Row* row) { return !row->running.empty(); });
    shown.resize(room);
  }
  std::vector<std::string> result;
  for (const Row* row : shown) result.push_back(text_of(*row, now, name_width));
  if (shown.size() < rows_.size())
    result.push_back(fmt::format("… and {} more processes", rows_.size() - shown.size()));
  std::int64_t running = 0;
  for (const Row& row : rows_) running += static_cast<std::int64_t>(row.running.size());
  const auto spent = std::chrono::duration_cast<std::chrono::seconds>(now - began_);
  result.push_back(fmt::format("{} running, {} passed", running, base::format_duration(spent)));
  for (std::string& line : result) cut(line, columns);
  return result;
}

void RunBoard::pause(const std::function<void()>& print) {
  erase();
  print();
  draw();
}

void RunBoard::erase() {
  if (drawn_ == 0) return;
  output_.show(fmt::format("\033[{}A\r\033[J", drawn_));
  output_.flush();
  drawn_ = 0;
}

void RunBoard::draw() {
  if (rows_.empty()) return;
  // The last column stays free: some terminals begin a new line when it is written.
  const auto columns = static_cast<std::size_t>(std::max(output_.width(), 2)) - 1;
  for (const std::string& line : lines(base::now_boot(), columns, rows_of_terminal(output_.fd()))) {
    output_.show(line + "\n");
    ++drawn_;
  }
  output_.flush();
}

void RunBoard::draw_soon() {
  if (timer_ != 0) return;
  timer_ = loop_.after(k_redraw_interval, [this] {
    timer_ = 0;
    erase();
    draw();
    const bool running = std::any_of(rows_.begin(), rows_.end(),
                                     [](const Row& row) { return !row.running.empty(); });
    if (running) draw_soon();
  });
}

}  // namespace weir::app
