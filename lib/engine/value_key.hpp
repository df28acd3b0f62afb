#pragma once

#include "engine/task_key.hpp"
#include "lang/value.hpp"

#include <string>

namespace weir::engine {

/// The canonical form of a script value for a task's key: files by path (the runner looks at the
/// disk), containers by content, closures and natives by their text.
void add_value(KeyText& text, const lang::Value& value);

/// One part made of one value.
[[nodiscard]] KeyPart value_part(std::string name, const lang::Value& value);

}  // namespace weir::engine
