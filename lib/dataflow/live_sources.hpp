#pragma once

#include "dataflow/flow.hpp"

namespace weir::dataflow {

/// `channel.interval('1s')`: 0, 1, 2, … for as long as anybody reads. Throws Error (input) for what
/// is no duration.
[[nodiscard]] Value make_interval(Flow& flow, const lang::Arguments& arguments);

/// `channel.watchPath(pattern, 'create,modify,delete')`: files that appear, change or go after the
/// start of the run, found by looking twice a second. One that appears or changes is emitted when
/// its size and time stay as they are between two looks. Throws Error (input) for another event.
[[nodiscard]] Value make_watch_path(Flow& flow, const lang::Arguments& arguments);

}  // namespace weir::dataflow
