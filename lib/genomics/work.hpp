#pragma once

#include "genomics/processor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace weir::genomics {

/// Threads that stay for many short jobs: starting one costs more than such a job.
///
/// One thread calls `run` at a time; it is itself the last worker.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Runs `body(worker)` for worker 0 … workers-1; returns when all ended and rethrows the first
  /// exception. `workers` is at most the pool's number of threads.
  void run(std::size_t workers, const std::function<void(std::size_t worker)>& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What the parts of one `process` call share: how many threads, whom to tell, when to stop.
struct Work {
  std::size_t threads = 1;
  ProgressObserver* progress = nullptr;          ///< may be null
  const std::atomic<bool>* cancelled = nullptr;  ///< may be null
  WorkerPool* pool = nullptr;                    ///< of `threads`; null: threads are started anew

  /// Throws Error (cancelled) when somebody asked for the end.
  void check() const;
  void report(Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) const;
};

/// Runs `body(worker)` for worker 0 … workers-1, the last one in the calling thread; returns when
/// all ended and rethrows the first exception.
void run_workers(const Work& work, std::size_t workers,
                 const std::function<void(std::size_t worker)>& body);

/// Runs `item(index, worker)` for every index below `count`, handed out in rising order to
/// `work.threads` workers. After an exception no further item starts; the first one is rethrown.
void parallel_for(const Work& work, std::size_t count,
                  const std::function<void(std::size_t index, std::size_t worker)>& item);

}  // namespace weir::genomics
