#pragma once

#include "engine/config.hpp"

#include <string>

namespace weir::engine {

enum class ConfigStyle {
  blocks,      ///< `process {` … `}`
  flat,        ///< `process.cpus = 2`
  properties,  ///< Java properties: `process.cpus=2`
};

/// The settings as text, in the order in which they were made; settings before blocks. Closures are
/// shown as written.
[[nodiscard]] std::string print_config(const Config& config, const lang::SourceMap& sources,
                                       ConfigStyle style);

}  // namespace weir::engine
