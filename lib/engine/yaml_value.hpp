#pragma once

#include "lang/value.hpp"

#include <string>

namespace weir::engine {

/// The value of a YAML document with scalars by the YAML 1.2 core rules (plus yes/no kept as
/// texts). Throws Error (usage) with the place of the fault; `what` names the source.
[[nodiscard]] lang::Value value_of_yaml(const std::string& text, const std::string& what);

}  // namespace weir::engine
