#pragma once

#include "base/clock.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

/// Times of the week, in a time zone: "Mon-Fri 20:00-06:00 Europe/Berlin; Sat,Sun 00:00-24:00".
///
/// The days are those on which a window begins; one whose end is not after its begin goes over
/// midnight. Without days: every day. Without a zone: the machine's. Evaluated by the local time of
/// day, so a window may be an hour longer or shorter when the clocks change.
class TimeWindow {
 public:
  /// Throws Error (usage) naming the part that is wrong, and for windows that are never open.
  explicit TimeWindow(const std::string& text);

  [[nodiscard]] bool contains(base::WallTime time) const;
  /// From an open moment until it closes, at most a week; 0 when it is closed.
  [[nodiscard]] std::chrono::minutes open_for(base::WallTime time) const;
  /// Until it opens; nothing when it does not within the next eight days.
  [[nodiscard]] std::optional<std::chrono::minutes> opens_in(base::WallTime time) const;

 private:
  struct Part {
    std::array<bool, 7> days{};  ///< from Sunday
    int from = 0;                ///< minutes of the day
    int to = 0;                  ///< up to 24:00
  };
  class Zone;
  void parse_part(std::string_view text);

  std::vector<Part> parts_;
  std::shared_ptr<const Zone> zone_;
};

}  // namespace weir::engine
