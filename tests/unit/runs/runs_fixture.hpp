#pragma once

#include "base/file.hpp"
#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace weir::runs {

/// A state directory with a run that this process owns.
struct RunFixture {
  base::TempDir dir;
  jobs::JobStore store{dir.path()};
  std::atomic<bool> never{false};

  static jobs::Submission submission(std::string lane = "lane:a") {
    jobs::Submission run;
    run.key = std::move(lane);
    run.name = "main.nf";
    run.actor = "ann";
    run.fingerprint = "f1";
    return run;
  }
  jobs::Attempt start(const std::string& lane = "lane:a") {
    const jobs::Claim claim = store.claim(submission(lane));
    folder.emplace(jobs::RunFolder::create(dir.path(), claim.job));
    static_cast<void>(store.confirm(claim.attempt()));
    return claim.attempt();
  }
  void finish(const jobs::Attempt& attempt, bool ok = true) {
    jobs::Outcome outcome;
    outcome.ok = ok;
    static_cast<void>(store.finish(attempt, outcome));
  }
  std::optional<jobs::RunFolder> folder;
};

inline jobs::TaskRow a_task(std::int64_t number, std::string state, std::int64_t attempt = 1) {
  jobs::TaskRow task;
  task.task = number;
  task.attempt = attempt;
  task.state = std::move(state);
  task.name = "P (" + std::to_string(number) + ")";
  return task;
}

}  // namespace weir::runs
