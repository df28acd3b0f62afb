#include "completion_scripts.hpp"

#include "base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir::app {
namespace {

enum class ValueKind { none, file, folder, words, other };

ValueKind kind_of(const OptionTable::Row& row) {
  const std::string& text = row.positional ? row.names.front() : row.value;
  if (text.empty()) return ValueKind::none;
  if (base::contains(text, "|")) return ValueKind::words;
  if (base::contains(text, "DIR")) return ValueKind::folder;
  for (const std::string_view word : {"FILE", "PATH", "SCRIPT", "PIPELINE"}) {
    if (base::contains(text, word)) return ValueKind::file;
  }
  return ValueKind::other;
}

/// "text|json" as "text json"; brackets of an optional value are dropped.
std::string words_of(const OptionTable::Row& row) {
  std::string text = base::replace_all(row.value, "|", " ");
  text = base::replace_all(text, "[", "");
  return base::replace_all(text, "]", "");
}

std::vector<std::string> groups_of(const std::deque<DescribedCommand>& suite) {
  std::vector<std::string> groups;
  for (const DescribedCommand& command : suite) {
    const std::string group(command.row().group);
    if (!group.empty() && std::find(groups.begin(), groups.end(), group) == groups.end())
      groups.push_back(group);
  }
  return groups;
}

/// What can stand after `weir`, or after `weir GROUP`.
std::vector<std::string> words_after(const std::deque<DescribedCommand>& suite,
                                     std::string_view group) {
  std::vector<std::string> words;
  for (const DescribedCommand& command : suite) {
    if (command.row().group == group) words.emplace_back(command.row().name);
  }
  if (group.empty()) {
    for (std::string& name : groups_of(suite)) {
      // A command that has commands of its own is listed already.
      if (std::find(words.begin(), words.end(), name) == words.end())
        words.push_back(std::move(name));
    }
  }
  return words;
}

std::string all_names(const DescribedCommand& command) {
  std::string names;
  for (const OptionTable::Row& row : command.options()) {
    for (const std::string& name : row.names) names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

constexpr std::string_view k_bash_head =
    R"(# Completions of weir for bash; printed by `weir completion bash`.

_weir()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' group='' options='' values='' word
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -- ]] && return # what follows is another program's
        [[ $word == -* || -n $command ]] && continue
        if [[ -n $group ]]; then
            command="$group $word" group=''
            continue
        fi
        case $word in
)";

constexpr std::string_view k_bash_tail = R"(    esac
    if [[ $values == @files ]]; then
        return # bash's own completion of files
    elif [[ $values == @folders ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
    elif [[ -n $values ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
        return
    fi
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    fi
}
complete -o bashdefault -o default -F _weir weir
)";

void append_bash_command(std::string& script, const DescribedCommand& command) {
  script +=
      fmt::format("        '{}')\n            options='{}'\n", command.name(), all_names(command));
  std::string cases;
  for (const OptionTable::Row& row : command.options()) {
    std::string values;
    if (kind_of(row) == ValueKind::file) values = "@files";
    if (kind_of(row) == ValueKind::folder) values = "@folders";
    if (kind_of(row) == ValueKind::words) values = words_of(row);
    if (!values.empty())
      cases +=
          fmt::format("                {}) values='{}' ;;\n", base::join(row.names, " | "), values);
  }
  if (!cases.empty()) script += "            case $previous in\n" + cases + "            esac\n";
  script += "            ;;\n";
}

std::string zsh_quoted(std::string_view text) {
  std::string quoted = base::replace_all(std::string(text), "\\", "\\\\");
  for (const std::string_view special : {"[", "]", ":"})
    quoted = base::replace_all(quoted, special, "\\" + std::string(special));
  return base::replace_all(quoted, "'", "'\\''");
}

std::string zsh_action(const OptionTable::Row& row) {
  switch (kind_of(row)) {
    case ValueKind::file: return "_files";
    case ValueKind::folder: return "_files -/";
    case ValueKind::words: return "(" + words_of(row) + ")";
    case ValueKind::none:
    case ValueKind::other: break;
  }
  return " ";
}

/// One argument of zsh's _arguments: '(-o --output-dir)'{-o,--output-dir}'[text]:DIR:_files -/'.
std::string zsh_option(const OptionTable::Row& row) {
  std::string text = "'[" + zsh_quoted(row.help) + "]";
  if (!row.value.empty()) {
    const bool optional = row.value.starts_with('[');
    text += (optional ? "::" : ":") + zsh_quoted(optional ? words_of(row) : row.value) + ":" +
            zsh_action(row);
  }
  text += "'";
  if (row.names.size() == 1) return "'" + row.names[0] + text.substr(1);
  return "'(" + base::join(row.names, " ") + ")'{" + base::join(row.names, ",") + "}" + text;
}

std::string zsh_positional(const OptionTable::Row& row) {
  return "'*:" + zsh_quoted(row.names.front()) + ":" + zsh_action(row) + "'";
}

void append_zsh_choice(std::string& script, const std::deque<DescribedCommand>& suite,
                       std::string_view group, std::string_view indent) {
  for (const DescribedCommand& command : suite) {
    if (command.row().group != group) continue;
    script +=
        fmt::format("{}'{}:{}'\n", indent, command.row().name, zsh_quoted(command.row().summary));
  }
}

std::string fish_quoted(std::string_view text) {
  const std::string escaped = base::replace_all(std::string(text), "\\", "\\\\");
  return "'" + base::replace_all(escaped, "'", "\\'") + "'";
}

std::string fish_option(const OptionTable::Row& row, const std::string& condition) {
  std::string line = "complete -c weir -n " + fish_quoted(condition);
  for (const std::string& name : row.names) {
    const bool is_long = name.starts_with("--");
    line += (is_long ? " -l " + name.substr(2) : " -s " + name.substr(1));
  }
  switch (kind_of(row)) {
    case ValueKind::file: line += " -rF"; break;
    case ValueKind::folder: line += " -xa '(__fish_complete_directories)'"; break;
    case ValueKind::words: line += " -xa " + fish_quoted(words_of(row)); break;
    case ValueKind::other: line += row.value.starts_with('[') ? "" : " -x"; break;
    case ValueKind::none: break;
  }
  return line + " -d " + fish_quoted(row.help) + "\n";
}

}  // namespace

std::string bash_completions(const std::deque<DescribedCommand>& suite) {
  std::string script(k_bash_head);
  script += fmt::format("            {}) group=$word ;;\n", base::join(groups_of(suite), " | "));
  script += "            *) command=$word ;;\n        esac\n    done\n";
  script += "    case ${group:-$command} in\n";
  script += fmt::format("        '') values='{} --help --version' ;;\n",
                        base::join(words_after(suite, ""), " "));
  for (const std::string& group : groups_of(suite)) {
    script += fmt::format("        {}) values='{}' ;;\n", group,
                          base::join(words_after(suite, group), " "));
  }
  for (const DescribedCommand& command : suite) append_bash_command(script, command);
  return script.append(k_bash_tail);
}

std::string zsh_completions(const std::deque<DescribedCommand>& suite) {
  std::string script =
      "#compdef weir\n# Completions of weir for zsh; printed by `weir completion zsh`.\n\n"
      "_weir() {\n  local -a choices\n  if (( CURRENT == 2 )); then\n    choices=(\n";
  append_zsh_choice(script, suite, "", "      ");
  for (const std::string& group : groups_of(suite)) {
    script += fmt::format("      '{}:{}'\n", group, base::join(words_after(suite, group), ", "));
  }
  script += "    )\n    _describe 'command' choices\n    return\n  fi\n";
  for (const std::string& group : groups_of(suite)) {
    script += fmt::format("  if [[ $words[2] == {} ]] && (( CURRENT == 3 )); then\n    choices=(\n",
                          group);
    append_zsh_choice(script, suite, group, "      ");
    script += "    )\n    _describe 'command' choices\n    return\n  fi\n";
  }
  script += fmt::format(
      "  local name=$words[2] shifted=1\n"
      "  case $name in ({}) name=\"$name $words[3]\" shifted=2 ;; esac\n"
      "  shift $shifted words\n  (( CURRENT -= shifted ))\n  case $name in\n",
      base::join(groups_of(suite), "|"));
  for (const DescribedCommand& command : suite) {
    script += fmt::format("    ('{}')\n      _arguments -s", command.name());
    for (const OptionTable::Row& row : command.options())
      script += " \\\n        " + zsh_option(row);
    if (const auto positionals = command.positionals(); !positionals.empty())
      script += " \\\n        " + zsh_positional(positionals.front());
    script += "\n      ;;\n";
  }
  return script + "  esac\n}\n\n_weir \"$@\"\n";
}

std::string fish_completions(const std::deque<DescribedCommand>& suite) {
  std::string script = "# Completions of weir for fish; printed by `weir completion fish`.\n\n";
  for (const std::string& group : groups_of(suite)) {
    script += fmt::format("complete -c weir -n __fish_use_subcommand -xa {} -d {}\n", group,
                          fish_quoted(base::join(words_after(suite, group), ", ")));
  }
  for (const DescribedCommand& command : suite) {
    const std::string group(command.row().group);
    const std::string name(command.row().name);
    const std::string offered = group.empty()
                                    ? std::string("__fish_use_subcommand")
                                    : fmt::format(
                                          "__fish_seen_subcommand_from {}; and not "
                                          "__fish_seen_subcommand_from {}",
                                          group, base::join(words_after(suite, group), " "));
    const std::string given = group.empty() ? "__fish_seen_subcommand_from " + name
                                            : fmt::format(
                                                  "__fish_seen_subcommand_from {}; and "
                                                  "__fish_seen_subcommand_from {}",
                                                  group, name);
    script += fmt::format("\ncomplete -c weir -n {} -xa {} -d {}\n", fish_quoted(offered), name,
                          fish_quoted(command.row().summary));
    for (const OptionTable::Row& row : command.options()) script += fish_option(row, given);
  }
  return script;
}

}  // namespace weir::app
