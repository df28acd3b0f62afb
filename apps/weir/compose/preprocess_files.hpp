#pragma once

#include "base/error.hpp"
#include "base/exit_status.hpp"
#include "preprocess/place.hpp"
#include "preprocess/preprocessor.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace weir::app {

class ProgressBoard;

/// What `weir preprocess` does with one of its files.
struct FileResult {
  std::string name;  ///< as given
  std::optional<preprocess::Result> result;
  std::optional<preprocess::Placed> placed;
  std::optional<Error> error;
  std::chrono::milliseconds duration{0};
};

struct FilesOptions {
  preprocess::Settings settings;  ///< of one file
  preprocess::Request request;    ///< without its source
  std::optional<std::filesystem::path> output_dir;
  preprocess::PlaceMode mode = preprocess::PlaceMode::link;
  std::size_t jobs = 1;  ///< files at a time
};

/// Shows on a board what the library reports of one file.
class Watcher final : public preprocess::Observer {
 public:
  Watcher(ProgressBoard& board, std::size_t item, std::string name);
  ~Watcher() override;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void progress(genomics::Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) override;
  void fetching(std::int64_t done_bytes, std::int64_t total_bytes) override;
  void waiting(const std::string& job_id) override;

 private:
  ProgressBoard& board_;
  std::size_t item_;
  std::string name_;
};

/// Processes the files, several at a time, and answers for each in the order given. `done` is
/// called as each ends, one call at a time, from any thread. One file's error does not stop the
/// others; `stop` does.
[[nodiscard]] std::vector<FileResult> process_files(
    const std::vector<std::string>& names, const FilesOptions& options,
    const std::atomic<bool>& stop, ProgressBoard& board,
    const std::function<void(const FileResult&)>& done);

/// "calls.vcf -> out/calls.vcf.gz (+ .tbi)  1,204 records, sorted, 1.2 MB, 0.4s"
[[nodiscard]] std::string shown(const FileResult& done);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<FileResult>& results);
[[nodiscard]] nlohmann::ordered_json json_of(const Error& error);
/// That of the first one that failed.
[[nodiscard]] ExitStatus status_of(const std::vector<FileResult>& results);

}  // namespace weir::app
