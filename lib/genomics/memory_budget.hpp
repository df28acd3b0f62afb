#pragma once

#include "genomics/processor.hpp"

#include <cstddef>

namespace weir::genomics {

/// How the one memory limit of a request is divided.
struct MemoryBudget {
  std::size_t piece_bytes = 0;  ///< of the source, read at a time
  std::size_t run_bytes = 0;    ///< for records and what is kept of each
  /// With as much (and two records) the first run is full already.
  std::size_t first_run_bytes = 0;
  std::size_t merge_runs = 0;   ///< that can be merged at a time
  /// Huge pages are faster to get, but round every array up by as much as 2 MiB.
  bool huge_pages = true;

  explicit MemoryBudget(const ProcessRequest& request);
  /// For records that are looked at once, in order: short runs, whose memory stays in the
  /// processor's cache, the first of them no more than a look at whether there is an order.
  [[nodiscard]] MemoryBudget for_stream() const;
};

}  // namespace weir::genomics
