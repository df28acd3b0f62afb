#include "compose/job_view.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "compose/run_adopt.hpp"
#include "jobs/recovery.hpp"
#include "runs/external_run.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::app {
namespace {

using nlohmann::ordered_json;

ordered_json optional_time(const std::optional<base::WallTime>& time) {
  return time.has_value() ? ordered_json(base::to_rfc3339(*time)) : ordered_json(nullptr);
}

ordered_json optional_text(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

template <typename Value>
ordered_json optional_value(const std::optional<Value>& value) {
  return value.has_value() ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json duration_json(const jobs::Job& job) {
  if (!job.duration_ms.has_value()) return nullptr;
  return static_cast<double>(*job.duration_ms) / 1000;
}

void add_end(ordered_json& document, const jobs::Job& job) {
  const jobs::Outcome& outcome = job.outcome;
  document["reason"] = optional_text(outcome.reason);
  document["engine_exit"] = optional_value(outcome.exit_status);
  document["engine_signal"] = optional_value(outcome.exit_signal);
  if (!outcome.error_code.empty() || !outcome.error_text.empty()) {
    document["error"] = {{"code", optional_text(outcome.error_code)},
                         {"message", outcome.error_text},
                         {"permanent", outcome.permanent}};
  }
  if (!job.cancel_actor.empty() || !job.cancel_reason.empty()) {
    document["cancel"] = {{"actor", job.cancel_actor}, {"reason", job.cancel_reason}};
  }
  document["result"] = parse_or_null(outcome.result_json);
}

}  // namespace

std::unique_ptr<jobs::JobStore> open_jobs(const Context& context) {
  auto store = std::make_unique<jobs::JobStore>(context.state_dir());
  static_cast<void>(jobs::recover(*store, jobs::DryRun::no, runs::probe_end));
  adopt_orphans(context, *store);
  return store;
}

jobs::Job named_run(jobs::JobStore& store, const std::string& name) {
  jobs::Job job = store.resolve_run(name);
  if (job.kind == jobs::JobKind::run) return job;
  throw Error(ErrorKind::usage, fmt::format("job {} is no run", job.id))
      .with_hint(
          fmt::format("`weir jobs show {0}` and `weir jobs wait {0}` take every job", job.id));
}

ordered_json parse_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  ordered_json document = ordered_json::parse(text, nullptr, false);
  return document.is_discarded() ? ordered_json(nullptr) : document;
}

ordered_json json_of(const jobs::Job& job) {
  ordered_json document{{"id", job.id},
                        {"kind", jobs::word_of(job.kind)},
                        {"state", jobs::word_of(job.state)},
                        {"key", job.key},
                        {"name", job.name},
                        {"actor", optional_text(job.actor)},
                        {"attempt", job.attempt},
                        {"attempts_max", job.attempts_max},
                        {"submitted_at", base::to_rfc3339(job.submitted_at)},
                        {"started_at", optional_time(job.started_at)},
                        {"finished_at", optional_time(job.finished_at)},
                        {"duration_seconds", duration_json(job)},
                        {"duration_estimated", job.duration_estimated}};
  if (job.owner.pid != 0) document["owner"] = {{"pid", job.owner.pid}, {"boot", job.owner.boot}};
  document["progress"] = {
      {"fraction", job.progress >= 0 ? ordered_json(job.progress) : ordered_json(nullptr)},
      {"text", job.progress_text}};
  document["engine"] = optional_text(job.engine);
  document["counts"] = parse_or_null(job.counts_json);
  document["pinned"] = job.pinned;
  if (job.rebuilt) document["rebuilt"] = true;
  add_end(document, job);
  document["request"] = parse_or_null(job.request_json);
  return document;
}

ordered_json json_of(const jobs::JobEvent& event) {
  return {{"seq", event.seq},
          {"attempt", event.attempt},
          {"type", event.type},
          {"timestamp", base::to_rfc3339(event.at)},
          {"data", parse_or_null(event.data_json)}};
}

std::string shown_duration(const jobs::Job& job, base::WallTime now) {
  if (job.duration_ms.has_value()) {
    return base::format_duration(std::chrono::milliseconds(*job.duration_ms)) +
           (job.duration_estimated ? "?" : "");
  }
  if (!job.started_at.has_value() || jobs::is_terminal(job.state)) return "-";
  return base::format_duration(std::max(now - *job.started_at, std::chrono::milliseconds(0)));
}

std::string shown_state(const jobs::Job& job) {
  const std::string state(jobs::word_of(job.state));
  const std::string& reason = job.outcome.reason;
  const bool says_more =
      !reason.empty() && reason != state && job.state != jobs::JobState::succeeded;
  return says_more ? state + " (" + reason + ")" : state;
}

std::string shown_age(const jobs::Job& job, base::WallTime now) {
  const auto seconds =
      std::max<std::int64_t>((now - job.submitted_at) / std::chrono::seconds(1), 0);
  constexpr std::int64_t k_minute = 60;
  constexpr std::int64_t k_hour = 60 * k_minute;
  constexpr std::int64_t k_day = 24 * k_hour;
  if (seconds < 2 * k_minute) return std::to_string(seconds) + "s";
  if (seconds < 2 * k_hour) return std::to_string(seconds / k_minute) + "m";
  if (seconds < 2 * k_day) return std::to_string(seconds / k_hour) + "h";
  return std::to_string(seconds / k_day) + "d";
}

std::string shown_progress(const jobs::Job& job) {
  const ordered_json counts = parse_or_null(job.counts_json);
  if (counts.is_object() && counts.value("total", 0) > 0) {
    return std::to_string(counts.value("completed", 0)) + "/" +
           std::to_string(counts.value("total", 0));
  }
  if (job.progress < 0 || job.kind == jobs::JobKind::run) return "-";
  constexpr double k_percent = 100;
  return std::to_string(static_cast<int>(job.progress * k_percent)) + "%";
}

std::string shown_name(const jobs::Job& job) {
  const std::size_t last = job.name.rfind('/');
  if (last == std::string::npos || last == 0) return job.name;
  const std::size_t before = job.name.rfind('/', last - 1);
  return before == std::string::npos ? job.name : job.name.substr(before + 1);
}

ExitStatus exit_status_of(const jobs::Job& job) {
  switch (job.state) {
    case jobs::JobState::succeeded: return ExitStatus::ok;
    case jobs::JobState::failed: return ExitStatus::failed;
    case jobs::JobState::cancelled: return ExitStatus::cancelled;
    case jobs::JobState::lost: return ExitStatus::lost;
    default: return ExitStatus::active;
  }
}

void print_json(const ordered_json& document, Output& out) {
  out.line(document.dump(out.is_terminal() ? 2 : -1, ' ', false,
                         nlohmann::json::error_handler_t::replace));
}

}  // namespace weir::app
