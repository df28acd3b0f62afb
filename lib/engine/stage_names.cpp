#include "engine/stage_names.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <map>

namespace weir::engine {
namespace {

enum class Single { no, yes };

std::string_view last_component(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

/// `*` becomes the ordinal (nothing for a single file), a run of `?` the ordinal padded with zeros.
std::string number_wildcards(std::string_view text, std::size_t ordinal, Single single) {
  const std::string digits = std::to_string(ordinal);
  std::string name;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '*') {
      if (single == Single::no) name += digits;
      ++at;
    } else if (text[at] == '?') {
      const std::size_t end = std::min(text.find_first_not_of('?', at), text.size());
      const std::size_t width = end - at;
      if (width > digits.size()) name.append(width - digits.size(), '0');
      name += digits;
      at = end;
    } else {
      name += text[at++];
    }
  }
  return name;
}

/// True for the `!` of a complement such as `[!ab]`, which scripts need as it is.
bool is_complement(std::string_view name, std::size_t at) {
  return at > 0 && name[at - 1] == '[' && (at == 1 || name[at - 2] != '\\') &&
         name.find(']', at) != std::string_view::npos;
}

}  // namespace

std::vector<std::string> expand_stage_names(std::string_view pattern,
                                            const std::vector<std::string>& sources) {
  const std::size_t slash = pattern.rfind('/');
  const bool has_folder = slash != std::string_view::npos;
  const std::string_view folder = has_folder ? pattern.substr(0, slash) : std::string_view{};
  std::string name(has_folder ? pattern.substr(slash + 1) : pattern);
  const bool keeps_name = name.empty() || name == "*";
  const bool is_fixed = pattern.find_first_of("*?") == std::string_view::npos;
  if (is_fixed && !keeps_name && sources.size() > 1) name += '*';

  const Single single = sources.size() <= 1 ? Single::yes : Single::no;
  std::vector<std::string> names;
  names.reserve(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    std::string staged = keeps_name ? std::string(last_component(sources[i]))
                                    : number_wildcards(name, i + 1, single);
    // A folder's star is never dropped: `run*/x` must not become `run/x` beside `run1/x`.
    if (!folder.empty()) staged = number_wildcards(folder, i + 1, Single::no) + "/" + staged;
    names.push_back(std::move(staged));
  }
  return names;
}

void check_stage_collisions(const std::vector<StagedInput>& inputs) {
  std::map<std::string_view, std::vector<std::string_view>> sources;
  for (const StagedInput& input : inputs) sources[input.stage_name].push_back(input.source);
  std::string told;
  for (const auto& [name, from] : sources) {
    if (from.size() < 2) continue;
    told += told.empty() ? "" : "; ";
    told += "'" + std::string(name) + "' is the name of";
    for (const std::string_view source : from) told += " " + std::string(source);
  }
  if (told.empty()) return;
  throw Error(ErrorKind::input, "input file name collision: " + told)
      .with_hint("give the inputs different names, such as `path 'reads_?.fq'`, or a folder each");
}

std::string escape_for_script(std::string_view name) {
  constexpr std::string_view k_special = "'\" ()\\!&|<>`:;$\t";
  std::string escaped;
  escaped.reserve(name.size() + 8);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '\n') {
      escaped += "$'\\n'";  // a backslash before a newline would join the lines
      continue;
    }
    const bool special = k_special.find(c) != std::string_view::npos;
    if (special && !(c == '!' && is_complement(name, i))) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace weir::engine
