#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace weir::base {

/// A bounded set of threads for work that blocks. Threads start when first needed.
class ThreadPool {
 public:
  /// `threads` ≥ 1. `queue_max`: `submit` blocks while so many jobs wait.
  explicit ThreadPool(std::size_t threads, std::size_t queue_max = 4096);
  /// Waits for all submitted work.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// From any thread. Work must not throw: hand errors over as values (std::exception_ptr).
  void submit(std::function<void()> work);
  /// Blocks until all submitted work has ended.
  void wait_idle();
  [[nodiscard]] std::size_t threads() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::base
