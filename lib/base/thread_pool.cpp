#include "base/thread_pool.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace weir::base {

struct ThreadPool::State {
  State(std::size_t thread_limit, std::size_t queue_limit)
      : threads_max(thread_limit), queue_max(queue_limit) {}

  const std::size_t threads_max;
  const std::size_t queue_max;
  // Everything below is guarded by `mutex`.
  std::mutex mutex;
  std::condition_variable work_ready;
  std::condition_variable room;
  std::condition_variable idle;
  std::deque<std::function<void()>> queue;
  std::vector<std::thread> threads;
  std::size_t waiting = 0;
  std::size_t running = 0;
  bool closed = false;

  void serve() {
    std::unique_lock lock(mutex);
    while (true) {
      ++waiting;
      work_ready.wait(lock, [&] { return closed || !queue.empty(); });
      --waiting;
      if (queue.empty()) return;
      std::function<void()> work = std::move(queue.front());
      queue.pop_front();
      ++running;
      room.notify_one();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
      --running;
      if (queue.empty() && running == 0) idle.notify_all();
    }
  }
};

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue_max)
    : state_(std::make_unique<State>(std::max<std::size_t>(threads, 1), queue_max)) {}

ThreadPool::~ThreadPool() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->closed = true;
  }
  state_->work_ready.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void ThreadPool::submit(std::function<void()> work) {
  std::unique_lock lock(state_->mutex);
  state_->room.wait(lock, [&] { return state_->queue.size() < state_->queue_max; });
  state_->queue.push_back(std::move(work));
  if (state_->waiting < state_->queue.size() && state_->threads.size() < state_->threads_max) {
    state_->threads.emplace_back([state = state_.get()] { state->serve(); });
  }
  // Who is woken while the lock is held runs into it and sleeps again.
  lock.unlock();
  state_->work_ready.notify_one();
}

void ThreadPool::wait_idle() {
  std::unique_lock lock(state_->mutex);
  state_->idle.wait(lock, [&] { return state_->queue.empty() && state_->running == 0; });
}

std::size_t ThreadPool::threads() const {
  return state_->threads_max;
}

}  // namespace weir::base
