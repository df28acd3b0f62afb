#pragma once

#include "command.hpp"
#include "jobs/job_store.hpp"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace weir::app {

/// Version of the JSON documents of `weir jobs`; keys only grow within one.
inline constexpr int k_jobs_schema = 1;

/// Opens the job table and makes it true again (jobs::recover).
[[nodiscard]] std::unique_ptr<jobs::JobStore> open_jobs(const Context& context);

/// The run of that name. Throws Error: `not_found`; `usage` when it is a job of another kind.
[[nodiscard]] jobs::Job named_run(jobs::JobStore& store, const std::string& name);

/// A job as `weir jobs --json` shows it.
[[nodiscard]] nlohmann::ordered_json json_of(const jobs::Job& job);
[[nodiscard]] nlohmann::ordered_json json_of(const jobs::JobEvent& event);

/// For people: "3.2s", "-" when unknown; of an active job what has passed.
[[nodiscard]] std::string shown_duration(const jobs::Job& job, base::WallTime now);
/// The state, and why when that says more: "failed (task_error)".
[[nodiscard]] std::string shown_state(const jobs::Job& job);

/// How long ago it was submitted, in one unit: "5m", "3h", "12d".
[[nodiscard]] std::string shown_age(const jobs::Job& job, base::WallTime now);
/// "12/40" of a run's tasks, "37%" of other work, "-" when unknown.
[[nodiscard]] std::string shown_progress(const jobs::Job& job);
/// The name without the folders that say least: the last two parts of a path.
[[nodiscard]] std::string shown_name(const jobs::Job& job);

/// What a command that waited for this job ends with.
[[nodiscard]] ExitStatus exit_status_of(const jobs::Job& job);

/// One document to standard output: indented for a terminal, on one line otherwise.
void print_json(const nlohmann::ordered_json& document, Output& out);
/// The text as JSON, or null when it is empty or no JSON.
[[nodiscard]] nlohmann::ordered_json parse_or_null(const std::string& text);

}  // namespace weir::app
