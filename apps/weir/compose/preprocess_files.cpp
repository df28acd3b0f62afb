#include "compose/preprocess_files.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"
#include "compose/preprocess_sources.hpp"
#include "compose/progress_board.hpp"
#include "compose/spooled_input.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace weir::app {
namespace {

using nlohmann::ordered_json;

constexpr int k_preprocess_schema = 1;

/// Who put what where in this call, so that two inputs never replace each other's results.
class Claims {
 public:
  void take(const preprocess::Placed& placed, const std::string& name,
            const std::string& source_sha256) {
    const std::lock_guard guard(mutex_);
    const auto [entry, fresh] = taken_.try_emplace(placed.data, name, source_sha256);
    const auto& [first_name, first_digest] = entry->second;
    if (fresh || first_digest == source_sha256) return;
    throw Error(ErrorKind::usage, fmt::format("'{}' and '{}' would both become '{}'", first_name,
                                              name, placed.data.string()))
        .with_code("same_result_name")
        .with_hint("process them into different folders");
  }

 private:
  std::mutex mutex_;
  std::map<std::filesystem::path, std::pair<std::string, std::string>> taken_;
};

void process_one(FileResult& file, preprocess::Preprocessor& preprocessor,
                 const FilesOptions& options, Claims& claims, preprocess::Observer& observer,
                 const std::atomic<bool>& stop) {
  preprocess::Request request = request_for(file.name, options.request);
  std::optional<SpooledInput> spooled;
  if (file.name == "-") {
    spooled.emplace(options.settings.cache_dir, options.settings.time_limit, stop);
    request.source = spooled->path();
    request.name = "standard input";
    request.job_name = "-";  // its place in the workspace means nothing to anybody
  }
  file.result = preprocessor.run(request, &observer, stop);
  if (!options.output_dir.has_value()) return;
  const preprocess::Placed wanted =
      preprocess::placed_paths(preprocess::result_name(request), *file.result, *options.output_dir);
  claims.take(wanted, file.name, file.result->data.source_sha256);
  file.placed = preprocess::place(request, *file.result, options.settings.cache_dir,
                                  *options.output_dir, options.mode);
}

ordered_json json_of_artifact(const cache::Artifact& artifact, const std::filesystem::path* path) {
  ordered_json document{
      {"key", artifact.key}, {"sha256", artifact.sha256}, {"size", artifact.size_bytes}};
  document["path"] =
      path != nullptr ? ordered_json(std::filesystem::absolute(*path).lexically_normal().string())
                      : ordered_json(nullptr);
  return document;
}

ordered_json json_of_file(const FileResult& file) {
  ordered_json document{{"source", file.name},
                        {"duration_seconds", static_cast<double>(file.duration.count()) / 1000}};
  if (file.error.has_value()) {
    document["status"] = "failed";
    document["error"] = weir::app::json_of(*file.error);
    return document;
  }
  const preprocess::Result& result = *file.result;
  document["status"] = preprocess::word_of(result.how);
  document["job_id"] = result.job_id;
  document["source_sha256"] = result.data.source_sha256;
  document["data"] =
      json_of_artifact(result.data, file.placed.has_value() ? &file.placed->data : nullptr);
  document["index"] = nullptr;
  if (result.index.has_value()) {
    document["index"] =
        json_of_artifact(*result.index, file.placed.has_value() ? &file.placed->index : nullptr);
  }
  if (result.gzi.has_value()) {
    document["gzi"] =
        json_of_artifact(*result.gzi, file.placed.has_value() ? &file.placed->gzi : nullptr);
  }
  document["report"] = parse_or_null(result.report_json);
  return document;
}

/// "repaired: 3 blank lines", for each finding.
std::string shown_findings(const ordered_json& report) {
  std::string text;
  if (!report.contains("findings")) return text;
  for (const ordered_json& finding : report["findings"]) {
    text += fmt::format("\n  {}: {}", finding.value("kind", ""),
                        base::printable(finding.value("message", "")));
    const std::int64_t count = finding.value("count", std::int64_t{0});
    if (count > 1) text += fmt::format(" ({} times)", count);
    if (finding.contains("first_line"))
      text += fmt::format(", first at line {}", finding["first_line"].get<std::int64_t>());
  }
  return text;
}

}  // namespace

Watcher::Watcher(ProgressBoard& board, std::size_t item, std::string name)
    : board_(board), item_(item), name_(std::move(name)) {}

Watcher::~Watcher() {
  board_.remove(item_);
}

void Watcher::progress(genomics::Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) {
  board_.update(item_, name_, genomics::name_of(stage), done_bytes, total_bytes);
}

void Watcher::fetching(std::int64_t done_bytes, std::int64_t total_bytes) {
  board_.update(item_, name_, "fetch", done_bytes, total_bytes);
}

void Watcher::waiting(const std::string& job_id) {
  board_.note(item_, name_, "waits for job " + job_id);
}

ordered_json json_of(const Error& error) {
  ordered_json document{
      {"code", error.code()}, {"message", error.message()}, {"hint", error.hint()}};
  const InputPlace& place = error.place();
  document["file"] = place.file.empty() ? ordered_json(nullptr) : ordered_json(place.file);
  document["line"] = place.line > 0 ? ordered_json(place.line) : ordered_json(nullptr);
  document["byte_offset"] =
      place.byte_offset >= 0 ? ordered_json(place.byte_offset) : ordered_json(nullptr);
  return document;
}

std::vector<FileResult> process_files(const std::vector<std::string>& names,
                                      const FilesOptions& options, const std::atomic<bool>& stop,
                                      ProgressBoard& board,
                                      const std::function<void(const FileResult&)>& done) {
  std::vector<FileResult> files(names.size());
  Claims claims;
  std::mutex done_mutex;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    std::unique_ptr<preprocess::Preprocessor> preprocessor;
    while (true) {
      const std::size_t item = next++;
      if (item >= files.size() || stop) return;
      FileResult& file = files[item];
      file.name = names[item];
      const base::BootTime began = base::now_boot();
      try {
        if (preprocessor == nullptr)
          preprocessor = std::make_unique<preprocess::Preprocessor>(options.settings);
        Watcher watcher(board, item, file.name);
        process_one(file, *preprocessor, options, claims, watcher, stop);
      } catch (const Error& error) {
        file.error = error;
      } catch (const std::exception& error) {
        file.error = Error(ErrorKind::bug, file.name + ": " + error.what());
      }
      file.duration =
          std::chrono::duration_cast<std::chrono::milliseconds>(base::now_boot() - began);
      const std::lock_guard guard(done_mutex);
      done(file);
    }
  };
  const std::size_t workers = std::min(options.jobs, names.size());
  if (workers <= 1) {
    work();
  } else {
    base::ThreadPool pool(workers);
    for (std::size_t i = 0; i < workers; ++i) pool.submit(work);
  }
  // What was not begun when the stop came.
  for (std::size_t item = 0; item < files.size(); ++item) {
    if (!files[item].result.has_value() && !files[item].error.has_value())
      files[item] = {
          names[item], {}, {}, Error(ErrorKind::cancelled, "not begun: interrupted"), {}};
  }
  return files;
}

std::string shown(const FileResult& done) {
  const preprocess::Result& result = *done.result;
  const ordered_json report = parse_or_null(result.report_json);
  std::string target = "cache " + result.data.key.substr(0, 16);
  if (done.placed.has_value()) target = done.placed->data.string();
  std::string others;
  for (const std::optional<cache::Artifact>* other : {&result.index, &result.gzi}) {
    if (other->has_value()) others += (others.empty() ? " (+ " : ", ") + (*other)->suffix;
  }
  if (!others.empty()) others += ')';
  std::string text = fmt::format("{} -> {}{}  {} records", base::printable(done.name, 4096),
                                 base::printable(target, 4096), others,
                                 report.is_object() ? report.value("records", std::int64_t{0}) : 0);
  if (result.how != preprocess::How::made) {
    text += fmt::format(", {}", preprocess::word_of(result.how));
  } else if (report.is_object()) {
    text += report.value("reused_source", false) ? ", as it was"
            : report.value("was_sorted", false)  ? ", in order"
                                                 : ", sorted";
  }
  text += fmt::format(", {}, {}", base::format_bytes(result.data.size_bytes),
                      base::format_duration(done.duration));
  return text + shown_findings(report);
}

ordered_json json_of(const std::vector<FileResult>& results) {
  ordered_json document{{"schema", k_preprocess_schema}, {"files", ordered_json::array()}};
  for (const FileResult& file : results) document["files"].push_back(json_of_file(file));
  return document;
}

ExitStatus status_of(const std::vector<FileResult>& results) {
  for (const FileResult& file : results) {
    if (file.error.has_value()) return weir::exit_status_of(file.error->kind());
  }
  return ExitStatus::ok;
}

}  // namespace weir::app
