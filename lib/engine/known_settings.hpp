#pragma once

#include "engine/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

/// A setting of the configuration that nothing reads: usually a misspelt one.
struct UnknownSetting {
  std::string name;                 ///< dotted; of a selector as if it stood in `process` itself
  std::optional<std::string> near;  ///< the whole name of a known setting like it
};

/// The settings that neither upstream (its reference of the configuration, as of 26.04) nor weir
/// knows, each once, in order of appearance.
///
/// `params`, `env` and `ext` take any name. Scopes of upstream's clouds and of plug-ins are not
/// looked into; with plug-ins, unknown scopes may be theirs.
[[nodiscard]] std::vector<UnknownSetting> unknown_settings(const Config& config);

}  // namespace weir::engine
