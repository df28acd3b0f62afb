#include "compose/run_end.hpp"

#include "compose/job_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {

std::string result_json(ExitStatus status) {
  return fmt::format(R"({{"exit_code":{}}})", static_cast<int>(status));
}

ExitStatus run_status_of(const jobs::Job& job) {
  const std::string& reason = job.outcome.reason;
  switch (job.state) {
    case jobs::JobState::succeeded: return ExitStatus::ok;
    case jobs::JobState::cancelled:
      return reason == "queue_timeout" ? ExitStatus::timed_out : ExitStatus::cancelled;
    case jobs::JobState::lost: return ExitStatus::lost;
    case jobs::JobState::failed: break;
    default: return ExitStatus::active;
  }
  if (reason == "deadline") return ExitStatus::timed_out;
  const nlohmann::ordered_json result = parse_or_null(job.outcome.result_json);
  if (result.is_object() && result.contains("exit_code") &&
      result["exit_code"].is_number_integer()) {
    return static_cast<ExitStatus>(result["exit_code"].get<int>() & 0xff);
  }
  if (reason == "launch_error") return ExitStatus::cannot_begin;
  if (reason == "input") return ExitStatus::input_refused;
  return ExitStatus::failed;
}

void print_run_document(const jobs::Job& job, ExitStatus status, Output& out) {
  nlohmann::ordered_json document{{"schema", k_jobs_schema}, {"run", json_of(job)}};
  document["exit_code"] = static_cast<int>(status);
  print_json(document, out);
}

}  // namespace weir::app
