#pragma once

#include "engine/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

enum class ConfigStyle {
  blocks,      ///< `process {` … `}`
  flat,        ///< `process.cpus = 2`
  properties,  ///< Java properties: `process.cpus=2`
  json,        ///< one JSON document; closures and selectors as they are written
  yaml,        ///< the same as YAML
};

/// The words for them: canonical, flat and so on.
[[nodiscard]] std::vector<std::string_view> config_style_words();
/// The style of such a word; throws Error (usage) with the nearest one.
[[nodiscard]] ConfigStyle config_style(std::string_view format);

struct ConfigForm {
  ConfigStyle style = ConfigStyle::blocks;
  bool sorted = false;  ///< settings by name instead of in the order in which they were made
};

/// The settings as text, in upstream's forms. Closures are shown as written; selectors behind the
/// other settings of processes.
[[nodiscard]] std::string print_config(const Config& config, const lang::SourceMap& sources,
                                       const ConfigForm& form);

}  // namespace weir::engine
