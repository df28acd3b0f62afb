#pragma once

#include "base/event_loop.hpp"
#include "base/file_watch.hpp"
#include "base/process.hpp"
#include "jobs/job.hpp"
#include "jobs/recovery.hpp"
#include "jobs/run_folder.hpp"
#include "runs/journal.hpp"
#include "runs/nextflow_log.hpp"
#include "runs/run_log.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::runs {

/// Which program executes a run instead of weir itself.
enum class EngineKind {
  nextflow,  ///< an installed Nextflow; progress from its log file
  exec,      ///< any command; no progress, the outcome is its exit status
};

/// What to start. Its streams become stdout.log and stderr.log of the run's folder.
struct EngineCommand {
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< NAME=value
  std::string directory;                 ///< the launch directory, absolute
};

/// The command line and environment of `nextflow run` for a run (run-control 5.1).
struct NextflowRequest {
  std::string program = "nextflow";
  std::string pipeline;
  std::string params_json;  ///< written to params.json of the folder; empty: none
  std::string revision;
  std::vector<std::string> profiles;
  std::vector<std::string> config_files;
  std::string work_dir;
  std::string run_name;    ///< the run's id
  std::string session_id;  ///< preset, so that it is known before anything is started
  bool resume = false;
  std::vector<std::string> arguments;  ///< further ones, as given
};
/// Writes params.json. Throws Error (usage) for a pipeline that looks like an option.
[[nodiscard]] EngineCommand nextflow_command(const NextflowRequest& request,
                                             const std::filesystem::path& folder,
                                             std::vector<std::string> environment,
                                             std::string launch_dir);

/// Starts and supervises an external engine on an event loop, or takes over one whose supervisor is
/// gone: tells the journal its tasks, counters and errors, ends it on request with proof that
/// nothing of it is left, and says how it ended.
///
/// The engine leads a session of its own with no terminal, and holds the run folder's lock: as long
/// as anything of it lives, the run is alive, whatever becomes of its supervisor.
class ExternalRun {
 public:
  struct Options {
    EngineKind kind = EngineKind::exec;
    std::string id;                             ///< of the job
    std::chrono::milliseconds leftovers{5000};  ///< what an ended engine leaves may live so long
  };
  ExternalRun(base::EventLoop& loop, const jobs::RunFolder& folder, Options options);
  ~ExternalRun();
  ExternalRun(const ExternalRun&) = delete;
  ExternalRun& operator=(const ExternalRun&) = delete;

  /// Throws Error (cannot_begin) when the program cannot be executed.
  void start(const EngineCommand& command);
  /// Takes over what `start` of another process started. False when its engine cannot be found.
  [[nodiscard]] bool adopt();
  /// From now on what happens is told; `ended` is called once, on the loop, when nothing of the
  /// engine is left and everything it wrote was read.
  void watch(Journal& journal, std::function<void()> ended);
  /// TERM to all of it; for Nextflow, whose first TERM ends in order, a second one later.
  void ask_to_end();
  void kill();
  /// After `ended`. An adopted engine's exit status is unknown: then its log's last words count,
  /// and without them there is no outcome.
  [[nodiscard]] std::optional<jobs::Outcome> outcome() const;
  /// What may live on elsewhere although the engine is gone, for people; may be empty.
  [[nodiscard]] std::string left_elsewhere() const;

 private:
  void signal_all(int signal);
  void on_exit();
  void check_left();
  void read_log(bool last);
  void note_identity(const base::ProcessIdentity& identity) const;
  void look_again();
  void look_for_started();
  void tell_no_progress();

  base::EventLoop& loop_;
  const jobs::RunFolder& folder_;
  Options options_;
  NextflowLog log_;
  RunLog run_log_;
  base::FileWatch watch_;
  Journal* journal_ = nullptr;
  std::function<void()> ended_;
  std::optional<base::Child> child_;
  base::ProcessIdentity identity_;
  std::optional<base::Fd> adopted_;
  std::optional<base::ProcessExit> exit_;
  std::vector<base::EventLoop::Id> waits_;
  base::EventLoop::Id tick_ = 0;
  std::int64_t log_offset_ = 0;
  std::uint64_t log_inode_ = 0;
  base::BootTime log_began_{0};
  base::BootTime log_grew_{0};
  base::BootTime looked_for_started_{0};
  std::optional<base::BootTime> left_since_;
  bool gone_ = false;
  bool told_left_ = false;
  bool told_no_progress_ = false;
};

/// How a run of an external engine ended, from its folder alone; for recovery (jobs::EndProbe).
[[nodiscard]] jobs::EngineTrace probe_end(const jobs::Job& job,
                                          const std::filesystem::path& folder);

}  // namespace weir::runs
