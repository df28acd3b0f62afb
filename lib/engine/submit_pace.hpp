#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace weir::engine {

/// Time between two starts at a rate as upstream spells it: "10" and "10 sec" (ten a second),
/// "100 min" (a hundred a minute), "50/2min". Nothing for other text.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_submit_rate(std::string_view text);

/// Spaces starts out (`executor.submitRateLimit`). Decides only: who asks brings the time.
class SubmitPace {
 public:
  /// Zero: no limit.
  explicit SubmitPace(std::chrono::nanoseconds interval) : interval_(interval) {}

  [[nodiscard]] bool is_limited() const { return interval_.count() > 0; }
  /// How long the next start has to wait; zero or less: it may begin.
  [[nodiscard]] std::chrono::nanoseconds wait(base::BootTime now) const { return next_ - now; }
  void taken(base::BootTime now) {
    before_ = next_;
    next_ = now + interval_;
  }
  /// What was taken last did not start after all.
  void give_back() { next_ = before_; }

 private:
  std::chrono::nanoseconds interval_;
  base::BootTime next_{0};
  base::BootTime before_{0};
};

}  // namespace weir::engine
