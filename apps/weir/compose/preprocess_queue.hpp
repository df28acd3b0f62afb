#pragma once

#include "command.hpp"
#include "compose/preprocess_files.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace weir::app {

/// A file that was put into the queue, or why not.
struct QueuedFile {
  std::string name;
  std::optional<preprocess::Submitted> submitted;
  std::optional<Error> error;
};

/// Puts the files into the queue; one's error does not stop the others.
[[nodiscard]] std::vector<QueuedFile> submit_files(const std::vector<std::string>& names,
                                                   const FilesOptions& options);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<QueuedFile>& files);

/// Starts a process in a session of its own that works the queue off. `arguments` follow
/// `weir preprocess --drain-queue`.
void start_drainer(const std::vector<std::string>& arguments);

/// Works on queued jobs, several at a time, until none waits or `stop` becomes true. `done` is
/// called as each ends, one call at a time, from any thread. The results are of no order.
[[nodiscard]] std::vector<FileResult> drain_queue(
    const FilesOptions& options, const std::atomic<bool>& stop, ProgressBoard& board,
    const std::function<void(const FileResult&)>& done);

/// The same for the one process that `start_drainer` started: leaves the work to another such
/// process that is at it, and misses no job that is put into the queue meanwhile.
[[nodiscard]] std::vector<FileResult> drain_queue_on_duty(
    const FilesOptions& options, const std::atomic<bool>& stop, ProgressBoard& board,
    const std::function<void(const FileResult&)>& done);

}  // namespace weir::app
