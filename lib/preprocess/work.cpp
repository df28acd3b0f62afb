// Doing one job: fetch, process into a workspace of the cache, move the blobs into place, then one
// transaction that names the artifacts and ends the job. Whatever breaks before that transaction
// leaves only unnamed bytes, which the next collection removes.
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cache/workspace.hpp"
#include "preprocess/internal/state.hpp"
#include "preprocess/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace weir::preprocess {
namespace {

constexpr std::string_view k_collection = "local";
constexpr std::string_view k_media_type = "application/octet-stream";

/// Passes the processor's reports on to whoever looks.
class Relay final : public genomics::ProgressObserver {
 public:
  Relay(Observer* observer, Heart& heart, const std::atomic<bool>& stop)
      : observer_(observer), heart_(heart), stop_(stop) {}

  void progress(genomics::Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) override {
    if (stop_) heart_.request_stop();
    heart_.note_progress(genomics::name_of(stage), done_bytes, total_bytes);
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
  artifact.alias = cache::alias_of(parts, k_collection, plan.source_name);
  artifact.kind = parts.kind;
  artifact.media_type = k_media_type;
  switch (kind) {
    case genomics::ArtifactKind::data: artifact.suffix = report.data_suffix; break;
    case genomics::ArtifactKind::index: artifact.suffix = report.index_suffix; break;
    case genomics::ArtifactKind::gzi: artifact.suffix = ".gzi"; break;
  }
  artifact.source_sha256 = report.source_sha256;
  artifact.source_size_bytes = report.source_bytes;
  artifact.source_name = plan.source_name;
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

constexpr std::string_view k_no_space = "no_space";
constexpr std::string_view k_scratch_full = "scratch_full";

/// What the work on a file may take of the disk: itself, its content in spilled runs, the results.
std::int64_t room_needed(const Plan& plan) {
  constexpr std::int64_t k_share = 6;
  constexpr std::int64_t k_least_bytes = std::int64_t{1} << 20;
  return k_share * plan.identity.size_bytes + k_least_bytes;
}

std::vector<const cache::Artifact*> artifacts_of(const Result& result) {
  std::vector<const cache::Artifact*> artifacts{&result.data};
  if (result.index.has_value()) artifacts.push_back(&*result.index);
  if (result.gzi.has_value()) artifacts.push_back(&*result.gzi);
  return artifacts;
}

[[noreturn]] void fail_taken_over() {
  throw Error(ErrorKind::temporary, "the job was taken over by another process")
      .with_code("lost_lease");
}

}  // namespace

genomics::ProcessReport Preprocessor::State::process(const Plan& plan,
                                                     const std::filesystem::path& folder,
                                                     Heart& heart, Observer* observer,
                                                     const std::atomic<bool>& stop) {
  Relay relay(observer, heart, stop);
  genomics::ProcessRequest request = plan.work;
  request.source = plan.source;
  request.data_path = folder / "data";
  request.copy_reused = true;
  request.index_path = folder / "index";
  if (!request.gzi_path.empty()) request.gzi_path = folder / "gzi";
  request.scratch_folder = folder;
  request.progress = &relay;
  request.cancelled = &heart.stop();
  genomics::ProcessReport report = genomics::process(request);
  // The cache must not depend on a file of the user's.
  if (report.reused_source && !report.copied_source)
    base::copy_file(plan.source, request.data_path);
  refuse_changed(plan);
  return report;
}

void Preprocessor::State::deliver(const Request& request, const Result& result) const {
  if (!request.delivery.has_value()) return;
  static_cast<void>(
      place(request, result, settings.cache_dir, request.delivery->folder, request.delivery->mode));
}

void Preprocessor::State::finish_stages(const jobs::Attempt& attempt, const Result& result) {
  for (const cache::Artifact* artifact : artifacts_of(result)) {
    const jobs::Stage stage{artifact->kind, attempt.number, artifact->key, artifact->sha256,
                            artifact->size_bytes};
    if (!jobs.complete_stage(attempt, stage)) fail_taken_over();
  }
  jobs::Outcome outcome;
  outcome.ok = true;
  outcome.result_json = result.report_json;
  if (!jobs.finish(attempt, outcome).has_value()) fail_taken_over();
}

Result Preprocessor::State::commit(const Plan& plan, const Request& request,
                                   const genomics::ProcessReport& report,
                                   const std::filesystem::path& folder,
                                   const jobs::Attempt& attempt) {
  Result result;
  result.job_id = attempt.id;
  result.data = artifact_of(plan, report, genomics::ArtifactKind::data, attempt);
  for (const genomics::OutputFile& output : report.outputs) {
    if (output.kind == genomics::ArtifactKind::data) continue;
    std::optional<cache::Artifact>& place =
        output.kind == genomics::ArtifactKind::index ? result.index : result.gzi;
    place = artifact_of(plan, report, output.kind, attempt);
  }
  result.report_json = told_report(plan, result.data.report_json);
  base::fault_point("artifacts made");
  // Held until the rows name them, so that no collection takes them before.
  std::vector<std::unique_ptr<cache::Blob>> held;
  for (const cache::Artifact* artifact : artifacts_of(result))
    held.push_back(cache.backend().put(folder / artifact->kind, artifact->sha256));
  base::fault_point("blobs stored");
  // Before the job ends, so that a job that succeeded has delivered.
  deliver(request, result);
  base::fault_point("delivered");
  jobs.atomically([&] {
    for (const cache::Artifact* artifact : artifacts_of(result)) {
      if (cache.manifest().record(*artifact) == cache::Recorded::divergent) {
        throw Error(ErrorKind::failed,
                    fmt::format("the {} of '{}' came out with other bytes than before",
                                artifact->kind, plan.work.name))
            .with_code("divergent")
            .with_hint("`weir cache stat` shows the earlier one; please report this");
      }
      cache.note_checked(artifact->sha256);
    }
    finish_stages(attempt, result);
    base::fault_point("before the transaction's end");
  });
  base::fault_point("after the transaction's end");
  return result;
}

Result Preprocessor::State::adopt(Result result, const Request& request,
                                  const jobs::Attempt& attempt) {
  deliver(request, result);
  jobs.atomically([&] { finish_stages(attempt, result); });
  return result;
}

Result Preprocessor::State::make(Plan& plan, const Request& request, const jobs::Attempt& attempt,
                                 Heart& heart, Observer* observer, const std::atomic<bool>& stop) {
  const std::int64_t began_ns = base::to_millis(base::now_wall()) * 1'000'000;
  const cache::Workspace workspace(settings.cache_dir);
  std::optional<std::string> digest;
  if (request.remote.has_value()) {
    digest = fetch(plan, request, workspace.path(), heart, observer, stop);
  } else {
    digest = memory.find(plan.identity);
  }
  if (digest.has_value()) {
    std::optional<Result> present = cached(plan, *digest, How::cached);
    if (present.has_value()) return adopt(std::move(*present), request, attempt);
  }
  const genomics::ProcessReport report = process(plan, workspace.path(), heart, observer, stop);
  Result result = commit(plan, request, report, workspace.path(), attempt);
  if (!request.remote.has_value()) memory.remember(plan.identity, report.source_sha256, began_ns);
  return result;
}

bool Preprocessor::State::make_room(std::int64_t needed_bytes) {
  const cache::GcReport swept = cache.collect({}, base::now_wall());
  const std::int64_t missing = needed_bytes - base::free_bytes(settings.cache_dir);
  if (missing <= 0) return true;
  const cache::GcOptions limit{.bytes_max = std::max<std::int64_t>(swept.kept_bytes - missing, 0),
                               .age_max = {},
                               .dry_run = false};
  const cache::GcReport evicted = cache.collect(limit, base::now_wall());
  base::log(base::LogLevel::debug, "room made in the cache",
            {{"removed", std::to_string(evicted.removed_keys.size())}});
  return swept.debris_removed > 0 || !evicted.removed_keys.empty();
}

Result Preprocessor::State::make_with_room(const Plan& plan, const Request& request,
                                           const jobs::Attempt& attempt, Heart& heart,
                                           Observer* observer, const std::atomic<bool>& stop) {
  for (bool again = false;; again = true) {
    Plan now = plan;  // of a source elsewhere, fetching makes another one of it
    try {
      return make(now, request, attempt, heart, observer, stop);
    } catch (Error& error) {
      if (error.code() != k_no_space && error.code() != k_scratch_full) throw;
      // The workspace is gone by now, so this is what the work had: was it too little, or is it
      // another disk that is full, such as that of the output folder?
      const std::int64_t needed = room_needed(now);
      if (base::free_bytes(settings.cache_dir) >= needed) throw;
      error.with_code(std::string(k_scratch_full));
      if (again || !make_room(needed)) throw;
    }
  }
}

Result Preprocessor::State::work(const Plan& plan, const Request& request,
                                 const jobs::Attempt& attempt, Observer* observer,
                                 const std::atomic<bool>& stop) {
  const std::string name = plan.work.name;
  Heart heart(settings, attempt);
  try {
    jobs.confirm(attempt);
    return make_with_room(plan, request, attempt, heart, observer, stop);
  } catch (Error& error) {
    switch (heart.stopped()) {
      case Heart::Stopped::lost_lease:
        throw Error(ErrorKind::temporary,
                    fmt::format("the job of '{}' was taken over by another process", name))
            .with_code("lost_lease");
      case Heart::Stopped::timed_out: {
        Error late(ErrorKind::timed_out, fmt::format("'{}' was not done after {}", name,
                                                     base::format_duration(*settings.time_limit)));
        late.with_code("deadline");
        jobs.finish(attempt, outcome_of(late));
        throw late;
      }
      case Heart::Stopped::cancelled: break;
      case Heart::Stopped::no:
        if (error.kind() != ErrorKind::cancelled) break;
        if (settings.when_stopped == Settings::WhenStopped::requeue) {
          jobs.requeue(attempt, std::chrono::milliseconds(0), "interrupted");
          throw;
        }
        jobs.cancel(attempt.id, settings.actor, "interrupted");
        break;
    }
    jobs.finish(attempt, outcome_of(error));
    throw;
  } catch (const std::exception& error) {
    jobs.finish(attempt, outcome_of(Error(ErrorKind::bug, error.what())));
    throw;
  }
}

}  // namespace weir::preprocess
