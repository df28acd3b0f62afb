#pragma once

#include "compose/run_history.hpp"

namespace weir::app {

/// What `weir clean` and `nextflow clean` are asked to do.
struct CleanRequest {
  RunChoice runs;          ///< nothing chosen: the last one
  bool dry_run = false;    ///< only say what would be removed
  bool force = false;      ///< really remove
  bool keep_logs = false;  ///< remove what tasks made, keep what they were and said
  bool quiet = false;
};

/// Removes the task directories of runs. A directory that a run which stays used too (it took the
/// results from there) stays. Throws Error: `not_found` for a run, `usage` when neither `force` nor
/// `dry_run` is said, `busy` for a run that is active.
[[nodiscard]] ExitStatus clean_runs(Context& context, const CleanRequest& request);

}  // namespace weir::app
