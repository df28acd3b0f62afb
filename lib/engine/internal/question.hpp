#pragma once

#include "base/event_loop.hpp"
#include "base/thread_pool.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace weir::engine::internal {

/// One question at a time to somebody who is waited for on a thread; the answer comes by the loop,
/// unless the question was given up, or its object destroyed, before.
template <typename Answer>
class Question {
 public:
  /// Blocks, on a thread; looks at `stop`, by which it is told that nobody wants to know any more.
  using Work = std::function<Answer(const std::atomic<bool>& stop)>;
  using Take = std::function<void(const Answer&)>;

  Question() = default;
  ~Question() { give_up(); }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  void ask(base::EventLoop& loop, base::ThreadPool& threads, Work work, Take take) {
    give_up();
    open_ = std::make_shared<Open>();
    open_->asker = this;
    open_->take = std::move(take);
    threads.submit([&loop, work = std::move(work), open = open_] {
      if (open->stop) return;
      loop.post([open, answer = work(open->stop)] {
        if (open->asker != nullptr) open->asker->answered(answer);
      });
    });
  }

  /// `take` is not called any more; the work ends when it looks at `stop`.
  void give_up() {
    if (!open_) return;
    open_->asker = nullptr;
    open_->take = nullptr;  // here, since the thread may be the last to hold `open_`
    open_->stop = true;
    open_.reset();
  }

 private:
  struct Open {
    Question* asker = nullptr;  // these two: of the loop's thread alone
    Take take;
    std::atomic<bool> stop{false};
  };

  /// `take` may destroy this object.
  void answered(const Answer& answer) {
    const Take take = std::move(std::exchange(open_, nullptr)->take);
    take(answer);
  }

  std::shared_ptr<Open> open_;
};

}  // namespace weir::engine::internal
