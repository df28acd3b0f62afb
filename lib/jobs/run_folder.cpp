#include "jobs/run_folder.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace weir::jobs {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int k_exit_record_version = 1;
constexpr int k_job_version = 1;
constexpr std::size_t k_exit_record_bytes_max = std::size_t{1} << 20;
constexpr std::size_t k_request_bytes_max = std::size_t{16} << 20;

fs::path lock_path(const fs::path& folder) {
  return folder / "alive.lock";
}

json to_json(const ExitRecord& record) {
  const Outcome& outcome = record.outcome;
  json document{{"schema", k_exit_record_version},
                {"id", record.id},
                {"attempt", record.attempt},
                {"ok", outcome.ok},
                {"reason", outcome.reason},
                {"finished_at_ms", base::to_millis(record.finished_at)},
                {"finished_at", base::to_rfc3339(record.finished_at)}};
  if (!outcome.error_code.empty()) document["error_code"] = outcome.error_code;
  if (!outcome.error_text.empty()) document["error_text"] = outcome.error_text;
  if (outcome.permanent) document["permanent"] = true;
  if (outcome.exit_status.has_value()) document["exit_status"] = *outcome.exit_status;
  if (outcome.exit_signal.has_value()) document["exit_signal"] = *outcome.exit_signal;
  if (!outcome.result_json.empty()) document["result"] = outcome.result_json;
  return document;
}

std::optional<std::int64_t> optional_integer(const json& document, const char* name) {
  if (!document.contains(name)) return std::nullopt;
  return document.at(name).get<std::int64_t>();
}

ExitRecord from_json(const json& document) {
  ExitRecord record;
  record.id = document.at("id").get<std::string>();
  record.attempt = document.at("attempt").get<std::int64_t>();
  record.finished_at = base::from_millis(document.at("finished_at_ms").get<std::int64_t>());
  Outcome& outcome = record.outcome;
  outcome.ok = document.at("ok").get<bool>();
  outcome.reason = document.at("reason").get<std::string>();
  outcome.error_code = document.value("error_code", "");
  outcome.error_text = document.value("error_text", "");
  outcome.permanent = document.value("permanent", false);
  outcome.exit_status = optional_integer(document, "exit_status");
  outcome.exit_signal = optional_integer(document, "exit_signal");
  outcome.result_json = document.value("result", "");
  return record;
}

/// What a lost row of the table is made from. The request stands in a file of its own.
json to_json(const Job& job) {
  return {{"schema", k_job_version},
          {"id", job.id},
          {"kind", word_of(job.kind)},
          {"key", job.key},
          {"directory", job.directory},
          {"name", job.name},
          {"fingerprint", job.fingerprint},
          {"actor", job.actor},
          {"engine", job.engine},
          {"attempt", job.attempt},
          {"submitted_at_ms", base::to_millis(job.submitted_at)},
          {"owner_pid", job.owner.pid},
          {"owner_start", job.owner.start_ticks},
          {"owner_boot", job.owner.boot},
          {"owner_namespace", job.owner_namespace}};
}

Job job_from_json(const json& document) {
  Job job;
  job.id = document.at("id").get<std::string>();
  job.kind = parse_kind(document.at("kind").get<std::string>()).value();
  job.key = document.at("key").get<std::string>();
  job.directory = document.value("directory", "");
  job.name = document.value("name", "");
  job.fingerprint = document.value("fingerprint", "");
  job.actor = document.value("actor", "");
  job.engine = document.value("engine", "");
  job.attempt = std::max<std::int64_t>(document.at("attempt").get<std::int64_t>(), 1);
  job.submitted_at = base::from_millis(document.at("submitted_at_ms").get<std::int64_t>());
  job.started_at = job.submitted_at;
  job.owner.pid = document.value("owner_pid", pid_t{0});
  job.owner.start_ticks = document.value("owner_start", std::uint64_t{0});
  job.owner.boot = document.value("owner_boot", "");
  job.owner_namespace = document.value("owner_namespace", "");
  job.rebuilt = true;
  return job;
}

[[noreturn]] void not_understood(std::string_view what, const fs::path& file) {
  throw Error(ErrorKind::store, fmt::format("{} '{}' cannot be understood", what, file.string()))
      .with_code(what == "the exit record" ? "exit_record_corrupt" : "job_record_corrupt")
      .with_hint("move it aside: the job is then shown as lost");
}

}  // namespace

fs::path RunFolder::path_of(const fs::path& state_dir, const std::string& id) {
  return state_dir / "runs" / id;
}

RunFolder RunFolder::create(const fs::path& state_dir, const Job& job) {
  fs::path folder = path_of(state_dir, job.id);
  base::make_folders(folder);
  fs::permissions(folder, fs::perms::owner_all);
  // The claim made this process the only owner there can be; waiting is for those who just look
  // (`is_held`).
  base::FileLock lock = base::FileLock::lock(lock_path(folder));
  base::write_file(folder / "request.json", job.request_json);
  RunFolder made(std::move(folder), std::move(lock));
  made.note_job(job);
  return made;
}

void RunFolder::note_job(const Job& job) const {
  base::write_file(path_ / "job.json",
                   to_json(job).dump(2, ' ', false, json::error_handler_t::replace));
}

std::optional<RunFolder> RunFolder::adopt(const fs::path& state_dir, const std::string& id) {
  fs::path folder = path_of(state_dir, id);
  // Somebody who just looks (`is_held`) has the lock for microseconds; an owner keeps it.
  constexpr int k_tries = 20;
  for (int i = 0; i < k_tries; ++i) {
    std::optional<base::FileLock> lock = base::FileLock::try_lock(lock_path(folder));
    if (lock.has_value()) return RunFolder(std::move(folder), std::move(*lock));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return std::nullopt;
}

RunFolder RunFolder::beside(const fs::path& state_dir, const std::string& id) {
  return {path_of(state_dir, id), std::nullopt};
}

bool RunFolder::is_held(const fs::path& state_dir, const std::string& id) {
  const fs::path lock = lock_path(path_of(state_dir, id));
  // Asking must not create the file: a folder removed by hand stays removed.
  if (!base::file_info(lock).has_value()) return false;
  // Shared, so that two who ask at the same time do not take each other for the owner.
  return !base::FileLock::try_lock(lock, base::LockMode::shared).has_value();
}

std::optional<ExitRecord> RunFolder::read_exit(const fs::path& state_dir, const std::string& id) {
  const fs::path file = path_of(state_dir, id) / "exit.json";
  const std::optional<std::string> text = base::try_read_file(file, k_exit_record_bytes_max);
  if (!text.has_value()) return std::nullopt;
  try {
    ExitRecord record = from_json(json::parse(*text));
    if (record.id == id) return record;
  } catch (const json::exception&) {
    // said below
  }
  not_understood("the exit record", file);
}

std::optional<Job> RunFolder::read_job(const fs::path& state_dir, const std::string& id) {
  const fs::path file = path_of(state_dir, id) / "job.json";
  const std::optional<std::string> text = base::try_read_file(file, k_exit_record_bytes_max);
  if (!text.has_value()) return std::nullopt;
  std::optional<Job> job;
  try {
    job = job_from_json(json::parse(*text));
  } catch (const json::exception&) {
    not_understood("the job record", file);
  } catch (const std::bad_optional_access&) {
    not_understood("the job record", file);
  }
  if (job->id != id) not_understood("the job record", file);
  job->request_json =
      base::try_read_file(path_of(state_dir, id) / "request.json", k_request_bytes_max)
          .value_or("{}");
  if (std::optional<ExitRecord> end = read_exit(state_dir, id); end.has_value()) {
    job->state = end->outcome.ok ? JobState::succeeded : JobState::failed;
    job->outcome = std::move(end->outcome);
    job->attempt = end->attempt;
    job->finished_at = std::max(end->finished_at, job->submitted_at);
  } else {
    job->state = is_held(state_dir, id) ? JobState::running : JobState::lost;
    if (job->state == JobState::lost) job->outcome.reason = "rebuilt";
  }
  return job;
}

void RunFolder::write_exit(const ExitRecord& record) const {
  const std::string text =
      to_json(record).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  base::write_file(path_ / "exit.json", text, base::Durable::yes);
}

}  // namespace weir::jobs
