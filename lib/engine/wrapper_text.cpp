// `.command.run`: what stands around a task's script.

#include "engine/internal/wrapper_text.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/container_command.hpp"

#include <fmt/format.h>

namespace weir::engine {
namespace {

using base::shell_quote;

/// A glob as bash reads it: everything but the wildcards quoted.
std::string bash_pattern(std::string_view pattern) {
  constexpr std::string_view k_wild = "*?[]{},!-/";
  std::string text;
  for (const char c : pattern) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '.' || k_wild.find(c) != std::string_view::npos;
    if (!plain) text += '\\';
    text += c;
  }
  return text;
}

/// Patterns that match in bash what `pattern` matches: `**` crosses folders wherever it stands, but
/// bash wants it alone between slashes.
std::vector<std::string> bash_patterns(std::string_view pattern) {
  constexpr std::string_view k_borders = "/{},";
  const auto is_border = [&](char c) { return k_borders.find(c) != std::string_view::npos; };
  for (std::size_t at = pattern.find("**"); at != std::string_view::npos;
       at = pattern.find("**", at + 2)) {
    const std::string_view left = pattern.substr(0, at);
    const std::string_view right = pattern.substr(at + 2);
    const bool joins_left = !left.empty() && !is_border(left.back());
    const bool joins_right = !right.empty() && !is_border(right.front());
    if (!joins_left && !joins_right) continue;
    std::vector<std::string> all;
    for (const std::string& rest : bash_patterns(right)) {
      const std::string deep =
          std::string(joins_left ? "*/**" : "**") + (joins_right ? "/*" : "") + rest;
      all.push_back(bash_pattern(left) + deep);
      if (joins_left && joins_right) all.push_back(bash_pattern(left) + "*" + rest);
    }
    return all;
  }
  return {bash_pattern(pattern)};
}

std::string unstage_command(StageOutMode mode) {
  // `weir_file` is relative to the scratch folder, `weir_to` the folder that takes it.
  switch (mode) {
    case StageOutMode::copy: return "cp -fRL \"$weir_file\" \"$weir_to/\"";
    case StageOutMode::move: return "mv -f \"$weir_file\" \"$weir_to/\"";
    case StageOutMode::rsync: return "rsync -rRl \"$weir_file\" \"$NXF_TASK_WORKDIR/\"";
    case StageOutMode::rclone:
      return "rclone copyto \"$weir_file\" \"$NXF_TASK_WORKDIR/$weir_file\"";
    case StageOutMode::fcp: return "fcp \"$weir_file\" \"$NXF_TASK_WORKDIR/$weir_file\"";
  }
  return "";
}

std::string unstage_snippet(const TaskSpec& spec) {
  std::string patterns;
  for (const PathOutput& output : spec.path_outputs) {
    for (const std::string& pattern : output.patterns)
      patterns +=
          " " + (output.glob ? base::join(bash_patterns(pattern), " ") : shell_quote(pattern));
  }
  if (patterns.empty()) return "";
  return "if [ $weir_status -eq 0 ]; then\n  shopt -s globstar nullglob\n  for weir_file in" +
         patterns +
         "; do\n"
         "    [ -e \"$weir_file\" ] || [ -L \"$weir_file\" ] || continue\n"
         "    weir_to=$NXF_TASK_WORKDIR/$(dirname \"$weir_file\")\n"
         "    mkdir -p \"$weir_to\" &&\n"
         "      " +
         unstage_command(spec.stage_out_mode) +
         " || weir_status=$?\n"
         "  done\n"
         "fi\n";
}

std::string export_lines(const TaskSpec& spec) {
  std::string text;
  for (const auto& [name, value] : spec.environment) {
    text += name == "PATH" ? "export PATH=\"$PATH\":" + shell_quote(value) + "\n"
                           : "export " + name + "=" + shell_quote(value) + "\n";
  }
  return text;
}

std::string scratch_snippet(const TaskSpec& spec, const std::string& temp_dir) {
  std::string base = shell_quote(spec.scratch);
  if (spec.scratch == "true") base = "\"${TMPDIR:-" + temp_dir + "}\"";
  if (spec.scratch == "ram-disk") base = "/dev/shm";
  // `$SCRATCH` is meant for the machine that the task runs on.
  if (spec.scratch.starts_with('$')) base = "\"" + spec.scratch + "\"";
  return "weir_scratch=$(mktemp -d " + base +
         "/weir-XXXXXXXXXX) || exit 1\n"
         "trap 'rm -rf \"$weir_scratch\"' EXIT\n"
         "cd \"$weir_scratch\" || exit 1\n";
}

std::string module_snippet(const TaskSpec& spec) {
  if (spec.modules.empty()) return "";
  std::string text =
      "# modules\n"
      "if ! type module > /dev/null 2>&1; then\n"
      "  for weir_file in /etc/profile.d/modules.sh /etc/profile.d/lmod.sh "
      "/usr/share/modules/init/bash; do\n"
      "    if [ -r \"$weir_file\" ]; then . \"$weir_file\"; break; fi\n"
      "  done\n"
      "fi\n";
  for (const std::string& module : spec.modules)
    text += "module load " + shell_quote(module) + " || exit 1\n";
  return text;
}

/// All that the task reads: inputs with what their links lead to, programs, its own tree.
std::vector<std::string> paths_inside(const TaskSpec& spec, const std::string& work_dir) {
  // The work directory is two levels up: outputs of other tasks are seen without further mounts.
  const base::fs::path own(work_dir);
  std::vector<std::string> paths{(own.parent_path().parent_path() / "x").native()};
  const auto add = [&](const std::string& path) {
    paths.push_back(path);
    std::error_code error;
    const base::fs::path real = base::fs::canonical(path, error);
    if (!error && real.native() != path) paths.push_back(real.native());
  };
  for (const StagedInput& input : spec.inputs) add(input.source);
  if (const auto path = spec.environment.find("PATH"); path != spec.environment.end()) {
    for (const std::string_view folder : base::split(path->second, ':'))
      paths.push_back(std::string(folder) + "/x");
  }
  return paths;
}

ContainerTask container_task(const TaskSpec& spec, const std::string& work_dir,
                             const std::vector<std::string>& command) {
  ContainerTask task;
  task.image = spec.container;
  task.options = spec.container_options;
  task.platform = spec.container_platform;
  task.cpus = spec.resources.cpus;
  task.memory_bytes = spec.resources.memory_bytes;
  task.mounts = mount_folders(paths_inside(spec, work_dir));
  task.in_scratch = !spec.scratch.empty();
  for (const auto& [name, value] : spec.secrets) task.forwarded.push_back(name);
  if (spec.resources.accelerators > 0) task.forwarded.emplace_back("CUDA_VISIBLE_DEVICES");
  task.exports = export_lines(spec);
  task.interpreter = command;
  return task;
}

/// From where the task reads, and where its standard output goes.
std::string task_streams(const std::string& input) {
  return "< " + input + " >&3 3>&-";
}

/// Runs the task in its container. A shell sees signals only between commands, so it waits.
std::string container_snippet(const TaskSpec& spec, const std::string& command,
                              const std::string& input) {
  const ContainerSettings& settings = *spec.container_settings;
  const std::string streams = task_streams(input);
  if (!has_named_containers(settings.engine)) return command + " " + streams + "\nweir_status=$?\n";
  const std::string engine = (settings.sudo ? "sudo " : "") + std::string(name_of(settings.engine));
  std::string text = "weir_box=weir-$$-$RANDOM$RANDOM\n";
  text += "trap '" + engine + " stop -t 2 \"$weir_box\" > /dev/null 2>&1' TERM INT HUP\n";
  text += command + " " + streams + " &\nweir_child=$!\nwait $weir_child\nweir_status=$?\n";
  // After a signal `wait` returns early; the container is being stopped then.
  text += "while kill -0 $weir_child 2> /dev/null; do wait $weir_child; weir_status=$?; done\n";
  if (settings.remove) text += engine + " rm -f \"$weir_box\" > /dev/null 2>&1\n";
  return text;
}

}  // namespace

std::string stage_snippet(const TaskSpec& spec) {
  std::string text;
  for (const StagedInput& input : spec.inputs) {
    const std::string name = shell_quote("./" + input.stage_name);
    const std::string source = shell_quote(input.source);
    const std::size_t slash = input.stage_name.rfind('/');
    text += "rm -rf " + name + "\n";
    if (slash != std::string::npos)
      text += "mkdir -p " + shell_quote("./" + input.stage_name.substr(0, slash)) + "\n";
    switch (spec.stage_in_mode) {
      case StageMode::symlink: text += "ln -s " + source + " " + name + "\n"; break;
      case StageMode::rellink: text += "ln -sr " + source + " " + name + "\n"; break;
      case StageMode::link: text += "cp -lR " + source + " " + name + "\n"; break;
      case StageMode::copy: text += "cp -RL " + source + " " + name + "\n"; break;
    }
  }
  return text;
}

std::string make_wrapper(const TaskSpec& spec, const std::string& work_dir,
                         const std::string& temp_dir, const std::vector<std::string>& command,
                         const std::string& stage) {
  std::string text = "#!/bin/bash\n# " + base::printable(spec.name, 200) +
                     "\n# Repeats this task alone: bash .command.run\n";
  text += "cd " + shell_quote(work_dir) + " || exit 1\n";
  text += "weir_environment() {\nexport NXF_TASK_WORKDIR=" + shell_quote(work_dir) + "\n" +
          export_lines(spec) + "}\n";
  // `bash .command.run environment COMMAND`: the command alone, as the task's would see it.
  text += "[ \"${1-}\" != environment ] || { shift; weir_environment; exec \"$@\"; }\n";
  // What goes on around the task is none of its standard output.
  text += "exec 3>&1 >&2\n";
  if (!spec.scratch.empty()) text += scratch_snippet(spec, temp_dir);
  if (!spec.before_script.empty()) text += "# beforeScript\n" + spec.before_script + "\n";
  text += module_snippet(spec) + spec.conda_setup;
  text += "weir_environment\n";
  text += stage;
  const std::string input = spec.stdin_text ? shell_quote(work_dir + "/.command.in") : "/dev/null";
  if (spec.container.empty()) {
    for (const std::string& word : command) text += shell_quote(word) + " ";
    text += task_streams(input) + "\nweir_status=$?\n";
  } else {
    text += spec.image_pull;
    text += container_snippet(
        spec, container_command(*spec.container_settings, container_task(spec, work_dir, command)),
        input);
  }
  if (!spec.scratch.empty())
    text += unstage_snippet(spec) + "cd " + shell_quote(work_dir) + " || exit 1\n";
  if (!spec.after_script.empty()) {
    text += "# afterScript\n( " + spec.after_script +
            "\n) || [ $weir_status -ne 0 ] || weir_status=1\n";
  }
  return text + "exit $weir_status\n";
}

}  // namespace weir::engine
