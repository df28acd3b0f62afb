#pragma once

#include "command.hpp"
#include "compose/pipeline_source.hpp"
#include "engine/config_print.hpp"
#include "engine/run_settings.hpp"

#include <string>

namespace weir::app {

/// What `weir config` and `nextflow config` print.
struct ConfigQuestion {
  engine::RunSettings settings;
  engine::ConfigForm form;
  std::string value;     ///< only this setting; empty: all
  SourceRequest source;  ///< of a pipeline that is named as a repository
};

/// Throws Error: `usage` for a configuration with errors, `not_found` for a setting that is not
/// there.
[[nodiscard]] ExitStatus print_configuration(Context& context, ConfigQuestion question);

}  // namespace weir::app
