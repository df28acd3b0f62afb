#pragma once

#include "engine/task_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The names under which `sources` (paths) appear in the task directory for one input declared as
/// `pattern`.
///
/// Rules (matched to upstream's behaviour): an empty pattern or `*` keeps the last component of
/// each source; a pattern ending in `/` or `/*` keeps it below that folder; a fixed name is used as
/// it is for a single file and gets 1, 2, 3 appended for several; elsewhere `*` becomes the
/// ordinal, or nothing for a single file, and a run of `?` the ordinal padded with zeros to that
/// width, in folders as well.
[[nodiscard]] std::vector<std::string> expand_stage_names(std::string_view pattern,
                                                          const std::vector<std::string>& sources);

/// Throws Error (input) naming the colliding stage names and their sources when two inputs share
/// one.
void check_stage_collisions(const std::vector<StagedInput>& inputs);

/// The name as a script should print it: characters special to a shell escaped by backslashes.
[[nodiscard]] std::string escape_for_script(std::string_view name);

}  // namespace weir::engine
