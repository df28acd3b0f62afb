#include "engine/internal/service_task.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "engine/command_files.hpp"
#include "engine/probe.hpp"

#include <algorithm>
#include <utility>

namespace weir::engine::internal {
namespace {

/// What must be there before a service is ready, from its declared outputs. Throws Error (usage).
std::vector<ProbeSpec> output_probes(const TaskSpec& spec, const ServiceSettings& settings) {
  std::vector<ProbeSpec> probes;
  for (const PathOutput& output : spec.path_outputs) {
    if (output.optional) {
      throw Error(
          ErrorKind::usage,
          "an output of a service cannot be optional: nobody could tell when it is complete");
    }
    for (const std::string& pattern : output.patterns) {
      ProbeSpec probe;
      probe.glob = output.glob && base::Glob::is_pattern(pattern);
      probe.target = probe.glob ? pattern : base::Glob::unescape(pattern);
      probe.allow_empty = settings.allow_empty;
      probe.endpoint = std::find(settings.endpoints.begin(), settings.endpoints.end(),
                                 probe.target) != settings.endpoints.end();
      if (probe.glob && pattern.find('/') != std::string::npos)
        throw Error(ErrorKind::usage,
                    "output '" + pattern + "': patterns of services must name files of one folder");
      if (output.arity) {
        probe.count_min = output.arity->min;
        probe.count_max = output.arity->max;
      }
      probes.push_back(std::move(probe));
    }
  }
  return probes;
}

}  // namespace

std::vector<FoundPaths> find_outputs(const TaskSpec& spec, const std::string& folder) {
  std::vector<FoundPaths> all;
  for (const PathOutput& output : spec.path_outputs) {
    FoundPaths found;
    for (const std::string& pattern : output.patterns) {
      if (output.glob && base::Glob::is_pattern(pattern)) {
        for (std::string& name : matching_names(folder, pattern))
          found.names.push_back(std::move(name));
      } else {
        found.names.push_back(base::Glob::unescape(pattern));
      }
    }
    all.push_back(std::move(found));
  }
  return all;
}

PreparedLaunch prepare_launch(const TaskSpec& spec, const ServiceSettings& settings,
                              const DirectoryOptions& directories,
                              const std::vector<std::string>& inherited) {
  PreparedLaunch result;
  try {
    result.launch.outputs = output_probes(spec, settings);
    fetch_inputs(spec, directories);
    PreparedTask prepared = claim_directory(make_key(spec, directories), 0, directories);
    fill_directory(spec, directories, prepared);
    result.work_dir = prepared.work_dir;
    result.hash = prepared.hash;
    result.launch.argv = std::move(prepared.argv);
    result.launch.directory = prepared.work_dir;
    result.launch.environment = task_environment(spec, prepared.work_dir, inherited);
    result.launch.output_path = prepared.work_dir + "/.command.out";
    result.launch.error_path = prepared.work_dir + "/.command.err";
  } catch (const Error& error) {  // a step on the pool: handed over as a value
    result.launch.failure = error.what();
  }
  return result;
}

std::string service_identity(const TaskSpec& spec) {
  base::FastHasher hasher;
  hasher.update_sized("service/1");
  hasher.update_sized(spec.script);
  for (const std::string& word : spec.shell) hasher.update_sized(word);
  hasher.update_sized(spec.container);
  for (const KeyPart& part : spec.key) {
    hasher.update_sized(part.name);
    hasher.update_sized(part.text);
    if (!part.has_files) continue;
    // Every second piece is a file's path: what the disk says about it belongs to the identity.
    const auto pieces = base::split(part.text, k_file_mark);
    for (std::size_t i = 1; i < pieces.size(); i += 2) {
      const auto info = base::file_info(std::string(pieces[i]));
      hasher.update_u64(info ? static_cast<std::uint64_t>(info->size_bytes) : 0);
      hasher.update_u64(info ? static_cast<std::uint64_t>(info->mtime_ns) : 0);
    }
  }
  for (const PathOutput& output : spec.path_outputs) {
    for (const std::string& pattern : output.patterns) hasher.update_sized(pattern);
  }
  return hasher.finish().hex();
}

}  // namespace weir::engine::internal
