#pragma once

#include "dataflow/flow.hpp"

#include <optional>
#include <string>
#include <vector>

namespace weir::dataflow {

/// A value channel that emits `value` when the run begins.
[[nodiscard]] Channel& constant(Flow& flow, Value value, std::string name = "value");

/// A queue of the elements of a list or other collection.
[[nodiscard]] Channel& list_channel(Flow& flow, const Value& list, std::string name = "list");

/// A queue of the given items.
[[nodiscard]] Channel& items_channel(Flow& flow, std::vector<Value> items, std::string name);

/// The `channel` (and `Channel`) namespace that scripts see: of, value, empty, fromList, fromPath,
/// fromFilePairs, from, topic. The caller keeps `flow` alive.
[[nodiscard]] Value make_channel_namespace(Flow& flow);

}  // namespace weir::dataflow
