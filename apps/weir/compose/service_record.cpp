#include "compose/service_record.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

void note_failure(const Error& error) {
  base::log(base::LogLevel::debug, "a service is not recorded", {{"error", error.what()}});
}

}  // namespace

std::unique_ptr<ServiceRecord> ServiceRecord::try_begin(const std::filesystem::path& state_dir,
                                                        const std::string& name,
                                                        const std::string& owner,
                                                        const std::string& command) {
  try {
    std::unique_ptr<ServiceRecord> record(new ServiceRecord());
    record->store_ = std::make_unique<jobs::JobStore>(state_dir);
    jobs::Submission submission;
    submission.kind = jobs::JobKind::service;
    submission.name = name;
    submission.key = "service:" + jobs::make_job_id(jobs::JobKind::service);
    submission.request_json =
        nlohmann::json{{"schema", 1}, {"run", owner}, {"command", command}}.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace);
    const jobs::Claim claim = record->store_->claim(submission);
    if (claim.answer != jobs::Claim::Answer::fresh) return nullptr;
    record->job_ = claim.job;
    record->folder_ = jobs::RunFolder::create(record->store_->state_dir(), record->job_);
    record->active_ = true;
    return record;
  } catch (const Error& error) {  // a broken job store costs the record, never the service
    note_failure(error);
    return nullptr;
  }
}

void ServiceRecord::ready() {
  try {
    if (active_) store_->confirm({job_.id, job_.attempt});
  } catch (const Error& error) {  // as above
    note_failure(error);
  }
}

void ServiceRecord::finish(const jobs::Outcome& outcome) {
  if (!std::exchange(active_, false)) return;
  try {
    folder_->write_exit({job_.id, job_.attempt, outcome, base::now_wall()});
    static_cast<void>(store_->finish({job_.id, job_.attempt}, outcome));
  } catch (const Error& error) {  // as above
    note_failure(error);
  }
}

void ServiceRecord::finish(engine::ServiceState state, const std::string& failure) {
  jobs::Outcome outcome;
  outcome.ok = failure.empty() &&
               (state == engine::ServiceState::stopped || state == engine::ServiceState::skipped);
  if (!outcome.ok) outcome.reason = std::string(name_of(state));
  outcome.error_text = failure;
  finish(outcome);
}

void ServiceRecord::finish(const engine::ServiceMachine& machine) {
  jobs::Outcome outcome;
  outcome.ok = machine.failure().empty() && machine.state() == engine::ServiceState::stopped;
  if (!outcome.ok) outcome.reason = std::string(name_of(machine.state()));
  outcome.error_text = machine.failure();
  if (machine.epoch() > 0) outcome.exit_status = machine.exit().status;
  if (machine.exit().signal != 0) outcome.exit_signal = machine.exit().signal;
  finish(outcome);
}

}  // namespace weir::app
