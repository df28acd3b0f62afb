#pragma once

#include "command.hpp"
#include "compose/param_check.hpp"
#include "compose/pipeline_source.hpp"
#include "compose/run_control.hpp"
#include "engine/run_settings.hpp"

#include <functional>
#include <optional>
#include <string>

namespace weir::app {

/// How a run talks and what statuses it ends with.
enum class RunStyle {
  weir,      ///< remarks on standard error, the suite's exit statuses, one run per launch directory
  upstream,  ///< remarks on standard output, upstream's statuses, `.nextflow.log`
};

/// A run as asked for on the command line.
struct PipelineRequest {
  engine::RunSettings settings;
  SourceRequest source;  ///< of a script that names a repository
  RunStyle style = RunStyle::weir;
  bool quiet = false;
  bool plain = false;       ///< lines for each task also on a terminal
  bool background = false;  ///< upstream's `-bg`
  RunControl control;       ///< how it is let in, followed and ended
  ParamCheck check_params;  ///< may be empty
  std::string log_file;     ///< upstream's `-log`; empty: `.nextflow.log`
};

/// Runs a pipeline to its end, recorded as a job of kind run; or does what its control says when
/// that is something else (attach, detach, a busy lane).
[[nodiscard]] ExitStatus run_pipeline(Context& context, PipelineRequest request);

/// Fills what every run takes from the surroundings: folders, environment, user.
void fill_surroundings(const Context& context, engine::RunSettings& settings);

/// `--name value`, `--name=value` and lone `--name` as parameters.
[[nodiscard]] std::vector<engine::ParamOverride> params_of(
    const std::vector<std::string>& arguments);

}  // namespace weir::app
