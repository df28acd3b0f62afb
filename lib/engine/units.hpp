#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir::engine {

/// Sizes and durations as upstream's messages and trace print them: at most one decimal, none when
/// it is zero
/// ("64 GB", "1.5 GB", "1s", "2.1s", "1h 2m").
[[nodiscard]] std::string size_text(std::int64_t bytes);
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

}  // namespace weir::engine
