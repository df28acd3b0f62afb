#pragma once

#include "base/thread_pool.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

namespace weir::engine::internal {

/// Shared by the S3 gates of a run: threads for requests that block, and whose turn it is to ask
/// for the restore of an object, so that each is asked for once. Different objects do not wait for
/// each other.
class S3Restores {
 public:
  /// Held while the restore of one object is decided and asked for.
  class Turn {
   public:
    Turn(S3Restores& restores, std::string object)
        : restores_(restores), object_(std::move(object)) {
      std::unique_lock lock(restores_.mutex_);
      restores_.ended_.wait(lock, [this] { return restores_.under_way_.insert(object_).second; });
    }
    ~Turn() {
      {
        const std::lock_guard lock(restores_.mutex_);
        restores_.under_way_.erase(object_);
      }
      restores_.ended_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    S3Restores& restores_;
    std::string object_;
  };

  [[nodiscard]] base::ThreadPool& threads() { return threads_; }
  /// Blocks while somebody else has the turn of the same object. From any thread.
  [[nodiscard]] Turn take_turn(const std::string& object) { return Turn(*this, object); }

 private:
  static constexpr std::size_t k_threads = 8;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::string> under_way_;
  base::ThreadPool threads_{k_threads, 65536};
};

}  // namespace weir::engine::internal
