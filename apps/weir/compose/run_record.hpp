#pragma once

#include "compose/pipeline_run.hpp"
#include "compose/run_control.hpp"
#include "compose/secret_params.hpp"
#include "engine/session.hpp"
#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"
#include "runs/admission.hpp"
#include "runs/journal.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::app {

/// The job record of one run: claimed before anything starts, finished whatever happens.
class RunRecord {
 public:
  /// What a run must remember for later ones.
  struct Facts {
    std::string session_id;
    std::string run_name;
    std::string script;
    std::string commit;  ///< of a pipeline in a git repository
    std::string command_line;
    std::string launch_dir;
    std::string work_dir;
    std::string params_json;             ///< as given; an object, or empty
    std::vector<std::string> arguments;  ///< of this program, to do it again
    /// Its parameters that must not be written down; `command_line`, `arguments` and `params_json`
    /// are without them already.
    SecretParams secret;
  };

  explicit RunRecord(const std::filesystem::path& state_dir);
  ~RunRecord();

  /// The session of an earlier run of this launch directory: the last one (`wanted` empty), or the
  /// one with that session id or run name. Nothing when there is none.
  [[nodiscard]] std::optional<Facts> find(const std::string& launch_dir, const std::string& wanted);
  /// The runs of a launch directory, newest first.
  [[nodiscard]] std::vector<std::pair<jobs::Job, Facts>> runs(const std::string& launch_dir,
                                                              std::int64_t limit);

  /// Lets the run in by its policy (runs::Admission): ours when the answer says `mine`.
  /// `exclusive`: at most one run of the launch directory and of the lane.
  struct Entry {
    Facts facts;
    std::string fingerprint;
    bool exclusive = true;
  };
  [[nodiscard]] runs::Admitted begin(const Entry& entry, const RunControl& control,
                                     const std::function<void(const jobs::Job&)>& on_queued,
                                     const std::atomic<bool>& stop);
  /// The run runs; from now on its journal writes that down, and what it tells. The hooks are
  /// called on the journal's thread. `at_once`: it is recorded as running when this returns.
  runs::Journal& confirm(runs::Journal::Hooks hooks, bool at_once);
  /// Gives up the journal at its end, if nobody closed it: its hooks may refer to what ends then.
  class JournalScope {
   public:
    explicit JournalScope(RunRecord& record) : record_(record) {}
    ~JournalScope() { record_.journal_.reset(); }
    JournalScope(const JournalScope&) = delete;
    JournalScope& operator=(const JournalScope&) = delete;

   private:
    RunRecord& record_;
  };
  /// Writes the exit record and the end; the state reached, which an earlier cancel may decide.
  /// Throws Error (store) when the end could not be written down anywhere.
  jobs::JobState finish(jobs::Outcome outcome);
  /// For a run that ended before its outcome was known; errors of the store are left to recovery.
  void fail(const std::string& reason, const std::string& text);

  [[nodiscard]] bool is_active() const { return active_; }
  [[nodiscard]] const std::string& id() const { return job_.id; }
  [[nodiscard]] const jobs::Attempt& attempt() const { return attempt_; }
  [[nodiscard]] jobs::JobStore& store() { return *store_; }
  [[nodiscard]] const jobs::RunFolder& folder() const { return *folder_; }
  [[nodiscard]] std::optional<jobs::Job> job() { return store_->find(job_.id); }

 private:
  std::unique_ptr<jobs::JobStore> store_;
  jobs::Job job_;
  jobs::Attempt attempt_;
  std::optional<jobs::RunFolder> folder_;
  SecretParams secret_;
  std::unique_ptr<runs::Journal> journal_;
  bool active_ = false;
};

/// What a run would record, and the fingerprint that tells equal requests: lines for people, or one
/// JSON document.
void print_request(const RunRecord::Facts& facts, const std::string& fingerprint,
                   const RunControl& control, Output& out);

/// The launch directory in a run's record; empty when it has none.
[[nodiscard]] std::string launch_dir_of(const jobs::Job& job);

/// What a run's engine says of its end as the job's outcome.
[[nodiscard]] jobs::Outcome outcome_of(const engine::RunOutcome& ended);

/// "dir:device:inode": what stands for a launch directory, by whatever path it is reached.
[[nodiscard]] std::string directory_key(const std::string& launch_dir);

}  // namespace weir::app
