#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weir::genomics {

/// What a stretch of text holds, found in one pass over it.
struct ByteSurvey {
  std::uint32_t newlines = 0;
  bool high = false;     ///< a byte of 0x80 and above: not ASCII
  bool control = false;  ///< a control character other than tab and newline; NUL is one

  /// Adds what another stretch holds.
  void add(const ByteSurvey& other);
};

[[nodiscard]] ByteSurvey survey(std::span<const std::uint8_t> bytes);
[[nodiscard]] inline ByteSurvey survey(std::string_view text) {
  return survey({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace weir::genomics
