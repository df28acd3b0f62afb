#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::jobs {

class JobStore;

/// What history keeps by itself.
struct Retention {
  std::int64_t keep = 0;      ///< the newest so many that ended, whatever their age
  std::chrono::hours age{0};  ///< beyond those, remove what ended longer ago
};

/// Removes what the rules let go, a bounded number at a time, when the last time was long enough
/// ago. Age is by the wall clock; when that has jumped since the last time (by more than ten
/// minutes against the boot clock), nothing is removed and one warning is written.
std::vector<std::string> retain(JobStore& store, const Retention& retention);

}  // namespace weir::jobs
