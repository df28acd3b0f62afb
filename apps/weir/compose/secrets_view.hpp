#pragma once

#include "command.hpp"

#include <optional>
#include <string>

namespace weir::app {

enum class SecretsVerb { list, get, set, remove };

/// What `weir secrets` and `nextflow secrets` do. `value` is read from standard input when it is
/// not given. Throws Error: `not_found` for a secret that is not there.
[[nodiscard]] ExitStatus answer_secrets(Context& context, SecretsVerb verb, const std::string& name,
                                        const std::optional<std::string>& value);

}  // namespace weir::app
