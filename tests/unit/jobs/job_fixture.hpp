#pragma once

#include "base/error.hpp"
#include "base/file.hpp"
#include "jobs/job_store.hpp"
#include "jobs/recovery.hpp"

#include <chrono>
#include <string>

namespace weir::jobs {

/// A store in a folder of its own, with clocks and a process table that only the test moves.
struct StoreFixture {
  base::TempDir dir;
  base::WallTime wall = base::from_millis(1'700'000'000'000);
  base::BootTime boot = std::chrono::hours(1);
  bool owners_alive = true;

  [[nodiscard]] Surroundings surroundings(pid_t pid = 100, std::string boot_id = "boot-a") {
    return {.wall = [this] { return wall; },
            .boot = [this] { return boot; },
            .self = {.pid = pid, .start_ticks = 7, .boot = std::move(boot_id)},
            .pid_namespace = "pid:[1]",
            .alive = [this](const base::ProcessIdentity&) { return owners_alive; }};
  }

  void pass(std::chrono::milliseconds time) {
    wall += time;
    boot += time;
  }
};

inline Submission a_run(std::string lane = "lane") {
  Submission submission;
  submission.kind = JobKind::run;
  submission.key = std::move(lane);
  submission.name = "main.nf";
  return submission;
}

inline Submission a_file(std::string key = "file",
                         std::chrono::milliseconds lease = std::chrono::seconds(40)) {
  Submission submission;
  submission.kind = JobKind::preprocess;
  submission.key = std::move(key);
  submission.attempts_max = 3;
  submission.lease = lease;
  return submission;
}

inline Outcome success() {
  Outcome outcome;
  outcome.ok = true;
  return outcome;
}

inline Outcome failure(std::string reason = "pipeline_error") {
  Outcome outcome;
  outcome.reason = std::move(reason);
  outcome.error_text = "it broke";
  return outcome;
}

/// By who knows of no engine.
inline std::vector<Recovered> recover_all(JobStore& store) {
  return recover(store, DryRun::no, {});
}

template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::bug, "nothing was thrown"};
}

}  // namespace weir::jobs
