#pragma once

#include "engine/run_context.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The arguments of one directive, evaluated for one task.
struct DirectiveValue {
  std::vector<lang::Value> values;   ///< positional
  lang::Ref<lang::MapObject> named;  ///< may be empty
  /// The first positional value, else null.
  [[nodiscard]] lang::Value first() const {
    return values.empty() ? lang::Value() : values.front();
  }
};

/// The `withName` selectors that choose none of these processes, in the order of the configuration.
[[nodiscard]] std::vector<std::string> idle_selectors(const Config& config,
                                                      const std::set<std::string>& names);

/// What the script and the configuration say about one process, as written: which source counts for
/// each directive.
///
/// Precedence, low to high: `process` defaults of the configuration, directives in the script,
/// `withLabel`, then `withName` on the original name, on the alias, on the qualified name. `ext`
/// merges key by key; everything else replaces as a whole.
class ProcessSettings {
 public:
  /// One place where a directive is set: in the script, or a value of the configuration.
  struct Source {
    const lang::Directive* directive = nullptr;
    lang::Value value;
  };

  /// `name` is how the workflow calls it, `qualified_name` includes the workflows around it.
  ProcessSettings(const RunContext& run, const lang::ProcessDecl& declaration,
                  const std::string& name, const std::string& qualified_name);

  /// The sources of a directive that count, in order (several for publishDir, label, module);
  /// nullptr when not set.
  [[nodiscard]] const std::vector<Source>* find(std::string_view name) const;
  /// The layers of `ext`, lowest first.
  [[nodiscard]] const std::vector<Source>& ext() const { return ext_; }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  void add_config(const lang::MapObject& settings);
  void add_script(const RunContext& run, const lang::ProcessDecl& declaration);

  std::map<std::string, std::vector<Source>, std::less<>> sources_;
  std::vector<Source> ext_;
  std::vector<std::string> labels_;
};

/// Whether a selector's pattern (a regular expression over the whole name, "!" negates) takes
/// `name`.
[[nodiscard]] bool selector_matches(const std::string& pattern, const std::string& name);

/// The same for `withLabel`: a negated pattern must fit every label, any other pattern one of them;
/// a process without labels has the empty one.
[[nodiscard]] bool label_selector_matches(const std::string& pattern,
                                          const std::vector<std::string>& labels);

}  // namespace weir::engine
