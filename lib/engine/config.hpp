#pragma once

#include "engine/run_settings.hpp"
#include "lang/interpreter.hpp"
#include "lang/parse.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::engine {

/// The settings of a run, merged from all configuration files.
struct Config {
  /// `process { withName: 'x' { … } }` in order of first appearance; one that appears again adds to
  /// the first, as upstream has it.
  struct Selector {
    lang::SelectorKind kind = lang::SelectorKind::with_name;
    std::string pattern;  ///< regular expression over the whole name; "!" in front negates
    lang::Ref<lang::MapObject> settings;
    std::size_t place = 0;  ///< how many settings of all processes stood before it
  };
  lang::Ref<lang::MapObject> root;
  std::vector<Selector> selectors;
  std::vector<std::string> files;    ///< those that were read, in order; not what they include
  std::vector<std::string> plugins;  ///< ids asked for

  /// The setting of a dotted name, or nullptr.
  [[nodiscard]] const lang::Value* find(std::string_view dotted_name) const;
  /// The text of a setting, or `otherwise` when it is not there or null.
  [[nodiscard]] std::string text(std::string_view dotted_name, std::string otherwise = {}) const;
  [[nodiscard]] bool flag(std::string_view dotted_name, bool otherwise = false) const;
};

/// Reads configuration files one after another into one set of settings; later ones win, maps merge
/// deeply.
///
/// Profiles are applied where the `profiles` scope stands, in the order asked for. Closures stay
/// lazy and keep the scope in which they were written.
class ConfigLoader {
 public:
  struct Options {
    std::vector<std::string> profiles;
    std::string launch_dir;
    /// Keep every profile as a scope of its own instead of applying some; for printing.
    bool show_profiles = false;
    /// Read the files without what they include.
    bool skip_includes = false;
    /// Parameters given on the command line or in the parameter file, which files do not change.
    /// Not null.
    lang::Ref<lang::MapObject> fixed_params;
    /// The text of a remote file that is included; empty: that is refused. Throws Error.
    std::function<std::string(const std::string& url)> read_remote{};
  };

  ConfigLoader(lang::SourceMap& sources, lang::Ast& ast, lang::Interpreter& interpreter,
               Options options);

  /// Reads one file. Throws Error (usage) with the diagnostics when it has errors or cannot be
  /// read.
  void load(const std::string& path);
  /// Sets one value from the command line: `process.cpus` to `2`. Numbers, true and false are
  /// recognised.
  void set(const std::string& dotted_name, const std::string& text);
  /// The parameters as far as known; shared with the result, so that files see what was set before.
  [[nodiscard]] const lang::Ref<lang::MapObject>& params() const { return params_; }
  /// Throws Error (usage) naming a profile that no file defines, with the nearest known one.
  [[nodiscard]] Config finish();

 private:
  class Evaluator;
  friend class Evaluator;
  void load_into(const std::string& path, const lang::Ref<lang::MapObject>& target);
  void load_remote(const std::string& url, const lang::Ref<lang::MapObject>& target);
  void load_text(const std::string& path, std::string text,
                 const lang::Ref<lang::MapObject>& target);
  /// The settings of a selector, the same each time.
  lang::Ref<lang::MapObject> selected(lang::SelectorKind kind, std::string pattern);

  lang::SourceMap& sources_;
  lang::Ast& ast_;
  lang::Interpreter& interpreter_;
  Options options_;
  Config config_;
  lang::Ref<lang::MapObject> params_;
  std::map<std::string, bool> profiles_seen_;
  std::unordered_map<std::string, std::size_t> selector_index_;  ///< by kind and pattern
  int include_depth_ = 0;
};

/// The map under `name` within `parent`, made when missing or no map.
[[nodiscard]] lang::Ref<lang::MapObject> child_map(lang::MapObject& parent, std::string_view name);
/// Puts the entries of `source` into `target`, map by map.
void merge_maps(lang::MapObject& target, const lang::MapObject& source);

}  // namespace weir::engine
