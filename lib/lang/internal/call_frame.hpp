#pragma once

#include "lang/internal/evaluator.hpp"

namespace weir::lang {

/// One call in progress: counts the depth, bounds the C++ stack, and asks from time to time whether
/// the run was cancelled.
class CallGuard {
 public:
  CallGuard(Interpreter& interpreter, Interpreter::State& state,
            const Interpreter::Options& options)
      : state_(state) {
    if (++state_.steps >= options.steps_per_check) {
      state_.steps = 0;
      interpreter.host().check_cancelled();
    }
    const char here = 0;
    if (state_.depth == 0) state_.stack_base = &here;
    const std::ptrdiff_t used = state_.stack_base - &here;
    if (state_.depth >= options.depth_max ||
        used > static_cast<std::ptrdiff_t>(options.stack_bytes_max)) {
      throw script_error("StackOverflowError",
                         "calls are nested too deeply (" + std::to_string(state_.depth) +
                             " levels); is a function calling itself without end?");
    }
    ++state_.depth;
  }
  ~CallGuard() { --state_.depth; }
  CallGuard(const CallGuard&) = delete;
  CallGuard& operator=(const CallGuard&) = delete;

 private:
  Interpreter::State& state_;
};

/// Slots of one call.
class SlotFrame {
 public:
  SlotFrame(SlotStack& stack, std::uint32_t count)
      : stack_(stack), count_(count), slots_(stack.take(count)) {}
  ~SlotFrame() { stack_.release(slots_, count_); }
  SlotFrame(const SlotFrame&) = delete;
  SlotFrame& operator=(const SlotFrame&) = delete;
  [[nodiscard]] Value* slots() const { return slots_; }

 private:
  SlotStack& stack_;
  std::uint32_t count_;
  Value* slots_;
};

}  // namespace weir::lang
