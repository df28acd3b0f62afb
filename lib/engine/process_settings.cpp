#include "engine/process_settings.hpp"

#include "lang/matching.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <set>

namespace weir::engine {

using lang::MapObject;
using lang::Value;

namespace {

/// A selector, made ready once for any number of names. Most are names themselves.
class NameTest {
 public:
  explicit NameTest(const std::string& selector)
      : negated_(selector.starts_with('!')), text_(selector.substr(negated_ ? 1 : 0)) {
    if (text_.find_first_of("\\^$.|?*+()[]{}") != std::string::npos)
      pattern_ = lang::make_pattern(text_);
  }
  [[nodiscard]] bool holds(const std::string& name) const {
    return (pattern_ ? lang::matches_fully(*pattern_, name) : name == text_) != negated_;
  }

 private:
  bool negated_;
  std::string text_;
  lang::Ref<lang::PatternObject> pattern_;  ///< null: the text is a name
};

/// Directives that may stand several times in a script.
bool accumulates(std::string_view name) {
  return name == "publishDir" || name == "label" || name == "module" || name == "resourceLabels" ||
         name == "pod" || name == "hints" || name == "secret";
}

std::vector<std::string> labels_of(const RunContext& run, const lang::ProcessDecl& declaration) {
  std::vector<std::string> labels;
  lang::Frame frame(declaration.frame_size);
  for (const lang::Directive& directive : declaration.directives) {
    if (run.text(directive.name) != "label") continue;
    for (const lang::Expr* argument : directive.arguments) {
      labels.push_back(lang::to_text(run.interpreter.evaluate(*argument, frame)));
    }
  }
  return labels;
}

}  // namespace

bool label_selector_matches(const std::string& pattern, const std::vector<std::string>& labels) {
  if (labels.empty()) return selector_matches(pattern, "");
  if (pattern.starts_with('!')) {
    return std::all_of(labels.begin(), labels.end(),
                       [&](const std::string& label) { return selector_matches(pattern, label); });
  }
  return std::any_of(labels.begin(), labels.end(),
                     [&](const std::string& label) { return selector_matches(pattern, label); });
}

bool selector_matches(const std::string& pattern, const std::string& name) {
  return NameTest(pattern).holds(name);
}

std::vector<std::string> idle_selectors(const Config& config, const std::set<std::string>& names) {
  std::vector<std::string> idle;
  for (const Config::Selector& selector : config.selectors) {
    const std::string& pattern = selector.pattern;
    if (selector.kind != lang::SelectorKind::with_name || pattern.starts_with('!')) continue;
    const NameTest test(pattern);
    const bool used = std::any_of(names.begin(), names.end(),
                                  [&](const std::string& name) { return test.holds(name); });
    if (!used) idle.push_back(pattern);
  }
  return idle;
}

ProcessSettings::ProcessSettings(const RunContext& run, const lang::ProcessDecl& declaration,
                                 const std::string& name, const std::string& qualified_name) {
  if (const Value* const defaults = run.config.find("process")) {
    if (const auto* const map = defaults->as<MapObject>()) add_config(*map);
  }
  labels_ = labels_of(run, declaration);
  add_script(run, declaration);
  for (const Config::Selector& selector : run.config.selectors) {
    if (selector.kind != lang::SelectorKind::with_label) continue;
    const bool matches = label_selector_matches(selector.pattern, labels_);
    if (matches) add_config(*selector.settings);
  }
  // A process's own name, its alias, its qualified name: the more exact one later, each name once.
  std::vector<std::string> names{std::string(run.text(declaration.name)), name, qualified_name};
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& candidate : names) {
    for (const Config::Selector& selector : run.config.selectors) {
      if (selector.kind == lang::SelectorKind::with_name &&
          selector_matches(selector.pattern, candidate)) {
        add_config(*selector.settings);
      }
    }
  }
}

void ProcessSettings::add_config(const MapObject& settings) {
  for (const auto& entry : settings.items.entries()) {
    const std::string name = lang::to_text(entry.key);
    if (name == "ext") {
      ext_.push_back({nullptr, entry.value});
    } else {
      sources_[name] = {{nullptr, entry.value}};
    }
  }
}

void ProcessSettings::add_script(const RunContext& run, const lang::ProcessDecl& declaration) {
  std::set<std::string, std::less<>> seen;
  for (const lang::Directive& directive : declaration.directives) {
    const std::string name(run.text(directive.name));
    if (name == "ext") {
      // Its maps are joined with those of the configuration, not with each other.
      std::erase_if(ext_, [](const Source& source) { return source.directive != nullptr; });
      ext_.push_back({&directive, {}});
      continue;
    }
    std::vector<Source>& sources = sources_[name];
    if (!seen.insert(name).second && accumulates(name)) {
      sources.push_back({&directive, {}});
    } else {
      sources = {{&directive, {}}};
    }
  }
}

const std::vector<ProcessSettings::Source>* ProcessSettings::find(std::string_view name) const {
  const auto known = sources_.find(name);
  return known == sources_.end() ? nullptr : &known->second;
}

std::vector<std::string> ProcessSettings::names() const {
  std::vector<std::string> names;
  for (const auto& [name, sources] : sources_) names.push_back(name);
  return names;
}

}  // namespace weir::engine
