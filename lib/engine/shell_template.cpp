#include "engine/shell_template.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {

using lang::Value;

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Evaluates `a.b.c()`.
Value evaluate_path(TaskContext& context, std::string_view expression) {
  RunContext& run = context.unit().run;
  const auto refuse = [&](std::string_view why) {
    return Error(ErrorKind::input, fmt::format("process '{}': '{}' {}",
                                               context.unit().qualified_name, expression, why))
        .with_hint("assign it to a variable in the script block and use the variable");
  };
  Value value;
  bool first = true;
  for (const std::string_view raw : base::split(base::trim(expression), '.')) {
    std::string_view part = base::trim(raw);
    const bool is_call = part.ends_with("()");
    if (is_call) part.remove_suffix(2);
    const bool plain = !part.empty() && std::all_of(part.begin(), part.end(), is_name_character);
    if (!plain || (first && is_call)) throw refuse("is more than a name with properties");
    if (first) {
      auto found = context.variable(part);
      if (!found) found = run.host.global(run.interpreter, part);
      if (!found) throw refuse("names no variable");
      value = std::move(*found);
      first = false;
      continue;
    }
    value =
        is_call ? run.interpreter.call_method(value, part) : run.interpreter.property(value, part);
  }
  return value;
}

}  // namespace

std::string render_shell(TaskContext& context, std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = text.find("!{", at);
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) break;
    result.append(text.substr(at, begin - at));
    result += lang::to_text(evaluate_path(context, text.substr(begin + 2, end - begin - 2)));
    at = end + 1;
  }
  result.append(text.substr(at));
  return result;
}

std::string render_template(TaskContext& context, std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '$') {
      result += '$';
      at += 2;
      continue;
    }
    if (text[at] != '$' || at + 1 == text.size()) {
      result += text[at++];
      continue;
    }
    std::size_t begin = at + 1;
    std::size_t end = begin;
    const bool braces = text[begin] == '{';
    if (braces) {
      end = text.find('}', ++begin);
      if (end == std::string_view::npos) end = text.size();
    } else {
      while (end < text.size() &&
             (is_name_character(text[end]) || (text[end] == '.' && end + 1 < text.size() &&
                                               is_name_character(text[end + 1]) && end > begin))) {
        ++end;
      }
    }
    if (end == begin || (text[begin] >= '0' && text[begin] <= '9')) {
      result += text[at++];
      continue;
    }
    result += lang::to_text(evaluate_path(context, text.substr(begin, end - begin)));
    at = braces ? end + 1 : end;
  }
  return result;
}

}  // namespace weir::engine
