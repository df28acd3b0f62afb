#include "engine/software_settings.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

namespace weir::engine {
namespace {

constexpr std::array k_engines{ContainerEngine::docker, ContainerEngine::podman,
                               ContainerEngine::singularity, ContainerEngine::apptainer};
constexpr std::array<std::string_view, 3> k_other_engines{"charliecloud", "shifter", "sarus"};

std::string variable(const RunSettings& settings, std::string_view name) {
  return base::variable_in(settings.environment, name).value_or("");
}

/// The names of a list, or of a text with commas.
std::vector<std::string> names_of(const lang::Value* value) {
  std::vector<std::string> names;
  if (value == nullptr || value->is_null()) return names;
  if (lang::is_collection(*value)) {
    for (const lang::Value& item : lang::elements_of(*value)) names.push_back(lang::to_text(item));
    return names;
  }
  const std::string text = lang::to_text(*value);
  for (const std::string_view part : base::split(text, ',')) {
    if (!base::trim(part).empty()) names.emplace_back(base::trim(part));
  }
  return names;
}

std::int64_t seconds_of(const Config& config, const std::string& name, std::int64_t otherwise) {
  const auto* const value = config.find(name);
  if (value != nullptr && value->kind() == lang::Kind::duration) return value->as_int64() / 1000;
  const auto given = base::parse_duration(config.text(name));
  return given ? given->count() / 1000 : otherwise;
}

CondaSettings read_conda(const Config& config, const RunSettings& run,
                         const std::string& work_dir) {
  CondaSettings settings;
  settings.enabled = config.flag("conda.enabled", variable(run, "NXF_CONDA_ENABLED") == "true");
  if (config.flag("conda.useMamba")) settings.program = "mamba";
  if (config.flag("conda.useMicromamba")) settings.program = "micromamba";
  settings.create_options = config.text("conda.createOptions");
  if (config.find("conda.channels") != nullptr)
    settings.channels = names_of(config.find("conda.channels"));
  settings.create_seconds_max =
      seconds_of(config, "conda.createTimeout", settings.create_seconds_max);
  settings.cache_dir = config.text("conda.cacheDir", variable(run, "NXF_CONDA_CACHEDIR"));
  if (settings.cache_dir.empty()) settings.cache_dir = work_dir + "/conda";
  settings.cache_dir =
      (std::filesystem::path(run.launch_dir) / settings.cache_dir).lexically_normal().string();
  return settings;
}

}  // namespace

ContainerSettings read_container_settings(const Config& config, const RunSettings& run,
                                          const std::string& work_dir, ContainerEngine engine) {
  ContainerSettings settings;
  const std::string scope(name_of(engine));
  const auto text = [&](const char* name) { return config.text(scope + "." + name); };
  const auto flag = [&](const char* name, bool otherwise) {
    return config.flag(scope + "." + name, otherwise);
  };
  settings.engine = engine;
  settings.registry = text("registry");
  settings.registry_override = flag("registryOverride", false);
  settings.run_options = text("runOptions");
  settings.engine_options = text("engineOptions");
  settings.mount_flags = text("mountFlags");
  settings.temp = text("temp");
  settings.forwarded = names_of(config.find(scope + ".envWhitelist"));
  settings.sudo = flag("sudo", false);
  settings.tty = flag("tty", false);
  settings.remove = flag("remove", true);
  settings.auto_mounts = flag("autoMounts", true);
  settings.no_https = flag("noHttps", false);
  settings.fix_ownership = flag("fixOwnership", false);
  if (config.find(scope + ".ociMode") != nullptr) settings.oci_mode = flag("ociMode", false);
  settings.oci_auto_pull = flag("ociAutoPull", false);
  settings.resource_limits = flag("resourceLimits", false);
  settings.cpu_limits = flag("cpuLimits", false);
  settings.legacy = flag("legacy", false);
  settings.writable_inputs = flag("writableInputMounts", true);
  settings.pull_seconds_max = seconds_of(config, scope + ".pullTimeout", settings.pull_seconds_max);
  const std::string upper = engine == ContainerEngine::apptainer ? "APPTAINER" : "SINGULARITY";
  settings.cache_dir = text("cacheDir");
  if (settings.cache_dir.empty()) settings.cache_dir = variable(run, "NXF_" + upper + "_CACHEDIR");
  if (settings.cache_dir.empty()) settings.cache_dir = work_dir + "/" + scope;
  settings.library_dir = text("libraryDir");
  if (settings.library_dir.empty())
    settings.library_dir = variable(run, "NXF_" + upper + "_LIBRARYDIR");
  settings.cache_dir =
      (std::filesystem::path(run.launch_dir) / settings.cache_dir).lexically_normal().string();
  return settings;
}

SoftwareSettings read_software_settings(const Config& config, const RunSettings& settings,
                                        const std::string& work_dir) {
  SoftwareSettings software;
  for (const ContainerEngine engine : k_engines) {
    if (!config.flag(fmt::format("{}.enabled", name_of(engine)))) continue;
    if (software.container) {
      throw Error(ErrorKind::usage,
                  fmt::format("two container engines are enabled: {} and {}",
                              name_of(software.container->engine), name_of(engine)))
          .with_hint("enable one of them, or give -without-docker and the like");
    }
    software.container = read_container_settings(config, settings, work_dir, engine);
  }
  for (const std::string_view engine : k_other_engines) {
    if (!config.flag(fmt::format("{}.enabled", engine))) continue;
    throw Error(ErrorKind::usage, fmt::format("the container engine '{}' is not supported", engine))
        .with_hint("use docker, podman, singularity or apptainer");
  }
  software.conda = read_conda(config, settings, work_dir);
  return software;
}

}  // namespace weir::engine
