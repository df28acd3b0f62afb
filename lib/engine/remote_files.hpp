#pragma once

#include "base/lock.hpp"
#include "engine/task_spec.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// `s3`, `https` and `http`.
[[nodiscard]] bool can_be_fetched(std::string_view scheme);

/// Where a file that is elsewhere is brought to: WORK/fetched/ab/cdef…/NAME, by its address, so
/// that tasks and runs share one copy. Nothing for a scheme that cannot be fetched.
[[nodiscard]] std::optional<std::string> copy_path(const std::string& work_dir,
                                                   std::string_view scheme, const std::string& uri);

class RemoteSource;

/// Brings files of web and S3 servers onto this machine. `AWS_…` of the environment say where the
/// S3 server is and who asks (net/s3.hpp), SSL_CERT_FILE which certificates to trust.
///
/// Everything blocks, is for threads of the pool, and throws Error.
class RemoteFiles {
 public:
  explicit RemoteFiles(std::vector<std::string> environment)
      : environment_(std::move(environment)) {}

  struct Facts {
    std::int64_t size_bytes = 0;       ///< 0 also when it is not told
    std::int64_t modified_millis = 0;  ///< the same
  };
  /// Nothing when there is no such file.
  [[nodiscard]] std::optional<Facts> facts(const std::string& uri);
  /// What stands for the file in a key: its address, and what its server says of its content.
  [[nodiscard]] std::string fingerprint(const std::string& uri);
  /// The copies of a task, fetched unless the files are as they were when that was done.
  void fetch(const std::vector<RemoteInput>& inputs);
  /// Ends what is being fetched, with an Error (cancelled). From any thread.
  void stop();

 private:
  [[nodiscard]] std::unique_ptr<RemoteSource> source(const std::string& uri);
  void fetch_one(const RemoteInput& input);
  [[nodiscard]] base::FileLock wait_for_turn(const std::filesystem::path& path);
  void pause(std::chrono::milliseconds time);

  std::vector<std::string> environment_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable stopped_;
};

}  // namespace weir::engine
