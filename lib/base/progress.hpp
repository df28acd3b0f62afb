#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::base {

/// How far one piece of work is.
struct Progress {
  std::string_view name;
  std::string_view stage;             ///< the present part of the work
  std::int64_t done_bytes = 0;        ///< of this stage
  std::int64_t total_bytes = 0;       ///< 0: unknown
  std::chrono::nanoseconds spent{0};  ///< in this stage
};

/// One line for a terminal of `columns` cells, never longer:
/// "calls.vcf  load  [######..........]  38%  45.2 MB of 120 MB  98 MB/s  1s left". In a narrow
/// one the parts that matter least go first: the bar, then the name's beginning.
[[nodiscard]] std::string progress_line(const Progress& progress, std::size_t columns);

}  // namespace weir::base
