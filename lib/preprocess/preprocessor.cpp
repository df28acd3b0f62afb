// A request goes through four doors: known digest and cached (return), somebody works on it (wait),
// refused before (throw), nobody (work). Work is: process into a workspace of the cache, move the
// blobs into place, then one transaction that names both artifacts and ends the job. Whatever
// breaks before that transaction leaves only unnamed bytes, which the next collection removes.
#include "preprocess/preprocessor.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "cache/source_memory.hpp"
#include "cache/store.hpp"
#include "cache/workspace.hpp"
#include "jobs/job_store.hpp"
#include "jobs/recovery.hpp"
#include "preprocess/internal/heart.hpp"
#include "preprocess/internal/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace weir::preprocess {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view k_collection = "local";
constexpr std::string_view k_media_type = "application/octet-stream";

/// What the job's record keeps of an error, and the error made of it again for those who waited.
struct ErrorWord {
  ErrorKind kind;
  std::string_view word;
};
constexpr ErrorWord k_error_words[] = {
    {ErrorKind::input, "input"},         {ErrorKind::temporary, "temporary"},
    {ErrorKind::cancelled, "cancelled"}, {ErrorKind::not_permitted, "not_permitted"},
    {ErrorKind::store, "store"},         {ErrorKind::failed, "failed"},
    {ErrorKind::bug, "internal"},
};

jobs::Outcome outcome_of(const Error& error) {
  jobs::Outcome outcome;
  outcome.reason = "failed";
  for (const ErrorWord& entry : k_error_words) {
    if (entry.kind == error.kind()) outcome.reason = entry.word;
  }
  outcome.error_code = error.code();
  outcome.error_text = error.what();
  outcome.permanent = error.kind() == ErrorKind::input;
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

/// Passes the processor's reports on to whoever looks.
class Relay final : public genomics::ProgressObserver {
 public:
  Relay(Observer* observer, Heart& heart, const std::atomic<bool>& stop)
      : observer_(observer), heart_(heart), stop_(stop) {}

  void progress(genomics::Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) override {
    if (stop_) heart_.request_stop();
    heart_.note_progress(stage, done_bytes, total_bytes);
    if (observer_ != nullptr) observer_->progress(stage, done_bytes, total_bytes);
  }

 private:
  Observer* observer_;
  Heart& heart_;
  const std::atomic<bool>& stop_;
};

const genomics::OutputFile* output_of(const genomics::ProcessReport& report,
                                      genomics::ArtifactKind kind) {
  const auto found =
      std::find_if(report.outputs.begin(), report.outputs.end(),
                   [&](const genomics::OutputFile& file) { return file.kind == kind; });
  return found == report.outputs.end() ? nullptr : &*found;
}

/// The row of one output; its bytes are named by `sha256`.
cache::Artifact artifact_of(const Plan& plan, const genomics::ProcessReport& report,
                            genomics::ArtifactKind kind, const jobs::Attempt& attempt) {
  const cache::KeyParts parts = parts_for(plan, report.source_sha256, genomics::name_of(kind));
  cache::Artifact artifact;
  artifact.key = cache::key_of(parts);
  artifact.alias = cache::alias_of(parts, k_collection, plan.source.filename().string());
  artifact.kind = parts.kind;
  artifact.media_type = k_media_type;
  switch (kind) {
    case genomics::ArtifactKind::data: artifact.suffix = report.data_suffix; break;
    case genomics::ArtifactKind::index: artifact.suffix = report.index_suffix; break;
    case genomics::ArtifactKind::gzi: artifact.suffix = ".gzi"; break;
  }
  artifact.source_sha256 = report.source_sha256;
  artifact.source_size_bytes = report.source_bytes;
  artifact.source_name = plan.source.filename().string();
  artifact.processor_id = report.processor_id;
  artifact.processor_version = report.processor_version;
  artifact.parameters_json = parameters_json(parts);
  artifact.report_json = report_json(report);
  artifact.made_by = attempt.id;
  artifact.created_at = base::now_wall();
  artifact.last_used = artifact.created_at;
  const genomics::OutputFile* file = output_of(report, kind);
  if (kind == genomics::ArtifactKind::data && report.reused_source) {
    artifact.sha256 = report.source_sha256;
    artifact.size_bytes = report.source_bytes;
  } else if (file != nullptr) {
    artifact.sha256 = file->sha256;
    artifact.size_bytes = file->size_bytes;
  } else {
    throw Error(ErrorKind::bug,
                fmt::format("processor {} made no {}", report.processor_id, artifact.kind));
  }
  return artifact;
}

bool makes(const Plan& plan, genomics::ArtifactKind kind) {
  const std::span<const genomics::ArtifactKind> kinds = plan.processor->artifact_kinds();
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

void refuse_changed(const Plan& plan) {
  std::optional<cache::SourceIdentity> now = cache::source_identity(plan.source);
  // A further link to the file changes its inode, but not its content.
  if (now.has_value()) now->ctime_ns = plan.identity.ctime_ns;
  if (now == plan.identity) return;
  throw Error(ErrorKind::temporary,
              fmt::format("'{}' was changed while it was read", plan.work.name))
      .with_code("source_changed")
      .with_hint(
          "wait until whoever writes it has finished, for example with `weir gate wait stable`");
}

}  // namespace

std::string_view word_of(How how) {
  switch (how) {
    case How::made: return "made";
    case How::cached: return "cached";
    case How::attached: return "attached";
  }
  return "made";
}

struct Preprocessor::State {
  explicit State(Settings given)
      : settings(std::move(given)),
        jobs(settings.state_dir),
        cache(settings.cache_dir, jobs.database()),
        memory(jobs.database()) {
    static_cast<void>(jobs::recover(jobs));
  }

  Settings settings;
  jobs::JobStore jobs;
  cache::Store cache;
  cache::SourceMemory memory;

  std::optional<std::string> known_digest(const Plan& plan);
  std::optional<Result> cached(const Plan& plan, const std::string& source_sha256, How how);
  jobs::Submission submission(const Plan& plan, const Request& request) const;
  genomics::ProcessReport process(const Plan& plan, const std::filesystem::path& folder,
                                  Heart& heart, Observer* observer, const std::atomic<bool>& stop);
  Result commit(const Plan& plan, const genomics::ProcessReport& report,
                const std::filesystem::path& folder, const jobs::Attempt& attempt);
  Result work(const Plan& plan, const jobs::Attempt& attempt, Observer* observer,
              const std::atomic<bool>& stop);
  std::optional<Result> wait_for(const Plan& plan, jobs::Job job, Observer* observer,
                                 const std::atomic<bool>& stop);
};

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
  result.report_json = result.data.report_json;
  return result;
}

jobs::Submission Preprocessor::State::submission(const Plan& plan, const Request& request) const {
  jobs::Submission submission;
  submission.kind = jobs::JobKind::preprocess;
  submission.key = plan.workflow_key;
  submission.name = plan.source.string();
  submission.actor = settings.actor;
  submission.request_json = request_json(plan, request);
  submission.attempts_max = settings.attempts_max;
  submission.lease = settings.lease;
  submission.failure_memory =
      request.retry ? milliseconds(0) : milliseconds(settings.failure_memory);
  submission.active_max = settings.active_max;
  return submission;
}

genomics::ProcessReport Preprocessor::State::process(const Plan& plan,
                                                     const std::filesystem::path& folder,
                                                     Heart& heart, Observer* observer,
                                                     const std::atomic<bool>& stop) {
  Relay relay(observer, heart, stop);
  genomics::ProcessRequest request = plan.work;
  request.data_path = folder / "data";
  request.index_path = folder / "index";
  if (!request.gzi_path.empty()) request.gzi_path = folder / "gzi";
  request.scratch_folder = folder;
  request.progress = &relay;
  request.cancelled = &heart.stop();
  genomics::ProcessReport report = genomics::process(request);
  // The cache must not depend on a file of the user's.
  if (report.reused_source) base::copy_file(plan.source, request.data_path);
  refuse_changed(plan);
  return report;
}

Result Preprocessor::State::commit(const Plan& plan, const genomics::ProcessReport& report,
                                   const std::filesystem::path& folder,
                                   const jobs::Attempt& attempt) {
  Result result;
  result.job_id = attempt.id;
  result.data = artifact_of(plan, report, genomics::ArtifactKind::data, attempt);
  std::vector<const cache::Artifact*> made{&result.data};
  for (const genomics::OutputFile& output : report.outputs) {
    if (output.kind == genomics::ArtifactKind::data) continue;
    std::optional<cache::Artifact>& place =
        output.kind == genomics::ArtifactKind::index ? result.index : result.gzi;
    made.push_back(&place.emplace(artifact_of(plan, report, output.kind, attempt)));
  }
  result.report_json = result.data.report_json;
  base::fault_point("artifacts made");
  // Held until the rows name them, so that no collection takes them before.
  std::vector<std::unique_ptr<cache::Blob>> held;
  for (const cache::Artifact* artifact : made)
    held.push_back(cache.backend().put(folder / artifact->kind, artifact->sha256));
  base::fault_point("blobs stored");
  jobs.atomically([&] {
    for (const cache::Artifact* artifact : made) {
      if (cache.manifest().record(*artifact) == cache::Recorded::divergent) {
        throw Error(ErrorKind::failed,
                    fmt::format("the {} of '{}' came out with other bytes than before",
                                artifact->kind, plan.work.name))
            .with_code("divergent")
            .with_hint("`weir cache stat` shows the earlier one; please report this");
      }
      const jobs::Stage stage{artifact->kind, attempt.number, artifact->key, artifact->sha256,
                              artifact->size_bytes};
      if (!jobs.complete_stage(attempt, stage))
        throw Error(ErrorKind::temporary, "the job was taken over by another process");
    }
    jobs::Outcome outcome;
    outcome.ok = true;
    outcome.result_json = result.report_json;
    if (!jobs.finish(attempt, outcome).has_value())
      throw Error(ErrorKind::temporary, "the job was taken over by another process");
    base::fault_point("before the transaction's end");
  });
  base::fault_point("after the transaction's end");
  return result;
}

Result Preprocessor::State::work(const Plan& plan, const jobs::Attempt& attempt, Observer* observer,
                                 const std::atomic<bool>& stop) {
  Heart heart(settings, attempt);
  try {
    jobs.confirm(attempt);
    const std::int64_t began_ns = base::to_millis(base::now_wall()) * 1'000'000;
    const cache::Workspace workspace(settings.cache_dir);
    const genomics::ProcessReport report = process(plan, workspace.path(), heart, observer, stop);
    Result result = commit(plan, report, workspace.path(), attempt);
    memory.remember(plan.identity, report.source_sha256, began_ns);
    return result;
  } catch (Error& error) {
    if (heart.stopped() == Heart::Stopped::lost_lease) {
      throw Error(ErrorKind::temporary,
                  fmt::format("the job of '{}' was taken over by another process", plan.work.name))
          .with_code("lost_lease");
    }
    if (error.kind() == ErrorKind::cancelled && heart.stopped() == Heart::Stopped::no) {
      jobs.cancel(attempt.id, settings.actor, "interrupted");
    }
    jobs.finish(attempt, outcome_of(error));
    throw;
  } catch (const std::exception& error) {
    jobs.finish(attempt, outcome_of(Error(ErrorKind::bug, error.what())));
    throw;
  }
}

/// Nothing: the job ended well, but its artifacts are gone already; begin again.
std::optional<Result> Preprocessor::State::wait_for(const Plan& plan, jobs::Job job,
                                                    Observer* observer,
                                                    const std::atomic<bool>& stop) {
  constexpr milliseconds k_first{2};
  constexpr milliseconds k_longest{200};
  milliseconds pause = k_first;
  bool told = false;
  while (!jobs::is_terminal(job.state)) {
    if (stop) throw Error(ErrorKind::cancelled, fmt::format("stopped waiting for job {}", job.id));
    if (job.state == jobs::JobState::queued) {
      const std::optional<jobs::Job> mine = jobs.start(job.id, settings.lease);
      if (mine.has_value()) return work(plan, {mine->id, mine->attempt}, observer, stop);
    }
    if (observer != nullptr && !std::exchange(told, true)) observer->waiting(job.id);
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, k_longest);
    static_cast<void>(jobs::recover(jobs));
    std::optional<jobs::Job> now = jobs.find(job.id);
    if (!now.has_value()) return std::nullopt;
    job = std::move(*now);
  }
  if (job.state != jobs::JobState::succeeded) throw error_of(job);
  const std::optional<std::string> digest = [&]() -> std::optional<std::string> {
    for (const jobs::Stage& stage : jobs.stages(job.id)) {
      const std::optional<cache::Artifact> artifact = cache.find(stage.cache_key);
      if (artifact.has_value()) return artifact->source_sha256;
    }
    return std::nullopt;
  }();
  if (!digest.has_value()) return std::nullopt;
  return cached(plan, *digest, How::attached);
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
    const Plan plan = make_plan(request, state.settings);
    const base::WallTime looked_at = base::now_wall();
    const std::optional<std::string> digest = state.known_digest(plan);
    if (digest.has_value()) {
      std::optional<Result> result = state.cached(plan, *digest, How::cached);
      if (result.has_value()) return std::move(*result);
    }
    jobs::Submission submission = state.submission(plan, request);
    submission.looked_at = looked_at;
    jobs::Claim claim = state.jobs.claim(submission);
    switch (claim.answer) {
      case jobs::Claim::Answer::fresh: return state.work(plan, claim.attempt(), observer, stop);
      case jobs::Claim::Answer::failed_before: throw remembered_error(claim.job);
      case jobs::Claim::Answer::full:
        throw Error(ErrorKind::temporary,
                    fmt::format("{} jobs are active already", state.settings.active_max))
            .with_code("too_many_jobs")
            .with_hint("try again when some have ended");
      case jobs::Claim::Answer::held:
      case jobs::Claim::Answer::done_meanwhile: break;
    }
    std::optional<Result> result = state.wait_for(plan, std::move(claim.job), observer, stop);
    if (result.has_value()) return std::move(*result);
  }
  throw Error(ErrorKind::temporary,
              fmt::format("the artifacts of '{}' vanish as soon as they are made",
                          request.source.filename().string()))
      .with_code("cache_unstable")
      .with_hint("is a collection of the cache running with too small a limit?");
}

}  // namespace weir::preprocess
