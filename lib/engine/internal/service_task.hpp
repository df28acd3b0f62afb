#pragma once

#include "engine/service_process.hpp"
#include "engine/service_settings.hpp"
#include "engine/task_directory.hpp"
#include "engine/task_spec.hpp"

#include <string>
#include <vector>

/// What the task of a service process is to its supervisor.
namespace weir::engine::internal {

/// A directory of its own, filled like that of any task.
struct PreparedLaunch {
  ServiceLaunch launch;  ///< `failure` says why there is none
  std::string work_dir;
  std::string hash;
};
/// Blocks; runs on the pool. Throws nothing but out of memory.
[[nodiscard]] PreparedLaunch prepare_launch(const TaskSpec& spec, const ServiceSettings& settings,
                                            const DirectoryOptions& directories,
                                            const std::vector<std::string>& inherited);

/// Of a service that is ready, for its consumers: a name without a pattern is taken as it is.
[[nodiscard]] std::vector<FoundPaths> find_outputs(const TaskSpec& spec, const std::string& folder);

/// What a service adds to the keys of its consumers: script, interpreter, container, its own input
/// keys, names of its outputs. Not: paths, times, ports, probes, hints (2.5, consumer key rule).
[[nodiscard]] std::string service_identity(const TaskSpec& spec);

}  // namespace weir::engine::internal
