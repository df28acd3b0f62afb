#pragma once

#include "base/lock.hpp"
#include "engine/task_spec.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// Where a file that is elsewhere is brought to: WORK/fetched/ab/cdef…/NAME, by its address, so
/// that tasks and runs share one copy. Nothing for a scheme that cannot be fetched; `s3` can.
[[nodiscard]] std::optional<std::string> copy_path(const std::string& work_dir,
                                                   std::string_view scheme, const std::string& uri);

/// Brings inputs that are objects of an S3 server onto this machine: `AWS_…` of the environment
/// say where it is and who asks (net/s3.hpp).
///
/// Everything blocks, is for threads of the pool, and throws Error.
class RemoteFiles {
 public:
  explicit RemoteFiles(std::vector<std::string> environment)
      : environment_(std::move(environment)) {}

  /// What stands for the object in a key: its address, entity tag and size.
  [[nodiscard]] std::string fingerprint(const std::string& uri);
  /// The copies of a task, fetched unless the objects are as they were when that was done.
  void fetch(const std::vector<RemoteInput>& inputs);
  /// Ends what is being fetched, with an Error (cancelled). From any thread.
  void stop();

 private:
  void fetch_one(const RemoteInput& input);
  [[nodiscard]] base::FileLock wait_for_turn(const std::filesystem::path& path);
  void pause(std::chrono::milliseconds time);

  std::vector<std::string> environment_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable stopped_;
};

}  // namespace weir::engine
