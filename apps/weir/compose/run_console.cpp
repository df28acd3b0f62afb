#include "compose/run_console.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"

#include <fmt/format.h>

#include <ctime>
#include <utility>

namespace weir::app {
namespace {

constexpr int k_old_logs = 9;

std::string upstream_time() {
  const std::int64_t millis = base::to_millis(base::now_wall());
  const std::time_t seconds = static_cast<std::time_t>(millis / 1000);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char text[32] = "";
  static_cast<void>(std::strftime(text, sizeof text, "%b-%d %H:%M:%S", &local));
  return fmt::format("{}.{:03}", text, millis % 1000);
}

}  // namespace

UpstreamLog::UpstreamLog(const std::string& path) : path_(path) {
  for (int number = k_old_logs - 1; number >= 0; --number) {
    const std::string from = number == 0 ? path : fmt::format("{}.{}", path, number);
    if (base::file_info(from)) base::rename_file(from, fmt::format("{}.{}", path, number + 1));
  }
  file_ = base::open_append(path);
}

void UpstreamLog::line(std::string_view level, std::string_view logger, std::string_view text) {
  base::write_all(file_.get(),
                  fmt::format("{} [main] {:<5} {} - {}\n", upstream_time(), level, logger, text),
                  path_);
}

void RunConsole::on_task(const engine::TaskEvent& event) {
  using Kind = engine::TaskEvent::Kind;
  if (event.kind == Kind::submitted && before_task_) before_task_();
  if (event.kind == Kind::completed) ++counts_.completed;
  if (event.kind == Kind::cached || event.kind == Kind::stored) ++counts_.cached;
  if (event.kind == Kind::failed) ++counts_.failed;
  if (event.kind == Kind::ignored) ++counts_.ignored;
  const std::string text = engine::log_line(event);
  if (!text.empty() && log_ != nullptr) log_->line("INFO", "nextflow.Session", text);
  // Failures that the run survives are worth a line also beside the live view.
  const bool shown =
      board_ == nullptr || event.kind == Kind::ignored || event.kind == Kind::retried;
  if (!text.empty() && shown) remark(text);
  // The log of the run has lines, whatever the terminal shows.
  if (!text.empty() && !shown) remarks_.record(text + "\n");
  if (board_) board_->on_task(event);
}

void RunConsole::begin_live() {
  if (!quiet_ && remarks_.redraws()) board_ = std::make_unique<RunBoard>(loop_, remarks_);
}

void RunConsole::on_task_output(const engine::TaskEvent&, std::string_view text) {
  const bool ends_line = text.empty() || text.back() == '\n';
  to_stream(out_, ends_line ? std::string(text) : std::string(text) + "\n");
}

void RunConsole::on_print(std::string_view text) {
  to_stream(out_, text);
}

void RunConsole::on_print_error(std::string_view text) {
  to_stream(err_, text);
}

/// In the order of events, also where both streams are one file; soon, also where nothing follows
/// for hours.
void RunConsole::to_stream(Output& stream, std::string_view text) {
  if (board_) {
    board_->pause([&] {
      if (pending_ != nullptr) std::exchange(pending_, nullptr)->flush();
      stream.write(text);
      stream.flush();
    });
    return;
  }
  if (pending_ != nullptr && pending_ != &stream) pending_->flush();
  pending_ = &stream;
  stream.write(text);
  if (flush_posted_) return;
  flush_posted_ = true;
  loop_.post([this] {
    flush_posted_ = false;
    if (pending_ != nullptr) pending_->flush();
  });
}

void RunConsole::on_pause() {
  if (pending_ != nullptr) std::exchange(pending_, nullptr)->flush();
}

void RunConsole::on_log(lang::LogLevel level, std::string_view text) {
  switch (level) {
    case lang::LogLevel::trace:
    case lang::LogLevel::debug:
      if (log_ != nullptr) log_->line("DEBUG", "nextflow.Nextflow", text);
      return;
    case lang::LogLevel::info:
      if (log_ != nullptr) log_->line("INFO", "nextflow.Nextflow", text);
      remark(text);
      return;
    case lang::LogLevel::warn:
      if (log_ != nullptr) log_->line("WARN", "nextflow.Nextflow", text);
      remark(fmt::format("WARN: {}", text));
      return;
    case lang::LogLevel::error: error(text); return;
  }
}

void RunConsole::remark(std::string_view text) {
  if (!quiet_) to_stream(remarks_, fmt::format("{}\n", text));
}

void RunConsole::error(std::string_view text) {
  if (log_ != nullptr) log_->line("ERROR", "nextflow.Nextflow", text);
  to_stream(errors_, fmt::format("ERROR ~ {}\n", text));
}

}  // namespace weir::app
