#include "compose/run_record.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "compose/job_view.hpp"
#include "jobs/recovery.hpp"
#include "jobs/retention.hpp"
#include "runs/external_run.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

constexpr std::int64_t k_history_looked_at = 1000;
/// What the history of a state directory keeps by itself: the newest so many runs.
constexpr std::int64_t k_keep_runs = 1000;
constexpr std::chrono::hours k_keep_for{24 * 90};

/// JSON is UTF-8, names of folders are bytes: what does not fit is shown with replacements, and
/// kept in hexadecimal digits beside it.
std::string hex_of(const std::string& bytes) {
  return base::to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}
std::string bytes_of(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

std::string to_json(const RunRecord::Facts& facts, const RunControl& control) {
  nlohmann::ordered_json document{{"schema", 1},
                                  {"session_id", facts.session_id},
                                  {"run_name", facts.run_name},
                                  {"script", facts.script},
                                  {"command_line", facts.command_line},
                                  {"launch_dir", facts.launch_dir},
                                  {"work_dir", facts.work_dir},
                                  {"arguments", facts.arguments},
                                  {"engine", control.engine}};
  if (!facts.commit.empty()) document["commit"] = facts.commit;
  if (!facts.params_json.empty())
    document["params"] = nlohmann::ordered_json::parse(facts.params_json, nullptr, false);
  if (!control.tags.empty())
    document["tags"] = nlohmann::ordered_json::parse(tags_json(control.tags), nullptr, false);
  if (!facts.secret.empty()) document["secret_params"] = facts.secret.names();
  if (!base::is_utf8(facts.launch_dir)) document["launch_dir_hex"] = hex_of(facts.launch_dir);
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<RunRecord::Facts> from_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("session_id")) return std::nullopt;
  RunRecord::Facts facts;
  facts.session_id = json.value("session_id", "");
  facts.run_name = json.value("run_name", "");
  facts.script = json.value("script", "");
  facts.commit = json.value("commit", "");
  facts.command_line = json.value("command_line", "");
  facts.launch_dir = json.value("launch_dir", "");
  if (json.contains("launch_dir_hex"))
    facts.launch_dir = bytes_of(json.value("launch_dir_hex", ""));
  facts.work_dir = json.value("work_dir", "");
  return facts;
}

}  // namespace

std::string directory_key(const std::string& launch_dir) {
  const auto info = base::file_info(launch_dir);
  return info ? fmt::format("dir:{}:{}", info->device, info->inode) : "dir:" + launch_dir;
}

RunRecord::RunRecord(const std::filesystem::path& state_dir)
    : store_(std::make_unique<jobs::JobStore>(state_dir)) {
  static_cast<void>(jobs::recover(*store_, jobs::DryRun::no, runs::probe_end));
}

RunRecord::~RunRecord() = default;

std::vector<std::pair<jobs::Job, RunRecord::Facts>> RunRecord::runs(const std::string& launch_dir,
                                                                    std::int64_t limit) {
  std::vector<std::pair<jobs::Job, Facts>> result;
  jobs::JobFilter filter;
  filter.kinds = {jobs::JobKind::run};
  filter.limit = k_history_looked_at;
  for (jobs::Job& job : store_->list(filter)) {
    auto facts = from_json(job.request_json);
    if (!facts || facts->launch_dir != launch_dir) continue;
    result.emplace_back(std::move(job), std::move(*facts));
    if (static_cast<std::int64_t>(result.size()) == limit) break;
  }
  return result;
}

std::optional<RunRecord::Facts> RunRecord::find(const std::string& launch_dir,
                                                const std::string& wanted) {
  const bool last = wanted.empty() || wanted == "last";
  for (auto& [job, facts] : runs(launch_dir, k_history_looked_at)) {
    // One that has not begun has nothing to resume.
    if (last ? job.started_at.has_value() : facts.session_id == wanted || facts.run_name == wanted)
      return facts;
  }
  return std::nullopt;
}

void print_request(const RunRecord::Facts& facts, const std::string& fingerprint,
                   const RunControl& control, Output& out) {
  const auto request = nlohmann::ordered_json::parse(to_json(facts, control));
  if (control.json) {
    print_json({{"schema", k_jobs_schema},
                {"dry_run", true},
                {"fingerprint", fingerprint},
                {"request", request}},
               out);
    return;
  }
  out.line("fingerprint   " + fingerprint);
  for (const auto& [name, value] : request.items()) {
    if (name == "schema") continue;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (!text.empty()) out.line(fmt::format("{:<14}{}", name, base::printable(text, 4096)));
  }
}

std::string launch_dir_of(const jobs::Job& job) {
  const auto facts = from_json(job.request_json);
  return facts ? facts->launch_dir : "";
}

runs::Admitted RunRecord::begin(const Entry& entry, const RunControl& control,
                                const std::function<void(const jobs::Job&)>& on_queued,
                                const std::atomic<bool>& stop) {
  runs::AdmissionRequest request;
  jobs::Submission& submission = request.submission;
  submission.kind = jobs::JobKind::run;
  submission.name = entry.facts.script;
  submission.actor = control.triggered_by;
  submission.engine = control.engine;
  submission.fingerprint = entry.fingerprint;
  submission.request_key = control.request_key;
  submission.request_json = to_json(entry.facts, control);
  if (entry.exclusive) {
    submission.directory = directory_key(entry.facts.launch_dir);
    submission.key = control.lane.empty() ? submission.directory : "lane:" + control.lane;
  } else {
    // Upstream lets runs stand side by side.
    submission.key = "session:" + jobs::make_job_id(jobs::JobKind::run);
  }
  request.on_busy = control.on_busy;
  request.attach_any = control.attach_any;
  request.queue_timeout = control.queue_timeout;
  request.grace = control.grace;
  runs::Admitted admitted = runs::Admission(*store_, std::move(request), on_queued).admit(stop);
  if (admitted.answer == runs::Admitted::Answer::mine) {
    job_ = admitted.job;
    attempt_ = {job_.id, job_.attempt};
    folder_ = std::move(admitted.folder);
    secret_ = entry.facts.secret;
    active_ = true;
  }
  return admitted;
}

runs::Journal& RunRecord::confirm(runs::Journal::Hooks hooks, bool at_once) {
  using Confirm = runs::Journal::Confirm;
  if (at_once) static_cast<void>(store_->confirm(attempt_));
  if (!secret_.empty())
    hooks.masked = [this](std::string text) { return secret_.masked_text(std::move(text)); };
  journal_ = std::make_unique<runs::Journal>(*store_, attempt_, std::move(hooks),
                                             at_once ? Confirm::no : Confirm::yes);
  return *journal_;
}

jobs::JobState RunRecord::finish(jobs::Outcome outcome) {
  WEIR_ASSERT(active_);
  active_ = false;
  outcome.error_text = secret_.masked_text(std::move(outcome.error_text));
  std::optional<Error> unwritten;
  try {
    if (journal_) journal_->close(runs::Journal::End::yes);
  } catch (const Error& error) {  // the end itself may still be written: told if that fails too
    unwritten = error;
  }
  try {
    folder_->write_exit({job_.id, attempt_.number, outcome, base::now_wall()});
  } catch (const Error& error) {  // the table is the second place
    unwritten = error;
  }
  const std::optional<jobs::JobState> reached = store_->finish(attempt_, outcome);
  try {
    static_cast<void>(jobs::retain(*store_, {.keep = k_keep_runs, .age = k_keep_for}));
  } catch (const Error& error) {  // tidying up must not change how a run ended
    base::log(base::LogLevel::warn, "old runs could not be removed", {{"error", error.what()}});
  }
  if (reached.has_value()) return *reached;
  const std::optional<jobs::Job> now = job();
  if (now.has_value()) return now->state;
  if (unwritten.has_value()) throw Error(*unwritten);
  return outcome.ok ? jobs::JobState::succeeded : jobs::JobState::failed;
}

void RunRecord::fail(const std::string& reason, const std::string& text) {
  if (!active_) return;
  jobs::Outcome outcome;
  outcome.reason = reason;
  outcome.error_text = text;
  try {
    static_cast<void>(finish(outcome));
  } catch (const Error& error) {  // what failed first is what the user must hear of
    base::log(base::LogLevel::debug, "the end was not recorded", {{"error", error.what()}});
  }
}

jobs::Outcome outcome_of(const engine::RunOutcome& ended) {
  using Kind = engine::RunOutcome::Kind;
  jobs::Outcome outcome;
  outcome.ok =
      ended.kind == Kind::succeeded || (ended.kind == Kind::script_exit && ended.exit_status == 0);
  if (!outcome.ok) {
    outcome.reason = ended.kind == Kind::interrupted ? "interrupted" : "pipeline_error";
    outcome.error_text = ended.error;
  }
  outcome.exit_status = ended.exit_status;
  return outcome;
}

}  // namespace weir::app
