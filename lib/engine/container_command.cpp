#include "engine/container_command.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace weir::engine {
namespace {

using base::shell_quote;

// Beyond this many, folders are replaced by what they have in common: command lines have an end.
constexpr std::size_t k_mounts_max = 48;

bool keeps_images(ContainerEngine engine) {
  return has_named_containers(engine);
}

/// "quay.io/x/y" names its registry, "ubuntu" and "x/y" do not.
std::string_view registry_of(std::string_view image) {
  const std::size_t slash = image.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view first = image.substr(0, slash);
  const bool names_host =
      first.find_first_of(".:") != std::string_view::npos || first == "localhost";
  return names_host ? first : std::string_view();
}

std::string with_registry(const ContainerSettings& settings, std::string_view image) {
  if (settings.registry.empty()) return std::string(image);
  const std::string_view own = registry_of(image);
  if (!own.empty() && !settings.registry_override) return std::string(image);
  if (!own.empty()) image.remove_prefix(own.size() + 1);
  const std::string_view slash = settings.registry.ends_with('/') ? "" : "/";
  return fmt::format("{}{}{}", settings.registry, slash, image);
}

bool has_scheme(std::string_view image) {
  static constexpr std::array<std::string_view, 8> k_schemes{
      "docker://", "docker-daemon:", "shub://",  "library://",
      "oras://",   "http://",        "https://", "docker-archive:"};
  return std::any_of(k_schemes.begin(), k_schemes.end(),
                     [&](std::string_view scheme) { return image.starts_with(scheme); });
}

/// The name of an image's file: what stands behind the scheme, with dashes.
std::string file_name_of(std::string_view reference) {
  const std::size_t scheme = reference.find("://");
  std::string name(scheme == std::string_view::npos ? reference : reference.substr(scheme + 3));
  for (char& c : name) {
    if (c == ':' || c == '/') c = '-';
  }
  const bool has_extension =
      name.ends_with(".img") || name.ends_with(".sif") || name.ends_with(".simg");
  return has_extension ? name : name + ".img";
}

std::string common_parent(const std::string& a, const std::string& b) {
  std::size_t end = 0;
  for (std::size_t i = 0; i <= std::min(a.size(), b.size()); ++i) {
    const bool a_ends = i == a.size() || a[i] == '/';
    const bool b_ends = i == b.size() || b[i] == '/';
    if (a_ends && b_ends) end = i;
    if (i == a.size() || i == b.size() || a[i] != b[i]) break;
  }
  return a.substr(0, end);
}

/// Sorted, without what lies below another one.
std::vector<std::string> outermost(const std::set<std::string>& folders) {
  std::vector<std::string> kept;
  for (const std::string& folder : folders) {
    const bool below = std::any_of(kept.begin(), kept.end(), [&](const std::string& outer) {
      return folder.starts_with(outer + "/");
    });
    if (!below) kept.push_back(folder);
  }
  return kept;
}

std::string words_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + shell_quote(word);
  return text;
}

/// Inside the container, the task's environment is set before its interpreter starts.
std::string inner_command(const ContainerTask& task, bool gives_files_back) {
  const std::string task_words = words_of(task.interpreter);
  if (gives_files_back) {
    return "/bin/sh -c " +
           shell_quote(task.exports + task_words +
                       "; weir_status=$?; chown -fR \"$NXF_OWNER\" \"$NXF_TASK_WORKDIR\"; "
                       "exit $weir_status");
  }
  if (task.exports.empty()) return task_words;
  return "/bin/sh -c " + shell_quote(task.exports + "exec " + task_words);
}

std::string docker_command(const ContainerSettings& settings, const ContainerTask& task) {
  std::string text = settings.sudo ? "sudo " : "";
  text += name_of(settings.engine);
  if (!settings.engine_options.empty()) text += " " + settings.engine_options;
  text += " run -i";
  if (settings.cpu_limits) {
    text += fmt::format(" --cpus {}", task.cpus);
  } else if (!settings.legacy) {
    text += fmt::format(" --cpu-shares {}",
                        std::max<std::int64_t>(2, std::llround(std::ceil(task.cpus * 1024))));
  }
  if (task.memory_bytes > 0) text += fmt::format(" --memory {}m", task.memory_bytes >> 20);
  if (!task.platform.empty()) text += " --platform " + shell_quote(task.platform);
  if (settings.tty) text += " -t";
  text += " -e \"NXF_TASK_WORKDIR\"";
  if (settings.fix_ownership) text += " -e \"NXF_OWNER=$(id -u):$(id -g)\"";
  for (const std::string& name : settings.forwarded) text += " -e \"" + name + "\"";
  for (const std::string& name : task.forwarded) text += " -e \"" + name + "\"";
  if (settings.temp == "auto") {
    text += " -v \"$(mktemp -d)\":/tmp";
  } else if (!settings.temp.empty()) {
    text += " -v " + shell_quote(settings.temp) + ":/tmp";
  }
  const std::string flags = settings.mount_flags.empty() ? "" : ":" + settings.mount_flags;
  const std::string ro_flags = settings.mount_flags.empty() ? ":ro" : ":ro," + settings.mount_flags;
  for (const std::string& folder : task.mounts)
    text += fmt::format(" -v {0}:{0}{1}", shell_quote(folder),
                        settings.writable_inputs ? flags : ro_flags);
  if (task.in_scratch || !settings.writable_inputs) text += " -v \"$PWD\":\"$PWD\"" + flags;
  text += " -w \"$PWD\"";
  if (!settings.run_options.empty()) text += " " + settings.run_options;
  if (!task.options.empty()) text += " " + task.options;
  text += " --name \"$weir_box\" " + shell_quote(task.image);
  return text + " " + inner_command(task, settings.fix_ownership);
}

/// Singularity hands variables on by names of its own: SINGULARITYENV_X becomes X.
std::string singularity_command(const ContainerSettings& settings, const ContainerTask& task) {
  const std::string prefix =
      settings.engine == ContainerEngine::apptainer ? "APPTAINERENV_" : "SINGULARITYENV_";
  std::string text = "env - PATH=\"$PATH\"";
  if (settings.uses_oci()) {
    for (const char* name : {"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"})
      text += fmt::format(" ${{{0}:+{0}=\"${0}\"}}", name);
  }
  for (const char* name : {"TMP", "TMPDIR", "XDG_RUNTIME_DIR"})
    text += fmt::format(" ${{{0}:+{1}{0}=\"${0}\"}}", name, prefix);
  text += fmt::format(" {}NXF_TASK_WORKDIR=\"$NXF_TASK_WORKDIR\"", prefix);
  for (const auto* names : {&settings.forwarded, &task.forwarded}) {
    for (const std::string& name : *names)
      text += fmt::format(" ${{{0}:+{1}{0}=\"${0}\"}}", name, prefix);
  }
  text += fmt::format(" {}", name_of(settings.engine));
  if (!settings.engine_options.empty()) text += " " + settings.engine_options;
  text += " exec --no-home";
  if (!settings.uses_oci()) text += " --pid";
  if (settings.oci_mode) text += *settings.oci_mode ? " --oci" : " --no-oci";
  if (settings.resource_limits) {
    text += fmt::format(" --cpus {}", task.cpus);
    if (task.memory_bytes > 0) text += fmt::format(" --memory {}m", task.memory_bytes >> 20);
  }
  text += " --pwd \"$PWD\"";
  if (settings.auto_mounts) {
    for (const std::string& folder : task.mounts) text += " -B " + shell_quote(folder);
    if (task.in_scratch) text += " -B \"$PWD\"";
  }
  if (!settings.run_options.empty()) text += " " + settings.run_options;
  if (!task.options.empty()) text += " " + task.options;
  return text + " \"$weir_image\" " + inner_command(task, false);
}

}  // namespace

std::string_view name_of(ContainerEngine engine) {
  switch (engine) {
    case ContainerEngine::docker: return "docker";
    case ContainerEngine::podman: return "podman";
    case ContainerEngine::singularity: return "singularity";
    case ContainerEngine::apptainer: return "apptainer";
  }
  return "docker";
}

std::string image_reference(const ContainerSettings& settings, std::string_view image) {
  if (keeps_images(settings.engine)) {
    if (image.starts_with("docker://")) image.remove_prefix(9);
    return with_registry(settings, image);
  }
  if (image.starts_with("file://")) image.remove_prefix(7);
  if (image.starts_with('/')) return std::string(image);
  const std::string full =
      has_scheme(image) ? std::string(image) : "docker://" + with_registry(settings, image);
  if (settings.oci_auto_pull || settings.uses_oci()) return full;
  return settings.cache_dir + "/" + file_name_of(full);
}

std::vector<std::string> mount_folders(const std::vector<std::string>& paths) {
  std::set<std::string> parents;
  for (const std::string& path : paths) {
    const std::size_t slash = path.rfind('/');
    // The root itself cannot be mounted: its file stands for itself.
    parents.insert(slash == 0 || slash == std::string::npos ? path : path.substr(0, slash));
  }
  std::vector<std::string> kept = outermost(parents);
  while (kept.size() > k_mounts_max) {
    // Sorted, so what has much in common stands side by side.
    std::size_t best = 0;
    std::size_t longest = 0;
    for (std::size_t i = 0; i + 1 < kept.size(); ++i) {
      const std::size_t length = common_parent(kept[i], kept[i + 1]).size();
      if (length <= longest) continue;
      longest = length;
      best = i;
    }
    if (longest == 0) break;
    std::set<std::string> merged(kept.begin(), kept.end());
    merged.insert(common_parent(kept[best], kept[best + 1]));
    kept = outermost(merged);
  }
  return kept;
}

std::string pull_snippet(const ContainerSettings& settings, std::string_view image) {
  if (keeps_images(settings.engine)) return "";
  const std::string file = image_reference(settings, image);
  std::string text = "weir_image=" + shell_quote(file) + "\n";
  if (image.starts_with("file://") || image.starts_with('/') || has_scheme(file)) return text;
  const std::string source =
      has_scheme(image) ? std::string(image) : "docker://" + with_registry(settings, image);
  if (!settings.library_dir.empty()) {
    const std::string kept = settings.library_dir + file.substr(file.rfind('/'));
    text += fmt::format("[ ! -e {0} ] || weir_image={0}\n", shell_quote(kept));
  }
  return text + fmt::format(
                    "if [ ! -e \"$weir_image\" ]; then  # once for all tasks\n"
                    "  mkdir -p \"${{weir_image%/*}}\" || exit 1\n"
                    "  (\n"
                    "    flock 9\n"
                    "    [ ! -e \"$weir_image\" ] || exit 0\n"
                    "    rm -f \"$weir_image.part\"\n"
                    "    timeout {} {} pull{} \"$weir_image.part\" {} >&2 &&\n"
                    "      mv \"$weir_image.part\" \"$weir_image\"\n"
                    "  ) 9> \"$weir_image.lock\" || exit 1\n"
                    "fi\n",
                    settings.pull_seconds_max, name_of(settings.engine),
                    settings.no_https ? " --no-https" : "", shell_quote(source));
}

std::string container_command(const ContainerSettings& settings, const ContainerTask& task) {
  return has_named_containers(settings.engine) ? docker_command(settings, task)
                                               : singularity_command(settings, task);
}

}  // namespace weir::engine
