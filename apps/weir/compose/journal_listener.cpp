#include "compose/journal_listener.hpp"

#include "base/clock.hpp"
#include "runs/journal.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace weir::app {
namespace {

using Kind = engine::TaskEvent::Kind;

std::string_view state_of(Kind kind) {
  switch (kind) {
    case Kind::submitted: return "submitted";
    case Kind::started: return "running";
    case Kind::completed: return "completed";
    case Kind::cached: return "cached";
    case Kind::stored: return "stored";
    case Kind::failed: return "failed";
    case Kind::retried: return "retried";
    case Kind::ignored: return "ignored";
    case Kind::aborted: return "aborted";
  }
  return "";
}

std::optional<base::WallTime> time_of(std::int64_t millis) {
  if (millis == 0) return std::nullopt;
  return base::from_millis(millis);
}

std::string metrics_of(const engine::TaskEvent& event) {
  return fmt::format(
      R"({{"cpus":{},"memory_bytes":{},"user_ms":{},"system_ms":{},"peak_rss_bytes":{}}})",
      event.resources.cpus, event.resources.memory_bytes, event.usage.user_us / 1000,
      event.usage.system_us / 1000, event.usage.peak_rss_bytes);
}

jobs::TaskRow row_of(const engine::TaskEvent& event) {
  jobs::TaskRow row;
  row.task = static_cast<std::int64_t>(event.id);
  row.attempt = event.attempt;
  row.state = state_of(event.kind);
  row.name = event.name;
  row.process = event.process_name;
  row.tag = event.tag;
  row.hash = engine::short_hash(event.hash);
  row.workdir = event.work_dir;
  row.error = event.cause;
  if (event.exit_status >= 0) row.exit_status = event.exit_status;
  row.submitted_at = time_of(event.usage.submit_ms);
  row.started_at = time_of(event.usage.start_ms);
  row.finished_at = time_of(event.usage.complete_ms);
  const base::WallTime now = base::now_wall();
  if (event.kind == Kind::submitted && !row.submitted_at) row.submitted_at = now;
  if (event.kind == Kind::started && !row.started_at) row.started_at = now;
  const bool ended = event.kind != Kind::submitted && event.kind != Kind::started;
  if (ended && event.kind != Kind::retried && event.kind != Kind::ignored) {
    if (!row.finished_at) row.finished_at = now;
    if (event.kind == Kind::completed || event.kind == Kind::failed)
      row.metrics_json = metrics_of(event);
  }
  return row;
}

}  // namespace

void JournalListener::on_task(const engine::TaskEvent& event) {
  console_.on_task(event);
  if (journal_ == nullptr) return;
  journal_->task(row_of(event));
  if (event.kind == Kind::failed) {
    journal_->error("error", "task_failed", fmt::format("{}: {}", event.name, event.cause));
  }
}

void JournalListener::on_task_output(const engine::TaskEvent& event, std::string_view text) {
  console_.on_task_output(event, text);
}

void JournalListener::on_warning(std::string_view text) {
  console_.on_warning(text);
  if (journal_ != nullptr) journal_->error("warning", "warning", text);
}

void JournalListener::on_print(std::string_view text) {
  console_.on_print(text);
}

void JournalListener::on_print_error(std::string_view text) {
  console_.on_print_error(text);
}

void JournalListener::on_log(lang::LogLevel level, std::string_view text) {
  console_.on_log(level, text);
  if (journal_ == nullptr) return;
  if (level == lang::LogLevel::warn) journal_->error("warning", "log_warn", text);
  if (level == lang::LogLevel::error) journal_->error("error", "log_error", text);
}

}  // namespace weir::app
