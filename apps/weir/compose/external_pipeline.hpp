#pragma once

#include "compose/pipeline_run.hpp"
#include "compose/run_control.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::app {

/// A run of `--engine nextflow` or `--engine exec`.
struct ExternalRequest {
  RunControl control;
  engine::RunSettings settings;  ///< of it: script, params, params file, profiles, folders, resume
  std::string revision;
  std::vector<std::string> arguments;  ///< after `--`: the command of exec; more for nextflow
  ParamCheck check_params{};           ///< may be empty
};

/// Runs it to its end as a job of kind run, supervised by this process; or does what its control
/// says when that is something else.
[[nodiscard]] ExitStatus run_external(Context& context, ExternalRequest request);

/// Takes over a run of an external engine whose supervisor is gone, until its end. Nothing to do
/// when somebody else did.
[[nodiscard]] ExitStatus supervise_orphan(Context& context, const std::string& id);

}  // namespace weir::app
