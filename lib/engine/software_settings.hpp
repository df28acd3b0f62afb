#pragma once

#include "engine/conda_command.hpp"
#include "engine/config.hpp"
#include "engine/container_command.hpp"
#include "engine/run_settings.hpp"

#include <optional>
#include <string>

namespace weir::engine {

/// How the tasks of a run get their programs: the scopes `docker`, `podman`, `singularity`,
/// `apptainer` and `conda` of the configuration.
struct SoftwareSettings {
  std::optional<ContainerSettings> container;  ///< of the engine that is enabled, if one is
  CondaSettings conda;
};

/// The scope of one engine, whether or not it is enabled.
[[nodiscard]] ContainerSettings read_container_settings(const Config& config,
                                                        const RunSettings& settings,
                                                        const std::string& work_dir,
                                                        ContainerEngine engine);

/// Reads the scopes; `work_dir` holds caches that are not set otherwise. Throws Error (usage) when
/// two engines are enabled, or one that weir does not know how to call.
[[nodiscard]] SoftwareSettings read_software_settings(const Config& config,
                                                      const RunSettings& settings,
                                                      const std::string& work_dir);

}  // namespace weir::engine
