#include "runs/external_run.hpp"

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/folder.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <sys/types.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <utility>

namespace weir::runs {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// High, so that scripts which use descriptors of their own do not close it by accident.
constexpr int k_lock_fd = 63;
constexpr milliseconds k_look_interval{250};
constexpr milliseconds k_left_interval{100};
constexpr milliseconds k_second_term{3000};
constexpr std::chrono::minutes k_stale_after{10};
constexpr std::chrono::seconds k_unknown_after{120};
constexpr milliseconds k_started_interval{2000};
constexpr std::size_t k_started_looks_max = 500;
constexpr std::size_t k_log_block = std::size_t{256} << 10;

std::string marker_of(const std::string& id) {
  return "WEIR_RUN_ID=" + id;
}

void set_variable(std::vector<std::string>& environment, const std::string& name,
                  const std::string& value) {
  std::erase_if(environment,
                [&](const std::string& entry) { return entry.starts_with(name + "="); });
  environment.push_back(name + "=" + value);
}

std::string variable(const std::vector<std::string>& environment, const std::string& name) {
  return base::variable_in(environment, name).value_or("");
}

/// What Nextflow last said of an error on its standard output, where it words errors of a script
/// for people: from "ERROR ~" on.
std::string said_error(const fs::path& folder) {
  constexpr std::int64_t k_looked_at = std::int64_t{64} << 10;
  constexpr std::string_view k_begin = "ERROR ~ ";
  for (const char* name : {"stdout.log", "stderr.log"}) {
    const auto info = base::file_info(folder / name);
    if (!info.has_value()) continue;
    const base::Fd fd = base::open_read(folder / name);
    std::string text(static_cast<std::size_t>(std::min(info->size_bytes, k_looked_at)), '\0');
    const auto from = info->size_bytes - static_cast<std::int64_t>(text.size());
    const ssize_t got = ::pread(fd.get(), text.data(), text.size(), from);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const std::size_t begin = text.rfind(k_begin);
    if (begin != std::string::npos)
      return std::string(base::trim(std::string_view(text).substr(begin + k_begin.size())));
  }
  return "";
}

/// When the wrapper of a task began, by the file that it makes first. The log shortens the name of
/// the task's directory ("ab/cdef01").
std::optional<base::WallTime> start_of_task(const fs::path& work_dir, const std::string& hash) {
  const fs::path shortened = work_dir / hash;
  const std::string begin = shortened.filename().string();
  if (!base::file_info(shortened.parent_path())) return std::nullopt;
  for (const base::FolderEntry& entry : base::read_folder(shortened.parent_path())) {
    if (!entry.name.starts_with(begin)) continue;
    const auto info = base::file_info(shortened.parent_path() / entry.name / ".command.begin");
    if (info.has_value()) return base::from_millis(info->mtime_ns / 1'000'000);
  }
  return std::nullopt;
}

/// Why Nextflow failed, and the reason word for it.
void explain_failure(jobs::Outcome& outcome, const NextflowLog& log, const fs::path& folder) {
  outcome.error_text = log.error_block();
  const bool of_task = !outcome.error_text.empty();
  if (!of_task) outcome.error_text = said_error(folder);
  if (outcome.error_text.empty()) outcome.error_text = log.last_error();
  const auto says = [&](std::string_view words) {
    return outcome.error_text.find(words) != std::string::npos;
  };
  // 137 is the KILL that the kernel or a grid sends to who takes too much memory.
  const bool of_memory = says("\nCommand exit status:\n  137\n") || says("OutOfMemoryError");
  outcome.reason = says("No space left on device") ? "disk_full"
                   : of_memory                     ? "out_of_memory"
                   : of_task                       ? "task_error"
                                                   : "pipeline_error";
}

/// The end that Nextflow's log tells, when it tells one.
std::optional<jobs::Outcome> outcome_of_log(const NextflowLog& log, const fs::path& folder) {
  if (!log.end().complete && !log.end().failed) return std::nullopt;
  jobs::Outcome outcome;
  outcome.ok = log.end().complete && !log.end().failed;
  if (!outcome.ok) explain_failure(outcome, log, folder);
  outcome.result_json = R"({"inferred":true})";
  return outcome;
}

/// Tasks of a batch system, which a killed Nextflow leaves running (nextflow #968).
std::string left_on_grid(const NextflowLog& log) {
  constexpr std::size_t k_named_max = 20;
  std::vector<std::string> names = log.grid_jobs();
  if (names.empty()) return "";
  const std::size_t count = names.size();
  names.resize(std::min(count, k_named_max));
  return fmt::format("{} of its jobs may still run: {}{}", count, base::join(names, ", "),
                     count > k_named_max ? ", …" : "");
}

}  // namespace

EngineCommand nextflow_command(const NextflowRequest& request, const fs::path& folder,
                               std::vector<std::string> environment, std::string launch_dir) {
  if (request.pipeline.empty() || request.pipeline.starts_with('-') ||
      request.pipeline.find('\n') != std::string::npos) {
    throw Error(ErrorKind::usage,
                fmt::format("'{}' is no name of a pipeline", base::printable(request.pipeline)));
  }
  EngineCommand command;
  command.directory = std::move(launch_dir);
  std::vector<std::string>& argv = command.argv;
  argv = {request.program,
          "-log",
          (folder / "nextflow.log").string(),
          "run",
          request.pipeline,
          "-name",
          request.run_name,
          "-ansi-log",
          "false"};
  if (!request.params_json.empty()) {
    base::write_file(folder / "params.json", request.params_json);
    argv.insert(argv.end(), {"-params-file", (folder / "params.json").string()});
  }
  if (!request.revision.empty()) argv.insert(argv.end(), {"-r", request.revision});
  if (!request.profiles.empty())
    argv.insert(argv.end(), {"-profile", base::join(request.profiles, ",")});
  for (const std::string& file : request.config_files) argv.insert(argv.end(), {"-c", file});
  if (!request.work_dir.empty()) argv.insert(argv.end(), {"-w", request.work_dir});
  if (request.resume) argv.insert(argv.end(), {"-resume", request.session_id});
  argv.insert(argv.end(), request.arguments.begin(), request.arguments.end());
  // No animation, no width of somebody's terminal, no look for updates, UTF-8 whatever the locale.
  std::erase_if(environment, [](const std::string& entry) {
    return entry.starts_with("COLUMNS=") || entry.starts_with("LINES=");
  });
  set_variable(environment, "NXF_ANSI_LOG", "false");
  set_variable(environment, "NXF_DISABLE_CHECK_LATEST", "true");
  set_variable(environment, "NXF_UUID", request.session_id);
  const std::string options = variable(environment, "NXF_OPTS");
  set_variable(environment, "NXF_OPTS",
               options + (options.empty() ? "" : " ") +
                   "-Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8");
  command.environment = std::move(environment);
  return command;
}

ExternalRun::ExternalRun(base::EventLoop& loop, const jobs::RunFolder& folder, Options options)
    : loop_(loop),
      folder_(folder),
      options_(std::move(options)),
      log_({.task = [this](const jobs::TaskRow& task) { journal_->task(task); },
            .message =
                [this](const NextflowLog::Message& message) {
                  journal_->error(message.level, "engine_log", message.text);
                }}),
      run_log_(folder.path()),
      log_grew_(base::now_boot()) {
  watch_.add(folder.path());
}

ExternalRun::~ExternalRun() {
  loop_.cancel(tick_);
  for (const base::EventLoop::Id id : waits_) loop_.cancel(id);
}

/// For who takes over when this process is killed. Without it (the folder was removed, the disk is
/// full) nobody can, but the engine runs already, and this process sees it to its end.
void ExternalRun::note_identity(const base::ProcessIdentity& identity) const {
  try {
    base::write_file(folder_.path() / "engine.json",
                     nlohmann::json{{"schema", 1},
                                    {"pid", identity.pid},
                                    {"start_ticks", identity.start_ticks},
                                    {"boot", identity.boot}}
                         .dump());
  } catch (const Error& error) {
    base::log(base::LogLevel::warn, "nobody could take over this run", {{"error", error.what()}});
  }
}

void ExternalRun::start(const EngineCommand& command) {
  base::SpawnOptions spawn;
  spawn.argv = command.argv;
  spawn.environment = command.environment;
  spawn.environment->push_back(marker_of(options_.id));
  spawn.directory = command.directory;
  const base::Fd out = base::open_append(folder_.path() / "stdout.log");
  const base::Fd err = base::open_append(folder_.path() / "stderr.log");
  spawn.stdout_fd = out.get();
  spawn.stderr_fd = err.get();
  spawn.extra_fds = {{folder_.lock_fd(), k_lock_fd}};
  spawn.group = base::SpawnOptions::Group::own_session;
  child_ = base::spawn(spawn);
  identity_ = base::identity_of(child_->pid())
                  .value_or(base::ProcessIdentity{
                      .pid = child_->pid(), .start_ticks = 0, .boot = base::boot_id()});
  note_identity(identity_);
}

bool ExternalRun::adopt() {
  const auto text = base::try_read_file(folder_.path() / "engine.json");
  if (!text.has_value()) return false;
  const nlohmann::json document = nlohmann::json::parse(*text, nullptr, false);
  if (!document.is_object()) return false;
  identity_ = {.pid = document.value("pid", pid_t{0}),
               .start_ticks = document.value("start_ticks", std::uint64_t{0}),
               .boot = document.value("boot", "")};
  adopted_ = base::watch_process(identity_);
  // The engine may have ended, and what it left behind not: that is still to be ended.
  return adopted_.has_value() || !base::processes_with_environment(marker_of(options_.id)).empty();
}

void ExternalRun::watch(Journal& journal, std::function<void()> ended) {
  journal_ = &journal;
  ended_ = std::move(ended);
  journal_->with_counters([&](Counters& counters) {
    counters.set_source(options_.kind == EngineKind::nextflow ? "log" : "none");
    counters.set_running_known(false);
  });
  const int fd = child_.has_value() ? child_->pidfd() : adopted_.has_value() ? adopted_->get() : -1;
  if (fd >= 0) {
    waits_.push_back(loop_.on_readable(fd, [this] { on_exit(); }));
  } else {
    loop_.post([this] { on_exit(); });
  }
  if (watch_.fd() >= 0) {
    waits_.push_back(loop_.on_readable(watch_.fd(), [this] {
      watch_.drain();
      static_cast<void>(run_log_.note_growth());
      read_log(false);
    }));
  }
  look_again();
}

/// Also without any news from the kernel: for what it does not tell, and to see what does not come.
void ExternalRun::look_again() {
  if (left_since_.has_value()) return;
  static_cast<void>(run_log_.note_growth());
  read_log(false);
  if (options_.kind == EngineKind::nextflow) {
    look_for_started();
    const base::BootTime idle = base::now_boot() - log_grew_;
    const bool unknown = log_.records() == 0 && log_began_.count() > 0 &&
                         base::now_boot() - log_began_ > k_unknown_after;
    if (idle > k_stale_after || unknown) {
      journal_->with_counters([&](Counters& counters) {
        counters.set_stale(true);
        if (unknown) counters.set_source("none");
      });
      if (unknown) tell_no_progress();
    }
  }
  tick_ = loop_.after(k_look_interval, [this] { look_again(); });
}

void ExternalRun::tell_no_progress() {
  if (std::exchange(told_no_progress_, true)) return;
  journal_->error("warning", "progress_unavailable",
                  "the engine's log is in a format that is not known: how far the run is cannot be "
                  "told");
}

/// What the log does not tell: which of the submitted tasks run. Only where their directories can
/// be read; elsewhere the number of running tasks stays unknown.
void ExternalRun::look_for_started() {
  const base::BootTime now = base::now_boot();
  const fs::path work_dir = log_.work_dir();
  if (!work_dir.is_absolute() || now - looked_for_started_ < k_started_interval) return;
  looked_for_started_ = now;
  try {
    if (!base::file_info(work_dir)) return;
    journal_->with_counters([](Counters& counters) { counters.set_running_known(true); });
    log_.look_for_started(k_started_looks_max,
                          [&](const std::string& hash) { return start_of_task(work_dir, hash); });
  } catch (const Error&) {
    // A directory that goes away, or is not ours to read, is no matter of the run.
  }
}

void ExternalRun::read_log(bool last) {
  if (options_.kind != EngineKind::nextflow) return;
  const fs::path file = folder_.path() / "nextflow.log";
  const auto info = base::file_info(file);
  if (info.has_value()) {
    if (info->inode != log_inode_ || info->size_bytes < log_offset_) {
      if (log_inode_ != 0) log_.restart();
      log_offset_ = 0;
      log_inode_ = info->inode;
    }
    const base::Fd fd = base::open_read(file);
    std::string block(k_log_block, '\0');
    while (log_offset_ < info->size_bytes) {
      const ssize_t got = ::pread(fd.get(), block.data(), block.size(), log_offset_);
      if (got <= 0) break;
      log_offset_ += got;
      log_grew_ = base::now_boot();
      if (log_began_.count() == 0) log_began_ = log_grew_;
      log_.add(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
    }
  }
  if (last) log_.finish();
  journal_->with_counters([&](Counters& counters) { counters.set_pending(log_.pending()); });
}

void ExternalRun::signal_all(int signal) {
  if (child_.has_value() && !exit_.has_value()) child_->signal_group(signal);
  for (const base::ProcessIdentity& process :
       base::processes_with_environment(marker_of(options_.id))) {
    static_cast<void>(base::signal_process(process, signal));
  }
}

void ExternalRun::ask_to_end() {
  // The engine first, alone: it ends its tasks in order.
  if (child_.has_value() || adopted_.has_value()) {
    static_cast<void>(base::signal_process(identity_, SIGTERM));
  }
  if (options_.kind == EngineKind::exec) signal_all(SIGTERM);
  if (options_.kind == EngineKind::nextflow) {
    waits_.push_back(loop_.after(k_second_term, [this] {
      if (!exit_.has_value()) static_cast<void>(base::signal_process(identity_, SIGTERM));
    }));
  }
}

void ExternalRun::kill() {
  signal_all(SIGKILL);
}

void ExternalRun::on_exit() {
  if (exit_.has_value() || left_since_.has_value()) return;
  if (child_.has_value()) exit_ = child_->wait();
  for (const base::EventLoop::Id id : std::exchange(waits_, {})) loop_.cancel(id);
  loop_.cancel(tick_);
  left_since_ = base::now_boot();
  check_left();
}

/// The end is proven when no process of it is left; what outlives the engine is ended.
void ExternalRun::check_left() {
  const std::vector<base::ProcessIdentity> left =
      base::processes_with_environment(marker_of(options_.id));
  if (!left.empty()) {
    const base::BootTime waited = base::now_boot() - *left_since_;
    if (waited >= options_.leftovers) {
      if (!std::exchange(told_left_, true)) {
        journal_->error("warning", "leftover_processes",
                        fmt::format("{} processes outlived the engine and were ended (first: {})",
                                    left.size(), left.front().pid));
      }
      signal_all(waited >= options_.leftovers + milliseconds(1000) ? SIGKILL : SIGTERM);
    }
    tick_ = loop_.after(k_left_interval, [this] { check_left(); });
    return;
  }
  gone_ = true;
  static_cast<void>(run_log_.note_growth());
  read_log(true);
  if (log_.records() == 0 && log_offset_ > 0) tell_no_progress();
  log_.abandon();
  if (log_.end().totals.has_value()) {
    journal_->with_counters([&](Counters& counters) {
      Counters::Totals said = *log_.end().totals;
      said.stored = counters.totals().stored;
      const bool differs = !(said == counters.totals());
      counters.replace(said);
      if (!differs) return;
      // An early sign that a new Nextflow words its log otherwise.
      loop_.post([this] {
        journal_->error("warning", "progress_mismatch",
                        "the engine's own totals differ from what its log told on the way");
      });
    });
  }
  loop_.post([this] { ended_(); });
}

std::optional<jobs::Outcome> ExternalRun::outcome() const {
  if (!exit_.has_value()) {
    if (options_.kind != EngineKind::nextflow) return std::nullopt;
    return outcome_of_log(log_, folder_.path());
  }
  jobs::Outcome outcome;
  outcome.ok = exit_->signal == 0 && exit_->status == 0;
  if (exit_->signal != 0) {
    outcome.exit_signal = exit_->signal;
  } else {
    outcome.exit_status = exit_->status;
  }
  if (outcome.ok) return outcome;
  const std::string_view who = options_.kind == EngineKind::exec ? "the command" : "the engine";
  if (exit_->signal != 0) {
    outcome.reason = "engine_killed";
    outcome.error_text = fmt::format("{} was ended by signal {}", who, exit_->signal);
    if (const std::string left = left_elsewhere(); !left.empty()) outcome.error_text += "; " + left;
    return outcome;
  }
  outcome.reason = "pipeline_error";
  if (options_.kind == EngineKind::nextflow) explain_failure(outcome, log_, folder_.path());
  if (outcome.error_text.empty())
    outcome.error_text = fmt::format("{} ended with status {}", who, exit_->status);
  return outcome;
}

std::string ExternalRun::left_elsewhere() const {
  return left_on_grid(log_);
}

jobs::EngineTrace probe_end(const jobs::Job& job, const fs::path& folder) {
  if (job.engine != "nextflow") return {};
  const auto info = base::file_info(folder / "nextflow.log");
  if (!info.has_value()) return {};
  NextflowLog log({});
  const base::Fd fd = base::open_read(folder / "nextflow.log");
  std::string block(k_log_block, '\0');
  std::int64_t offset = 0;
  for (ssize_t got = 0; (got = ::pread(fd.get(), block.data(), block.size(), offset)) > 0;
       offset += got) {
    log.add(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
  }
  log.finish();
  return {outcome_of_log(log, folder), left_on_grid(log)};
}

}  // namespace weir::runs
