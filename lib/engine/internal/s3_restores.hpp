#pragma once

#include "base/thread_pool.hpp"

#include <mutex>

namespace weir::engine::internal {

/// Shared by the S3 gates of a run: threads for requests that block, and the order in which
/// restores are asked for, so that each object is asked for once.
class S3Restores {
 public:
  [[nodiscard]] base::ThreadPool& threads() { return threads_; }
  /// Held while a restore is decided and asked for. From any thread.
  [[nodiscard]] std::unique_lock<std::mutex> take_turn() { return std::unique_lock(turn_); }

 private:
  static constexpr std::size_t k_threads = 4;
  std::mutex turn_;
  base::ThreadPool threads_{k_threads, 65536};
};

}  // namespace weir::engine::internal
