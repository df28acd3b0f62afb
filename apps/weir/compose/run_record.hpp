#pragma once

#include "compose/pipeline_run.hpp"
#include "engine/session.hpp"
#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <memory>
#include <optional>
#include <string>

namespace weir::app {

/// The job record of one run: claimed before anything starts, finished whatever happens.
class RunRecord {
 public:
  /// What a run must remember for later ones.
  struct Facts {
    std::string session_id;
    std::string run_name;
    std::string script;
    std::string command_line;
    std::string launch_dir;
    std::string work_dir;
  };

  explicit RunRecord(const std::filesystem::path& state_dir);

  /// The session of an earlier run of this launch directory: the last one (`wanted` empty), or the
  /// one with that session id or run name. Nothing when there is none.
  [[nodiscard]] std::optional<Facts> find(const std::string& launch_dir, const std::string& wanted);
  /// The runs of a launch directory, newest first.
  [[nodiscard]] std::vector<std::pair<jobs::Job, Facts>> runs(const std::string& launch_dir,
                                                              std::int64_t limit);

  /// Records the run. Throws Error (busy) naming the run that holds the launch directory or lane.
  void begin(const Facts& facts, const PipelineRequest& request);
  void confirm();
  void finish(const engine::RunOutcome& outcome);
  /// For a run that ended before its outcome was known.
  void finish(const std::string& reason, const std::string& text);
  [[nodiscard]] bool cancel_requested();
  [[nodiscard]] const std::string& id() const { return job_.id; }

 private:
  void finish(const jobs::Outcome& outcome);

  std::unique_ptr<jobs::JobStore> store_;
  jobs::Job job_;
  jobs::Attempt attempt_;
  std::optional<jobs::RunFolder> folder_;
  bool active_ = false;
};

/// The launch directory in a run's record; empty when it has none.
[[nodiscard]] std::string launch_dir_of(const jobs::Job& job);

}  // namespace weir::app
