#pragma once

#include "command.hpp"
#include "compose/run_control.hpp"
#include "jobs/job_store.hpp"

#include <optional>
#include <string>

namespace weir::app {

/// How a run of somebody else is followed.
struct FollowStyle {
  bool events = false;  ///< NDJSON instead of the run's own words
  bool json = false;    ///< one document at the end
  bool quiet = false;   ///< nothing on the way
  bool outcome = true;  ///< end with the run's status, not with 0
};

/// Prints what the run says from its beginning until its end, as its owner would. Signals end the
/// following alone. The run's own status (`run_status_of`), 128 + signal, or `lost` when its record
/// was removed meanwhile.
[[nodiscard]] ExitStatus follow_run(Context& context, jobs::JobStore& store, const std::string& id,
                                    const FollowStyle& style);

/// The run that `--attach` means: an id, or the active one of the lane or of this folder.
[[nodiscard]] std::string run_to_attach(jobs::JobStore& store, const RunControl& control,
                                        const std::string& launch_dir);

}  // namespace weir::app
