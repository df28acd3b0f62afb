#include "engine/command_files.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/script_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {
namespace {

using base::shell_quote;

bool is_bash(const std::vector<std::string>& interpreter) {
  return std::any_of(interpreter.begin(), interpreter.end(), [](const std::string& word) {
    return word == "bash" || word.ends_with("/bash");
  });
}

/// "#!/bin/bash -ue", or through env for a program without a path.
std::string shebang_line(const std::vector<std::string>& shell) {
  const bool has_path = !shell.empty() && shell.front().starts_with('/');
  return (has_path ? "#!" : "#!/usr/bin/env ") + base::join(shell, " ") + "\n";
}

/// Appended to the script: writes each value as NAME=value, then a line /NAME/ that ends it.
std::string capture_snippet(const TaskSpec& spec) {
  std::string text =
      "\n# values of the env and eval outputs\nset +ue\ncd \"$NXF_TASK_WORKDIR\"\n: > "
      ".command.env\n";
  for (const std::string& name : spec.env_outputs) {
    text += fmt::format("printf '%s=%s\\n/%s/\\n' {0} \"${{{0}[*]}}\" {0} >> .command.env\n", name);
  }
  for (const EvalOutput& output : spec.eval_outputs) {
    text += fmt::format(
        "weir_value=$(bash -c {} 2> .command.eval); weir_status=$?\n"
        "[ $weir_status -eq 0 ] || weir_value=$(cat .command.eval)\n"
        "printf '%s=%s\\n/%s/=exit:%d\\n' {} \"$weir_value\" {} $weir_status >> .command.env\n",
        shell_quote(output.command), output.name, output.name);
  }
  return text + "rm -f .command.eval\n";
}

/// Brings the inputs in again, so that the wrapper also works in a directory somebody cleaned.
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

std::string unstage_snippet(const TaskSpec& spec) {
  std::string patterns;
  for (const PathOutput& output : spec.path_outputs) {
    for (const std::string& pattern : output.patterns)
      patterns += " " + (output.glob ? bash_pattern(pattern) : shell_quote(pattern));
  }
  if (patterns.empty()) return "";
  return "if [ $weir_status -eq 0 ]; then\n  shopt -s globstar nullglob\n  for weir_file in" +
         patterns +
         "; do\n"
         "    [ -e \"$weir_file\" ] || continue\n"
         "    mkdir -p \"$NXF_TASK_WORKDIR/$(dirname \"$weir_file\")\" &&\n"
         "      cp -fRL \"$weir_file\" \"$NXF_TASK_WORKDIR/$(dirname \"$weir_file\")/\" || "
         "weir_status=$?\n"
         "  done\n"
         "fi\n";
}

std::string exports(const TaskSpec& spec, const std::string& work_dir) {
  std::string text = "export NXF_TASK_WORKDIR=" + shell_quote(work_dir) + "\n";
  for (const auto& [name, value] : spec.environment) {
    text += name == "PATH" ? "export PATH=\"$PATH\":" + shell_quote(value) + "\n"
                           : "export " + name + "=" + shell_quote(value) + "\n";
  }
  return text;
}

std::string scratch_snippet(const TaskSpec& spec, const std::string& temp_dir) {
  const std::string base =
      spec.scratch == "true" ? "\"${TMPDIR:-" + temp_dir + "}\"" : shell_quote(spec.scratch);
  return "weir_scratch=$(mktemp -d " + base +
         "/weir-XXXXXXXXXX) || exit 1\n"
         "trap 'rm -rf \"$weir_scratch\"' EXIT\n"
         "cd \"$weir_scratch\" || exit 1\n";
}

std::string make_wrapper(const TaskSpec& spec, const std::string& work_dir,
                         const std::string& temp_dir, const std::vector<std::string>& command) {
  std::string text = "#!/bin/bash\n# " + base::printable(spec.name, 200) +
                     "\n# Repeats this task alone: bash .command.run\n";
  text += "cd " + shell_quote(work_dir) + " || exit 1\n";
  if (!spec.scratch.empty()) text += scratch_snippet(spec, temp_dir);
  if (!spec.before_script.empty()) text += "# beforeScript\n" + spec.before_script + "\n";
  text += exports(spec, work_dir) + stage_snippet(spec);
  for (const std::string& word : command) text += shell_quote(word) + " ";
  const std::string input = spec.stdin_file   ? shell_quote(*spec.stdin_file)
                            : spec.stdin_text ? shell_quote(work_dir + "/.command.in")
                                              : "/dev/null";
  text += "< " + input + "\nweir_status=$?\n";
  if (!spec.scratch.empty())
    text += unstage_snippet(spec) + "cd " + shell_quote(work_dir) + " || exit 1\n";
  if (!spec.after_script.empty()) {
    text += "# afterScript\n( " + spec.after_script +
            "\n) || [ $weir_status -ne 0 ] || weir_status=1\n";
  }
  return text + "exit $weir_status\n";
}

}  // namespace

CommandFiles make_command_files(const TaskSpec& spec, const std::string& work_dir,
                                const std::string& temp_dir) {
  CommandFiles files;
  files.script = normalise_script(spec.script);
  std::vector<std::string> command = shebang_of(files.script);
  if (command.empty()) {
    files.script.insert(0, shebang_line(spec.shell));
    command = shebang_of(files.script);
  }
  if (!spec.env_outputs.empty() || !spec.eval_outputs.empty()) {
    if (!is_bash(command)) {
      throw Error(ErrorKind::usage,
                  "env and eval outputs need a bash script, but this one runs in '" +
                      base::join(command, " ") + "'");
    }
    files.script += capture_snippet(spec);
  }
  command.push_back(work_dir + "/.command.sh");
  files.wrapper = make_wrapper(spec, work_dir, temp_dir, command);
  const bool wrapped =
      !spec.before_script.empty() || !spec.after_script.empty() || !spec.scratch.empty();
  files.wrapper_stages = wrapped;
  files.argv =
      wrapped ? std::vector<std::string>{"/bin/bash", work_dir + "/.command.run"} : command;
  return files;
}

std::vector<std::string> task_environment(const TaskSpec& spec, const std::string& work_dir,
                                          const std::vector<std::string>& inherited) {
  std::vector<std::string> all;
  all.reserve(inherited.size() + spec.environment.size() + 1);
  std::string path = "PATH=/usr/bin:/bin";
  for (const std::string& entry : inherited) {
    const std::string_view name = std::string_view(entry).substr(0, entry.find('='));
    if (name == "PATH") {
      path = entry;
    } else if (name != "NXF_TASK_WORKDIR" && spec.environment.count(std::string(name)) == 0) {
      all.push_back(entry);
    }
  }
  for (const auto& [name, value] : spec.environment) {
    if (name == "PATH") {
      path += ":" + value;
    } else {
      all.push_back(name + "=" + value);
    }
  }
  all.push_back(std::move(path));
  all.push_back("NXF_TASK_WORKDIR=" + work_dir);
  return all;
}

CapturedEnv parse_captured_env(const TaskSpec& spec, std::string_view content) {
  // Values stand in the order of the declarations; one may hold lines that look like another's.
  const auto take = [&](const std::string& name,
                        std::string& status) -> std::optional<std::string> {
    const std::string open = name + "=";
    const std::string close = "\n/" + name + "/";
    if (!content.starts_with(open)) return std::nullopt;
    const std::size_t end = content.find(close, open.size());
    if (end == std::string_view::npos) return std::nullopt;
    std::string value(content.substr(open.size(), end - open.size()));
    content.remove_prefix(end + close.size());
    const std::size_t line_end = std::min(content.find('\n'), content.size());
    status = std::string(content.substr(0, line_end));
    content.remove_prefix(std::min(line_end + 1, content.size()));
    return value;
  };
  CapturedEnv captured;
  std::string status;
  for (const std::string& name : spec.env_outputs) captured.env.push_back(take(name, status));
  for (const EvalOutput& output : spec.eval_outputs) {
    const auto value = take(output.name, status);
    if (!value) {
      captured.failure = "Missing value of the eval output `" + output.command + "`";
    } else if (status != "=exit:0") {
      captured.failure =
          fmt::format("Unable to evaluate output `{}` (exit status {}): {}", output.command,
                      status.substr(status.find(':') + 1), base::printable(base::trim(*value)));
    }
    captured.eval.push_back(value.value_or(""));
    if (!captured.failure.empty()) break;
  }
  return captured;
}

}  // namespace weir::engine
