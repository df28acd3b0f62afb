#include "compose/run_record.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "jobs/recovery.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

constexpr std::int64_t k_history_looked_at = 1000;

std::string directory_key(const std::string& launch_dir) {
  const auto info = base::file_info(launch_dir);
  return info ? fmt::format("dir:{}:{}", info->device, info->inode) : "dir:" + launch_dir;
}

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

std::string to_json(const RunRecord::Facts& facts) {
  nlohmann::json json{{"schema", 1},
                      {"session_id", facts.session_id},
                      {"run_name", facts.run_name},
                      {"script", facts.script},
                      {"command_line", facts.command_line},
                      {"launch_dir", facts.launch_dir},
                      {"work_dir", facts.work_dir}};
  if (!base::is_utf8(facts.launch_dir)) json["launch_dir_hex"] = hex_of(facts.launch_dir);
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<RunRecord::Facts> from_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("session_id")) return std::nullopt;
  RunRecord::Facts facts;
  facts.session_id = json.value("session_id", "");
  facts.run_name = json.value("run_name", "");
  facts.script = json.value("script", "");
  facts.command_line = json.value("command_line", "");
  facts.launch_dir = json.value("launch_dir", "");
  if (json.contains("launch_dir_hex"))
    facts.launch_dir = bytes_of(json.value("launch_dir_hex", ""));
  facts.work_dir = json.value("work_dir", "");
  return facts;
}

}  // namespace

RunRecord::RunRecord(const std::filesystem::path& state_dir)
    : store_(std::make_unique<jobs::JobStore>(state_dir)) {
  static_cast<void>(jobs::recover(*store_));
}

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
  for (auto& [job, facts] :
       runs(launch_dir, wanted.empty() || wanted == "last" ? 1 : k_history_looked_at)) {
    if (wanted.empty() || wanted == "last" || facts.session_id == wanted ||
        facts.run_name == wanted)
      return facts;
  }
  return std::nullopt;
}

std::string launch_dir_of(const jobs::Job& job) {
  const auto facts = from_json(job.request_json);
  return facts ? facts->launch_dir : "";
}

void RunRecord::begin(const Facts& facts, const PipelineRequest& request) {
  jobs::Submission submission;
  submission.kind = jobs::JobKind::run;
  submission.name = facts.script;
  submission.actor = request.settings.user_name;
  submission.request_json = to_json(facts);
  if (request.style == RunStyle::upstream) {
    submission.key = "session:" + jobs::make_job_id(
                                      jobs::JobKind::run);  // upstream lets runs stand side by side
  } else {
    submission.directory = directory_key(facts.launch_dir);
    submission.key = request.lane.empty() ? submission.directory : "lane:" + request.lane;
  }
  const jobs::Claim claim = store_->claim(submission);
  if (claim.answer != jobs::Claim::Answer::fresh) {
    throw Error(ErrorKind::busy,
                fmt::format("run {} ('{}') is active {}", claim.job.id, claim.job.name,
                            request.lane.empty() ? "in this launch directory" : "in this lane"))
        .with_hint("wait for its end, or look at it with `weir jobs show " + claim.job.id + "`");
  }
  job_ = claim.job;
  attempt_ = claim.attempt();
  active_ = true;
  folder_ = jobs::RunFolder::create(store_->state_dir(), job_);
}

void RunRecord::confirm() {
  store_->confirm(attempt_);
}

bool RunRecord::cancel_requested() {
  return active_ && store_->cancel_requested(attempt_);
}

void RunRecord::finish(const jobs::Outcome& outcome) {
  if (!active_) return;
  active_ = false;
  folder_->write_exit({job_.id, attempt_.number, outcome, base::now_wall()});
  static_cast<void>(store_->finish(attempt_, outcome));
}

void RunRecord::finish(const engine::RunOutcome& ended) {
  using Kind = engine::RunOutcome::Kind;
  jobs::Outcome outcome;
  outcome.ok =
      ended.kind == Kind::succeeded || (ended.kind == Kind::script_exit && ended.exit_status == 0);
  if (!outcome.ok) {
    outcome.reason = ended.kind == Kind::interrupted ? "interrupted" : "pipeline_error";
    outcome.error_text = ended.error;
  }
  outcome.exit_status = ended.exit_status;
  finish(outcome);
}

void RunRecord::finish(const std::string& reason, const std::string& text) {
  jobs::Outcome outcome;
  outcome.reason = reason;
  outcome.error_text = text;
  finish(outcome);
}

}  // namespace weir::app
