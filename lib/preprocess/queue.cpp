// Requests that somebody works on later: in this process, in another, by any number of them.
#include "base/error.hpp"
#include "jobs/recovery.hpp"
#include "preprocess/internal/request_text.hpp"
#include "preprocess/internal/state.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::preprocess {

Submitted Preprocessor::submit(const Request& request) {
  State& state = *state_;
  const std::atomic<bool> go_on{false};
  constexpr int k_rounds = 3;
  for (int round = 0; round < k_rounds; ++round) {
    const Plan plan = state.plan_of(request);
    std::string last_end = state.jobs.last_end(plan.workflow_key);
    std::optional<Result> result = state.known(plan, request, go_on);
    if (result.has_value()) {
      state.deliver(request, *result);
      return {result->job_id, Submitted::How::cached};
    }
    jobs::Submission submission = state.submission(plan, request);
    submission.begin = jobs::Submission::Begin::queued;
    submission.queue_limit = state.settings.queue_limit;
    submission.last_end = std::move(last_end);
    const jobs::Claim claim = state.jobs.claim(submission);
    switch (claim.answer) {
      case jobs::Claim::Answer::fresh: return {claim.job.id, Submitted::How::queued};
      case jobs::Claim::Answer::held: return {claim.job.id, Submitted::How::attached};
      case jobs::Claim::Answer::failed_before: throw remembered_error(claim.job);
      case jobs::Claim::Answer::full: throw too_many_jobs(state.settings.active_max);
      case jobs::Claim::Answer::repeated:  // these two: only with a request key, which it has not
      case jobs::Claim::Answer::key_reused:
      case jobs::Claim::Answer::done_meanwhile: break;  // in the cache by now
    }
  }
  throw Error(ErrorKind::temporary, "the artifacts vanish as soon as they are made")
      .with_code("cache_unstable")
      .with_hint("is a collection of the cache running with too small a limit?");
}

std::optional<Worked> Preprocessor::work_next(const Choose& choose, const std::atomic<bool>& stop) {
  State& state = *state_;
  static_cast<void>(jobs::recover_preprocessing(state.jobs));
  std::optional<jobs::Job> job =
      state.jobs.start_next(jobs::JobKind::preprocess, state.settings.lease);
  if (!job.has_value()) return std::nullopt;
  const jobs::Attempt attempt{job->id, job->attempt};
  Worked worked{job->id, job->name, {}, {}};
  Observer* observer = choose ? choose(worked) : nullptr;
  std::optional<Request> request;
  std::optional<Plan> plan;
  try {
    request = parse_request(job->request_json);
    plan = state.plan_of(*request);
    if (plan->workflow_key != job->key) {
      throw Error(ErrorKind::temporary,
                  fmt::format("'{}' was changed after it was put into the queue", plan->work.name))
          .with_code("source_changed")
          .with_hint("ask for it again");
    }
  } catch (const Error& error) {
    state.jobs.finish(attempt, outcome_of(error));
    worked.error = error;
    return worked;
  }
  try {
    worked.result = state.work(*plan, *request, attempt, observer, stop);
  } catch (const Error& error) {
    worked.error = error;  // recorded by `work`
  }
  return worked;
}

}  // namespace weir::preprocess
