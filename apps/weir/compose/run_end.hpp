#pragma once

#include "command.hpp"
#include "compose/run_control.hpp"
#include "jobs/job_store.hpp"

namespace weir::app {

/// What a run recorded as `job` ended with, for its own process and for everybody who attached to
/// it: the status of its script's `exit N` and the like where it says so, else by state and reason.
[[nodiscard]] ExitStatus run_status_of(const jobs::Job& job);

/// `{"exit_code": N}`: what `run_status_of` reads, kept as the job's result.
[[nodiscard]] std::string result_json(ExitStatus status);

/// The one document of `weir run --json`.
void print_run_document(const jobs::Job& job, ExitStatus status, Output& out);

}  // namespace weir::app
