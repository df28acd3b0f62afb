#pragma once

#include "base/event_loop.hpp"
#include "base/process_memory.hpp"
#include "engine/task_spec.hpp"

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>

namespace weir::engine {

/// Looks from time to time at the memory of the tasks that run, for what the kernel does not count
/// up to a task's end: the address space, and what several programs hold together. Soon after a
/// task was added, then less and less often.
///
/// Of the loop's thread.
class MemoryWatch {
 public:
  explicit MemoryWatch(base::EventLoop& loop) : loop_(loop) {}
  ~MemoryWatch() { loop_.cancel(timer_); }
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  void add(TaskId task, pid_t leader);
  /// The most that was seen of it, each number for itself; nothing when it ended before the first
  /// look. A task that was not added has not been seen.
  [[nodiscard]] std::optional<base::ProcessMemory> remove(TaskId task);

 private:
  struct Watched {
    pid_t leader = 0;
    std::optional<base::ProcessMemory> most;
  };
  void look();
  void look_after(std::chrono::milliseconds delay);

  base::EventLoop& loop_;
  base::EventLoop::Id timer_ = 0;
  std::chrono::milliseconds delay_{0};
  std::map<TaskId, Watched> tasks_;
};

}  // namespace weir::engine
