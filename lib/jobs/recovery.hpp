#pragma once

#include "jobs/job.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::jobs {

class JobStore;

/// One thing that recovery found and did (or would do).
struct Recovered {
  std::string id;
  JobState from = JobState::running;
  JobState to = JobState::lost;
  std::string why;  ///< for people: "its owner, process 4711, is gone"
};

enum class DryRun { no, yes };

/// What the files of an engine tell of a run whose owner is gone and that left no exit record.
struct EngineTrace {
  std::optional<Outcome> end;  ///< how it ended, where they prove it
  std::string left;            ///< otherwise: what may live on elsewhere, for people; may be empty
};
using EndProbe = std::function<EngineTrace(const Job& job, const std::filesystem::path& folder)>;

/// Makes the table true again: jobs whose owners have gone are finished from their exit record, put
/// back into the queue or declared lost (run-control 3.5, preprocess-cache-jobs 2.8).
///
/// To be called after opening the store by every command that starts, ends or reports jobs. Cheap:
/// one query, and one lock probe or process look-up per active job. Never touches a job whose owner
/// cannot be judged from here. Without a `probe` a run whose log tells of its end becomes lost.
std::vector<Recovered> recover(JobStore& store, DryRun dry_run, const EndProbe& probe);
/// The same for preprocessing jobs alone; runs are left to those who can read their engines' files.
std::vector<Recovered> recover_preprocessing(JobStore& store);

/// Finishes lost runs and services whose exit record turned up after all (a folder that came back,
/// a file system that was not mounted). Looks at every lost job, so it is for people who ask for
/// it.
std::vector<Recovered> correct_lost(JobStore& store, DryRun dry_run = DryRun::no);

}  // namespace weir::jobs
