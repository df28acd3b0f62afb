#include "engine/command_files.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/internal/wrapper_text.hpp"
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
      "\n# values of the env and eval outputs\nset +ue\ncd \"$NXF_TASK_WORKDIR\"\n: >| "
      ".command.env\n";
  for (const std::string& name : spec.env_outputs) {
    text += fmt::format("printf '%s=%s\\n/%s/\\n' {0} \"${{{0}[*]}}\" {0} >> .command.env\n", name);
  }
  for (const EvalOutput& output : spec.eval_outputs) {
    text += fmt::format(
        "weir_value=$(bash -c {} 2>| .command.eval); weir_status=$?\n"
        "[ $weir_status -eq 0 ] || weir_value=$(cat .command.eval)\n"
        "printf '%s=%s\\n/%s/=exit:%d\\n' {} \"$weir_value\" {} $weir_status >> .command.env\n",
        shell_quote(output.command), output.name, output.name);
  }
  return text + "rm -f .command.eval\n";
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
  std::string stage = stage_snippet(spec);
  if (stage.size() >= spec.stage_bytes_max) {
    files.stage = stage.substr(0, stage.size() - 1);
    stage = ". " + shell_quote(work_dir + "/.command.stage") + "\n";
  }
  files.wrapper = make_wrapper(spec, work_dir, temp_dir, command, stage);
  const bool wrapped = !spec.before_script.empty() || !spec.after_script.empty() ||
                       !spec.scratch.empty() || !spec.modules.empty() ||
                       !spec.conda_setup.empty() || !spec.container.empty();
  files.wrapper_stages = wrapped;
  files.argv =
      wrapped ? std::vector<std::string>{"/bin/bash", work_dir + "/.command.run"} : command;
  return files;
}

std::vector<std::string> environment_changes(const TaskSpec& spec, const std::string& work_dir,
                                             const std::vector<std::string>& inherited) {
  std::vector<std::string> all;
  all.reserve(spec.environment.size() + spec.secrets.size() + 2);
  for (const auto& [name, value] : spec.environment) {
    if (name != "PATH") all.push_back(name + "=" + value);
  }
  for (const auto& [name, value] : spec.secrets) all.push_back(name + "=" + value);
  const auto path = base::variable_in(inherited, "PATH");
  const auto more = spec.environment.find("PATH");
  if (!path || more != spec.environment.end()) {
    all.push_back("PATH=" + path.value_or("/usr/bin:/bin"));
    if (more != spec.environment.end()) all.back() += ":" + more->second;
  }
  all.push_back("NXF_TASK_WORKDIR=" + work_dir);
  return all;
}

std::vector<std::string> task_environment(const TaskSpec& spec, const std::string& work_dir,
                                          const std::vector<std::string>& inherited) {
  std::vector<std::string> all = environment_changes(spec, work_dir, inherited);
  const auto changes = static_cast<std::ptrdiff_t>(all.size());
  for (const std::string& entry : inherited) {
    const std::string_view name = std::string_view(entry).substr(0, entry.find('=') + 1);
    const bool changed = std::any_of(all.begin(), all.begin() + changes,
                                     [&](const std::string& own) { return own.starts_with(name); });
    if (!changed) all.push_back(entry);
  }
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
