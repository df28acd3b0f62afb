#include "completion_scripts.hpp"

#include "base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir::app {
namespace {

enum class ValueKind { none, file, folder, words, word_list, other };

ValueKind kind_of(const OptionTable::Row& row) {
  const std::string& text = row.positional ? row.names.front() : row.value;
  if (text.empty()) return ValueKind::none;
  if (!row.words.empty())
    return row.rule == WordRule::list || row.rule == WordRule::open_list ? ValueKind::word_list
                                                                         : ValueKind::words;
  if (base::contains(text, "DIR")) return ValueKind::folder;
  for (const std::string_view word : {"FILE", "PATH", "SCRIPT", "PIPELINE"}) {
    if (base::contains(text, word)) return ValueKind::file;
  }
  return ValueKind::other;
}

std::string words_of(const OptionTable::Row& row) {
  return base::join(row.words, " ");
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

/// "jobs list" and all others that have a group.
std::vector<std::string> names_in_groups(const std::deque<DescribedCommand>& suite,
                                         std::string_view quote) {
  std::vector<std::string> names;
  for (const DescribedCommand& command : suite) {
    if (!command.row().group.empty())
      names.push_back(fmt::format("{0}{1}{0}", quote, command.name()));
  }
  return names;
}

bool is_command(const std::deque<DescribedCommand>& suite, std::string_view name) {
  return std::any_of(suite.begin(), suite.end(), [name](const DescribedCommand& command) {
    return command.row().group.empty() && command.row().name == name;
  });
}

/// The words that the command's first argument may be.
std::vector<std::string> argument_words(const DescribedCommand& command) {
  const std::vector<OptionTable::Row> positionals = command.positionals();
  return positionals.empty() ? std::vector<std::string>() : positionals.front().words;
}

/// The commands below a command that is a group, too, and what its first argument may be.
std::vector<std::string> words_after_command(const std::deque<DescribedCommand>& suite,
                                             const DescribedCommand& command) {
  std::vector<std::string> words = argument_words(command);
  if (!command.row().group.empty()) return words;
  for (std::string& verb : words_after(suite, command.row().name)) words.push_back(std::move(verb));
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
    local command='' group='' options='' values='' verbs='' word
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -- ]] && return # what follows is another program's
        [[ $word == -* || -n $command ]] && continue
        case $group${group:+ }$word in
)";

constexpr std::string_view k_bash_tail = R"(    esac
    if [[ $values == @files ]]; then
        return # bash's own completion of files
    elif [[ $values == @folders ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
    fi
    if [[ -z $values ]]; then
        [[ $current == -* ]] && values=$options || values=$verbs
    fi
    local before=''
    if [[ $values == '@list '* ]]; then # several words, separated by commas
        values=${values#@list }
        [[ $current != *,* ]] || before=${current%,*},
    fi
    [[ -z $values ]] ||
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "$values" -- "${current#"$before"}")
}
complete -o bashdefault -o default -F _weir weir
)";

void append_bash_command(std::string& script, const DescribedCommand& command,
                         const std::vector<std::string>& verbs) {
  script +=
      fmt::format("        '{}')\n            options='{}'\n", command.name(), all_names(command));
  if (!verbs.empty()) script += fmt::format("            verbs='{}'\n", base::join(verbs, " "));
  std::string cases;
  for (const OptionTable::Row& row : command.options()) {
    std::string values;
    if (kind_of(row) == ValueKind::file) values = "@files";
    if (kind_of(row) == ValueKind::folder) values = "@folders";
    if (kind_of(row) == ValueKind::words) values = words_of(row);
    if (kind_of(row) == ValueKind::word_list) values = "@list " + words_of(row);
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
    case ValueKind::word_list: return "_values -s , word " + words_of(row);
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
    const std::string label = optional ? row.value.substr(1, row.value.size() - 2) : row.value;
    text += (optional ? "::" : ":") + zsh_quoted(label) + ":" + zsh_action(row);
  }
  text += "'";
  if (row.names.size() == 1) return "'" + row.names[0] + text.substr(1);
  return "'(" + base::join(row.names, " ") + ")'{" + base::join(row.names, ",") + "}" + text;
}

/// '1:JOB: ', '1::TEXT: ' when it may be left out, '*:FILE...:_files' for all that are left.
std::string zsh_positional(const OptionTable::Row& row, std::size_t place) {
  const std::string which = row.repeated                    ? "*:"
                            : row.required == Required::yes ? std::to_string(place) + ":"
                                                            : std::to_string(place) + "::";
  return "'" + which + zsh_quoted(row.names.front()) + ":" + zsh_action(row) + "'";
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
    case ValueKind::words:
      line += (row.rule == WordRule::open ? " -ra " : " -xa ") + fish_quoted(words_of(row));
      break;
    case ValueKind::word_list:
      line += " -xa " + fish_quoted("(__fish_append , " + words_of(row) + ")");
      break;
    case ValueKind::other: line += row.value.starts_with('[') ? "" : " -x"; break;
    case ValueKind::none: break;
  }
  return line + " -d " + fish_quoted(row.help) + "\n";
}

}  // namespace

std::string bash_completions(const std::deque<DescribedCommand>& suite) {
  std::string script(k_bash_head);
  const std::vector<std::string> groups = groups_of(suite);
  script += fmt::format("            {}) group=$word ;;\n", base::join(groups, " | "));
  script += fmt::format("            {}) command=\"$group $word\" group='' ;;\n",
                        base::join(names_in_groups(suite, "'"), " | "));
  // Another word behind a group is a value of the group's own options.
  script += "            *) [[ -n $group ]] || command=$word ;;\n        esac\n    done\n";
  script += "    case ${group:-$command} in\n";
  script += fmt::format("        '') verbs='{}' options='--help --version' ;;\n",
                        base::join(words_after(suite, ""), " "));
  for (const std::string& group : groups) {
    if (is_command(suite, group)) continue;
    script += fmt::format("        {}) verbs='{}' options='--help' ;;\n", group,
                          base::join(words_after(suite, group), " "));
  }
  for (const DescribedCommand& command : suite)
    append_bash_command(script, command, words_after_command(suite, command));
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
    script +=
        fmt::format("  if [[ $words[2] == {} ]] && (( CURRENT == 3 )){}; then\n    choices=(\n",
                    group, is_command(suite, group) ? " && [[ $words[3] != -* ]]" : "");
    append_zsh_choice(script, suite, group, "      ");
    script += "    )\n    _describe 'command' choices\n    return\n  fi\n";
  }
  script += fmt::format(
      "  local name=$words[2] shifted=1\n"
      "  case \"$name $words[3]\" in ({}) name=\"$name $words[3]\" shifted=2 ;; esac\n"
      "  shift $shifted words\n  (( CURRENT -= shifted ))\n  case $name in\n",
      base::join(names_in_groups(suite, "'"), "|"));
  for (const DescribedCommand& command : suite) {
    script += fmt::format("    ('{}')\n      _arguments -s", command.name());
    for (const OptionTable::Row& row : command.options())
      script += " \\\n        " + zsh_option(row);
    std::size_t place = 0;
    for (const OptionTable::Row& row : command.positionals()) {
      script += " \\\n        " + zsh_positional(row, ++place);
      if (row.repeated) break;  // one takes all that are left
    }
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
    if (const std::vector<std::string> words = argument_words(command); !words.empty()) {
      script += fmt::format("complete -c weir -n {} -a {}\n", fish_quoted(given),
                            fish_quoted(base::join(words, " ")));
    }
  }
  return script;
}

}  // namespace weir::app
