#include "genomics/work.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
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
  /// Throws what was kept, once.
  void rethrow() {
    if (const std::exception_ptr error = std::exchange(error_, nullptr))
      std::rethrow_exception(error);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace

struct WorkerPool::State {
  std::mutex mutex;
  std::condition_variable job_there;
  std::condition_variable job_done;
  const std::function<void(std::size_t)>* body = nullptr;  // guarded by mutex, as all below
  std::size_t workers = 0;                                 // of the job that do not call `run`
  std::size_t running = 0;
  std::uint64_t job = 0;
  bool ending = false;
  FirstError first;
  std::vector<std::thread> threads;

  void work(std::size_t worker) {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex);
    for (;;) {
      job_there.wait(lock, [&] { return ending || job != seen; });
      if (ending) return;
      seen = job;
      if (worker >= workers) continue;
      lock.unlock();
      guarded(worker);
      lock.lock();
      if (--running == 0) job_done.notify_one();
    }
  }

  void guarded(std::size_t worker) {
    try {
      (*body)(worker);
    } catch (...) {
      first.keep(std::current_exception());
    }
  }
};

WorkerPool::WorkerPool(std::size_t threads) : state_(std::make_unique<State>()) {
  for (std::size_t worker = 0; worker + 1 < threads; ++worker)
    state_->threads.emplace_back([this, worker] { state_->work(worker); });
}

WorkerPool::~WorkerPool() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->ending = true;
  }
  state_->job_there.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void WorkerPool::run(std::size_t workers, const std::function<void(std::size_t)>& body) {
  WEIR_ASSERT(workers >= 1 && workers <= state_->threads.size() + 1);
  {
    const std::scoped_lock lock(state_->mutex);
    WEIR_ASSERT(state_->running == 0);
    state_->body = &body;
    state_->workers = workers - 1;
    state_->running = workers - 1;
    ++state_->job;
  }
  if (workers > 1) state_->job_there.notify_all();
  state_->guarded(workers - 1);
  std::unique_lock lock(state_->mutex);
  state_->job_done.wait(lock, [&] { return state_->running == 0; });
  state_->first.rethrow();
}

void Work::check() const {
  if (cancelled != nullptr && cancelled->load(std::memory_order_relaxed)) {
    throw Error(ErrorKind::cancelled, "cancelled").with_code("cancelled");
  }
}

void Work::report(Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) const {
  if (progress != nullptr) progress->progress(stage, done_bytes, total_bytes);
}

void run_workers(const Work& work, std::size_t workers,
                 const std::function<void(std::size_t)>& body) {
  if (workers == 1) {
    body(0);
  } else if (work.pool != nullptr) {
    work.pool->run(workers, body);
  } else {
    WorkerPool(workers).run(workers, body);
  }
}

void parallel_for(const Work& work, std::size_t count,
                  const std::function<void(std::size_t, std::size_t)>& item) {
  if (count == 0) return;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  run_workers(work, std::min(work.threads, count), [&](std::size_t worker) {
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
