#pragma once

#include "engine/config.hpp"

#include <string>

namespace weir::engine {

enum class ConfigStyle {
  blocks,      ///< `process {` … `}`
  flat,        ///< `process.cpus = 2`
  properties,  ///< Java properties: `process.cpus=2`
  json,        ///< one JSON document; closures and selectors as they are written
};

struct ConfigForm {
  ConfigStyle style = ConfigStyle::blocks;
  bool sorted = false;  ///< settings by name instead of in the order in which they were made
};

/// The settings as text; settings before blocks. Closures are shown as written.
[[nodiscard]] std::string print_config(const Config& config, const lang::SourceMap& sources,
                                       const ConfigForm& form);

}  // namespace weir::engine
