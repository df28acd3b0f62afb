#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

enum class ContainerEngine { docker, podman, singularity, apptainer };

/// What the engine's scope of the configuration says, as far as it changes the command line.
struct ContainerSettings {
  ContainerEngine engine = ContainerEngine::docker;
  std::string registry;            ///< put before images that name none
  bool registry_override = false;  ///< put `registry` in the place of the one that an image names
  std::string run_options;     ///< for `run`; goes to the shell as it is: `-u $(id -u):$(id -g)`
  std::string engine_options;  ///< between the engine and its command; as it is
  std::string mount_flags;     ///< behind each mount: "z"
  std::string temp;            ///< mounted as /tmp; "auto" makes a folder for each task
  std::string cache_dir;       ///< where image files are kept (singularity, apptainer)
  std::string library_dir;     ///< where they are looked for first; may be empty
  std::vector<std::string> forwarded;  ///< names of variables of weir's own environment
  bool sudo = false;
  bool tty = false;
  bool remove = true;  ///< the container, after its end (docker, podman)
  bool auto_mounts = true;
  bool no_https = false;  ///< when an image is pulled (singularity, apptainer)
  bool fix_ownership = false;
  std::optional<bool> oci_mode;  ///< `--oci`, `--no-oci` or neither (singularity)
  bool oci_auto_pull = false;    ///< the engine fetches images itself (singularity, apptainer)
  bool resource_limits = false;  ///< hold the task to cores and memory (singularity, apptainer)
  bool cpu_limits = false;       ///< hold the task to its cores instead of weighing it by them
  bool legacy = false;           ///< a docker without `--cpu-shares`
  bool writable_inputs = true;   ///< no: only the task's own folder can be written to (docker)
  std::int64_t pull_seconds_max = 20 * 60;

  [[nodiscard]] bool uses_oci() const { return oci_mode.value_or(false); }
};

/// One task in a container.
struct ContainerTask {
  std::string image;    ///< as `image_reference` gives it
  std::string options;  ///< `containerOptions`; to the shell as it is
  std::string platform;
  double cpus = 1;
  std::int64_t memory_bytes = 0;         ///< 0: no limit
  std::vector<std::string> mounts;       ///< folders, each mounted at its own name
  std::vector<std::string> forwarded;    ///< variables of the wrapper that the task gets, too
  bool in_scratch = false;               ///< the shell's folder is none of `mounts`
  std::string exports;                   ///< shell commands before the task, inside
  std::vector<std::string> interpreter;  ///< "/bin/bash", "-ue", "/w/ab/cd/.command.sh"
};

/// "docker": the program's name and its scope in the configuration.
[[nodiscard]] std::string_view name_of(ContainerEngine engine);
/// Whether containers are children of a daemon or monitor, to be stopped by their name.
[[nodiscard]] constexpr bool has_named_containers(ContainerEngine engine) {
  return engine == ContainerEngine::docker || engine == ContainerEngine::podman;
}

/// The image with the configured registry, or the image file that stands for it.
[[nodiscard]] std::string image_reference(const ContainerSettings& settings,
                                          std::string_view image);

/// The folders to mount so that every one of `paths` (absolute) is seen inside: their parents,
/// without those below another one. Many of them are replaced by what they have in common.
[[nodiscard]] std::vector<std::string> mount_folders(const std::vector<std::string>& paths);

/// Shell lines that set `weir_image` and bring an image file into the cache, once for all tasks and
/// runs: under a lock, by rename. Empty where the engine keeps images itself.
[[nodiscard]] std::string pull_snippet(const ContainerSettings& settings, std::string_view image);

/// The command that runs the task, for a shell whose folder is the task's and which has set
/// `weir_box`; without redirections.
[[nodiscard]] std::string container_command(const ContainerSettings& settings,
                                            const ContainerTask& task);

}  // namespace weir::engine
