#include "genomics/work.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::genomics {
namespace {

/// Keeps the first exception of several threads.
class FirstError {
 public:
  void keep(std::exception_ptr error) {
    const std::scoped_lock lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  void rethrow() {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace

void Work::check() const {
  if (cancelled != nullptr && cancelled->load(std::memory_order_relaxed)) {
    throw Error(ErrorKind::cancelled, "cancelled").with_code("cancelled");
  }
}

void Work::report(Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) const {
  if (progress != nullptr) progress->progress(stage, done_bytes, total_bytes);
}

void run_workers(std::size_t threads, const std::function<void(std::size_t)>& body) {
  FirstError first;
  const auto guarded = [&](std::size_t worker) {
    try {
      body(worker);
    } catch (...) {
      first.keep(std::current_exception());
    }
  };
  std::vector<std::thread> others;
  for (std::size_t worker = 0; worker + 1 < threads; ++worker) others.emplace_back(guarded, worker);
  guarded(threads - 1);
  for (std::thread& other : others) other.join();
  first.rethrow();
}

void parallel_for(const Work& work, std::size_t count,
                  const std::function<void(std::size_t, std::size_t)>& item) {
  if (count == 0) return;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  run_workers(std::min(work.threads, count), [&](std::size_t worker) {
    try {
      for (;;) {
        if (stop.load(std::memory_order_relaxed)) return;
        const std::size_t index = next.fetch_add(1);
        if (index >= count) return;
        work.check();
        item(index, worker);
      }
    } catch (...) {
      stop = true;
      throw;
    }
  });
}

}  // namespace weir::genomics
