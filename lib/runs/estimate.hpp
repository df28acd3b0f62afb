#pragma once

#include "jobs/job.hpp"

#include <cstdint>
#include <optional>

namespace weir::jobs {
class JobStore;
}

namespace weir::runs {

/// How many tasks a run will have, judged by earlier ones like it: the median over the newest that
/// succeeded with the same pipeline, launch directory, engine and parameters, values that are paths
/// apart (run-control 5.5). Nothing with fewer than three of them.
[[nodiscard]] std::optional<std::int64_t> estimated_total(jobs::JobStore& store,
                                                          const jobs::Job& run);

}  // namespace weir::runs
