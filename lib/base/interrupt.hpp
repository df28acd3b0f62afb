#pragma once

#include <atomic>

namespace weir::base {

/// Turns INT, TERM and HUP into a flag while the object lives, for commands without an event loop.
/// A second signal acts as if nobody watched. One object at a time.
class InterruptWatch {
 public:
  InterruptWatch();
  /// Puts the former actions back.
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  /// True once a signal has come.
  [[nodiscard]] const std::atomic<bool>& requested() const;
  /// The first signal, or 0.
  [[nodiscard]] int signal_number() const;
};

}  // namespace weir::base
