// A request goes through four doors: known digest and cached (return), somebody works on it (wait),
// refused before (throw), nobody (work).
#include "preprocess/preprocessor.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "jobs/recovery.hpp"
#include "net/curl_client.hpp"
#include "preprocess/internal/request_text.hpp"
#include "preprocess/internal/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <thread>
#include <utility>

namespace weir::preprocess {
namespace {

using std::chrono::milliseconds;

/// Of a failure on the source's side, as the job's reason.
constexpr std::string_view k_upstream = "upstream";

/// What the job's record keeps of an error, and the error made of it again for those who waited.
struct ErrorWord {
  ErrorKind kind;
  std::string_view word;
};
constexpr ErrorWord k_error_words[] = {
    {ErrorKind::input, "input"},         {ErrorKind::temporary, "temporary"},
    {ErrorKind::cancelled, "cancelled"}, {ErrorKind::not_permitted, "not_permitted"},
    {ErrorKind::store, "store"},         {ErrorKind::failed, "failed"},
    {ErrorKind::bug, "internal"},        {ErrorKind::usage, "usage"},
    {ErrorKind::input, k_upstream},      {ErrorKind::timed_out, "deadline"},
    {ErrorKind::temporary, "capacity"},  {ErrorKind::temporary, "lease"},
};

bool makes(const Plan& plan, genomics::ArtifactKind kind) {
  const std::span<const genomics::ArtifactKind> kinds = plan.processor->artifact_kinds();
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

jobs::Outcome outcome_of(const Error& error) {
  jobs::Outcome outcome;
  outcome.reason = "failed";
  for (const ErrorWord& entry : k_error_words) {
    if (entry.kind != error.kind()) continue;
    outcome.reason = entry.word;
    break;
  }
  outcome.error_code = error.code();
  outcome.error_text = error.what();
  outcome.permanent = error.kind() == ErrorKind::input;
  if (outcome.permanent && net::is_upstream_code(error.code())) outcome.reason = k_upstream;
  if (!error.hint().empty()) outcome.result_json = hint_json(error.hint());
  return outcome;
}

Error error_of(const jobs::Job& job) {
  ErrorKind kind =
      job.state == jobs::JobState::cancelled ? ErrorKind::cancelled : ErrorKind::failed;
  for (const ErrorWord& entry : k_error_words) {
    if (entry.word == job.outcome.reason) kind = entry.kind;
  }
  std::string text = job.outcome.error_text;
  if (text.empty()) text = fmt::format("job {} ended as {}", job.id, jobs::word_of(job.state));
  return Error(kind, std::move(text))
      .with_code(job.outcome.error_code)
      .with_hint(hint_of(job.outcome.result_json));
}

Error remembered_error(const jobs::Job& job) {
  Error error = error_of(job);
  const std::string before = error.hint().empty() ? "" : error.hint() + "; ";
  return error.with_hint(
      fmt::format("{}remembered from job {}, `--retry` tries again", before, job.id));
}

Error too_many_jobs(std::int64_t active_max) {
  return Error(ErrorKind::temporary, fmt::format("{} jobs are active already", active_max))
      .with_code("too_many_jobs")
      .with_hint("try again when some have ended");
}

std::string_view word_of(How how) {
  switch (how) {
    case How::made: return "made";
    case How::cached: return "cached";
    case How::attached: return "attached";
  }
  return "made";
}

Preprocessor::State::State(Settings given)
    : settings(std::move(given)),
      jobs(settings.state_dir),
      cache(settings.cache_dir, jobs.database()),
      memory(jobs.database()),
      remote_memory(jobs.database()) {
  static_cast<void>(jobs::recover_preprocessing(jobs));
}
Preprocessor::State::~State() = default;

Plan Preprocessor::State::plan_of(const Request& request) {
  return request.remote.has_value() ? make_remote_plan(request, settings)
                                    : make_plan(request, settings);
}

std::optional<std::string> Preprocessor::State::known_digest(const Plan& plan) {
  std::optional<std::string> digest = memory.find(plan.identity);
  if (digest.has_value()) return digest;
  // Reading it twice pays only when it may be a copy of something that was processed before.
  if (!cache.manifest().knows_source_size(plan.identity.size_bytes)) return std::nullopt;
  const std::int64_t began_ns = base::to_millis(base::now_wall()) * 1'000'000;
  digest = base::sha256_file(plan.source);
  if (cache::source_identity(plan.source) == plan.identity)
    memory.remember(plan.identity, *digest, began_ns);
  return digest;
}

std::optional<Result> Preprocessor::State::cached(const Plan& plan,
                                                  const std::string& source_sha256, How how) {
  std::optional<cache::Artifact> data =
      cache.find(cache::key_of(parts_for(plan, source_sha256, "data")));
  if (!data.has_value()) return std::nullopt;
  std::optional<cache::Artifact> index;
  std::optional<cache::Artifact> gzi;
  if (makes(plan, genomics::ArtifactKind::index)) {
    index = cache.find(cache::key_of(parts_for(plan, source_sha256, "index")));
    if (!index.has_value()) return std::nullopt;
  }
  if (!plan.work.gzi_path.empty()) {
    gzi = cache.find(cache::key_of(parts_for(plan, source_sha256, "gzi")));
    if (!gzi.has_value()) return std::nullopt;
  }
  // Made under milder rules than this request's: the work will find out, and refuse.
  if (!is_acceptable(plan.work, data->report_json)) return std::nullopt;
  const base::WallTime now = base::now_wall();
  cache.manifest().touch(data->key, now);
  if (index.has_value()) cache.manifest().touch(index->key, now);
  if (gzi.has_value()) cache.manifest().touch(gzi->key, now);
  Result result;
  result.how = how;
  result.job_id = data->made_by;
  result.data = std::move(*data);
  result.index = std::move(index);
  result.gzi = std::move(gzi);
  result.report_json = told_report(plan, result.data.report_json);
  return result;
}

std::optional<Result> Preprocessor::State::known(const Plan& plan, const Request& request,
                                                 const std::atomic<bool>& stop) {
  if (request.remote.has_value()) return known_remote(plan, request, stop);
  const std::optional<std::string> digest = known_digest(plan);
  if (!digest.has_value()) return std::nullopt;
  return cached(plan, *digest, How::cached);
}

jobs::Submission Preprocessor::State::submission(const Plan& plan, const Request& request) const {
  jobs::Submission submission;
  submission.kind = jobs::JobKind::preprocess;
  submission.key = plan.workflow_key;
  submission.name = job_name_of(plan, request);
  submission.actor = settings.actor;
  submission.request_json = request_json(plan, request);
  submission.attempts_max = settings.attempts_max;
  submission.lease = settings.lease;
  if (!request.retry) {
    submission.failure_memory = milliseconds(settings.failure_memory);
    submission.failure_memory_of = {
        {std::string(k_upstream), milliseconds(settings.upstream_failure_memory)}};
  }
  submission.active_max = settings.active_max;
  return submission;
}

/// Nothing: the artifacts are gone already, or were made under milder rules.
std::optional<Result> Preprocessor::State::result_of(const Plan& plan, const jobs::Job& job) {
  Result result;
  result.how = How::attached;
  result.job_id = job.id;
  for (const jobs::Stage& stage : jobs.stages(job.id)) {
    std::optional<cache::Artifact> artifact = cache.find(stage.cache_key);
    if (!artifact.has_value()) return std::nullopt;
    if (stage.kind == "data") {
      result.data = std::move(*artifact);
    } else {
      (stage.kind == "gzi" ? result.gzi : result.index) = std::move(artifact);
    }
  }
  if (result.data.key.empty()) return std::nullopt;
  if (!is_acceptable(plan.work, result.data.report_json)) return std::nullopt;
  result.report_json = told_report(plan, result.data.report_json);
  return result;
}

/// Nothing: the job ended well, but its artifacts are gone already; begin again.
std::optional<Result> Preprocessor::State::wait_for(const Plan& plan, const Request& request,
                                                    jobs::Job job, Observer* observer,
                                                    const std::atomic<bool>& stop) {
  constexpr milliseconds k_first{2};
  constexpr milliseconds k_longest{200};
  const base::BootTime began = base::now_boot();
  milliseconds pause = k_first;
  bool told = false;
  while (!jobs::is_terminal(job.state)) {
    if (stop) throw Error(ErrorKind::cancelled, fmt::format("stopped waiting for job {}", job.id));
    if (settings.time_limit.has_value() && base::now_boot() - began > *settings.time_limit) {
      throw Error(ErrorKind::timed_out,
                  fmt::format("job {} of '{}' was not done after {}", job.id, plan.work.name,
                              base::format_duration(*settings.time_limit)))
          .with_code("deadline");
    }
    if (job.state == jobs::JobState::queued) {
      // The same key, so the same request: also where it is to be delivered.
      const std::optional<jobs::Job> mine = jobs.start(job.id, settings.lease);
      if (mine.has_value()) return work(plan, request, {mine->id, mine->attempt}, observer, stop);
    }
    if (observer != nullptr && !std::exchange(told, true)) observer->waiting(job.id);
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, k_longest);
    static_cast<void>(jobs::recover_preprocessing(jobs));
    std::optional<jobs::Job> now = jobs.find(job.id);
    if (!now.has_value()) return std::nullopt;
    job = std::move(*now);
  }
  if (job.state != jobs::JobState::succeeded) throw error_of(job);
  return result_of(plan, job);
}

Preprocessor::Preprocessor(Settings settings)
    : state_(std::make_unique<State>(std::move(settings))) {}
Preprocessor::~Preprocessor() = default;

Result Preprocessor::run(const Request& request, Observer* observer,
                         const std::atomic<bool>& stop) {
  State& state = *state_;
  // An artifact that is collected while we wait for it is made again; more often than that is no
  // accident.
  constexpr int k_rounds = 3;
  for (int round = 0; round < k_rounds; ++round) {
    const Plan plan = state.plan_of(request);
    std::string last_end = state.jobs.last_end(plan.workflow_key);
    std::optional<Result> present = state.known(plan, request, stop);
    if (present.has_value()) return std::move(*present);
    jobs::Submission submission = state.submission(plan, request);
    submission.last_end = std::move(last_end);
    jobs::Claim claim = state.jobs.claim(submission);
    switch (claim.answer) {
      case jobs::Claim::Answer::fresh:
        return state.work(plan, request, claim.attempt(), observer, stop);
      case jobs::Claim::Answer::failed_before: throw remembered_error(claim.job);
      case jobs::Claim::Answer::full: throw too_many_jobs(state.settings.active_max);
      case jobs::Claim::Answer::repeated:
      case jobs::Claim::Answer::key_reused:
      case jobs::Claim::Answer::held:
      case jobs::Claim::Answer::done_meanwhile: break;
    }
    std::optional<Result> result =
        state.wait_for(plan, request, std::move(claim.job), observer, stop);
    if (result.has_value()) return std::move(*result);
  }
  throw Error(ErrorKind::temporary,
              fmt::format("the artifacts of '{}' vanish as soon as they are made",
                          request.remote.has_value() ? request.remote->shown()
                                                     : request.source.filename().string()))
      .with_code("cache_unstable")
      .with_hint("is a collection of the cache running with too small a limit?");
}

}  // namespace weir::preprocess
