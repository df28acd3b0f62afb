#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace weir::base {

/// One thread's loop of descriptors, timers, signals and messages from other threads (Asio
/// underneath).
///
/// Everything but `post` and `stop` belongs to the loop's thread. Handlers must not block.
/// Exceptions from handlers leave `run` and can be handled by its caller.
class EventLoop {
 public:
  using Handler = std::function<void()>;
  using Id = std::uint64_t;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs handlers until `stop()` or until nothing is left to wait for (see `hold`).
  void run();
  /// Runs what is ready, without waiting. Returns the number of handlers run.
  std::size_t poll();
  /// Makes `run` return after the current handler. From any thread.
  void stop();

  /// Queues a handler. From any thread; the only way in for other threads.
  void post(Handler handler);
  /// Runs `handler` once after `delay`.
  Id after(std::chrono::nanoseconds delay, Handler handler);
  /// Calls `handler` whenever `fd` is readable, until `cancel`. The caller keeps the descriptor
  /// open until then.
  Id on_readable(int fd, Handler handler);
  /// Calls `handler` whenever `fd` is writable or failed, until `cancel`. A copy is watched, so
  /// one descriptor may be watched for both; the caller may close its own.
  Id on_writable(int fd, Handler handler);
  /// Calls `handler` for each delivery of `signal` until `cancel`.
  Id on_signal(int signal, std::function<void(int)> handler);
  /// Forgets a timer, descriptor or signal. Unknown ids are ignored. The handler does not run
  /// afterwards.
  void cancel(Id id);

  /// Keeps `run` going while work is under way elsewhere (a pool, a child). Counted; pair with
  /// `release`.
  void hold();
  void release();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::base
