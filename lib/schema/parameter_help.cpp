#include "schema/parameter_help.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::schema {
namespace {

/// `text` behind `indent` columns, in lines of at most `width`; words are not cut.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  for (const std::string_view word : base::split(text, ' ')) {
    if (word.empty()) continue;
    if (column > indent && column + 1 + word.size() > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

std::string bracketed_type(const Parameter& parameter) {
  return parameter.type.empty() ? "" : "[" + parameter.type + "]";
}

class HelpWriter {
 public:
  explicit HelpWriter(const HelpOptions& options) : options_(options) {}

  std::string all(const ParameterSchema& schema) {
    for (const ParameterGroup& group : schema.groups()) measure(group.parameters);
    for (const ParameterGroup& group : schema.groups()) {
      std::string lines;
      list(group.parameters, lines);
      if (lines.empty()) continue;
      if (!group.title.empty()) text_ += group.title + "\n";
      text_ += lines + "\n";
    }
    if (hidden_ != 0 && !options_.hidden_option.empty()) {
      text_ += fmt::format("{} hidden parameter{} not shown; {} shows {}\n", hidden_,
                           hidden_ == 1 ? " is" : "s are", options_.hidden_option,
                           hidden_ == 1 ? "it" : "them");
    }
    return std::move(text_);
  }

  std::string one(const Parameter& parameter) {
    text_ = "--" + parameter.name + "\n";
    for (auto it = parameter.definition->begin(); it != parameter.definition->end(); ++it) {
      if (it.key() == "fa_icon" || it.key() == "properties" || it.key() == "required") continue;
      std::vector<std::string> parts;
      if (it->is_array()) {
        for (const Json& item : *it) parts.push_back(shown(item));
      }
      const std::string value = it->is_array() ? base::join(parts, ", ") : shown(*it, 100'000);
      text_ += fmt::format("    {:<14}{}\n", it.key(), wrapped(value, 18, options_.width));
    }
    if (parameter.is_required) text_ += fmt::format("    {:<14}yes\n", "required");
    if (!parameter.members.empty()) {
      text_ += "    members\n";
      measure(parameter.members);
      std::string lines;
      list(parameter.members, lines);
      text_ += lines;
    }
    return std::move(text_);
  }

 private:
  [[nodiscard]] bool is_shown(const Parameter& parameter) const {
    return !parameter.is_hidden || options_.show_hidden;
  }
  [[nodiscard]] bool opens(const Parameter& parameter) const {
    return options_.show_members && !parameter.members.empty();
  }

  void measure(const std::vector<Parameter>& parameters) {
    for (const Parameter& parameter : parameters) {
      if (opens(parameter)) measure(parameter.members);
      if (!is_shown(parameter)) continue;
      name_width_ = std::max(name_width_, parameter.name.size());
      type_width_ = std::max(type_width_, bracketed_type(parameter).size());
    }
  }

  void list(const std::vector<Parameter>& parameters, std::string& lines) {
    for (const Parameter& parameter : parameters) {
      if (opens(parameter)) {
        list(parameter.members, lines);
      } else if (is_shown(parameter)) {
        entry(parameter, lines);
      } else {
        ++hidden_;
      }
    }
  }

  void entry(const Parameter& parameter, std::string& lines) const {
    std::string about = parameter.description;
    if (parameter.is_required) about += " (required)";
    if (parameter.is_deprecated) about += " (deprecated)";
    if (!parameter.accepted.empty())
      about += fmt::format(" (accepted: {})", base::join(parameter.accepted, ", "));
    if (parameter.has_default) about += fmt::format(" [default: {}]", parameter.default_text);
    if (!parameter.members.empty())
      about += fmt::format(" (has members: see --help {})", parameter.name);
    const std::string head = fmt::format("  --{:<{}}  {:<{}}", parameter.name, name_width_,
                                         bracketed_type(parameter), type_width_);
    std::string line = head + "  " + wrapped(about, head.size() + 2, options_.width);
    line.erase(line.find_last_not_of(' ') + 1);
    lines += line + "\n";
  }

  const HelpOptions& options_;
  std::string text_;
  std::size_t name_width_ = 0;
  std::size_t type_width_ = 0;
  std::size_t hidden_ = 0;
};

}  // namespace

std::string help_text(const ParameterSchema& schema, const HelpOptions& options) {
  return HelpWriter(options).all(schema);
}

std::string help_text_of(const ParameterSchema& schema, std::string_view name,
                         const HelpOptions& options) {
  const Parameter* const parameter = schema.find(name);
  if (parameter != nullptr) return HelpWriter(options).one(*parameter);
  Error error(ErrorKind::input, fmt::format("the pipeline has no parameter '{}'", name));
  if (const auto near = base::nearest(name, schema.names()))
    error.with_hint(fmt::format("did you mean '{}'", *near));
  throw error;
}

}  // namespace weir::schema
