#pragma once

#include "genomics/processor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace weir::genomics {

/// What the parts of one `process` call share: how many threads, whom to tell, when to stop.
struct Work {
  std::size_t threads = 1;
  ProgressObserver* progress = nullptr;          ///< may be null
  const std::atomic<bool>* cancelled = nullptr;  ///< may be null

  /// Throws Error (cancelled) when somebody asked for the end.
  void check() const;
  void report(Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) const;
};

/// Runs `body(worker)` for worker 0 … threads-1, the last one in the calling thread; returns when
/// all ended and rethrows the first exception.
void run_workers(std::size_t threads, const std::function<void(std::size_t worker)>& body);

/// Runs `item(index, worker)` for every index below `count`, handed out in rising order to
/// `work.threads` workers. After an exception no further item starts; the first one is rethrown.
void parallel_for(const Work& work, std::size_t count,
                  const std::function<void(std::size_t index, std::size_t worker)>& item);

}  // namespace weir::genomics
