#pragma once

#include "dataflow/operator_table.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace weir::dataflow {

/// The columns that an option names: an index, or a list of indices; {0} when it is not given.
/// Throws Error (input) for anything else.
[[nodiscard]] std::vector<std::size_t> columns_option(const OperatorCall& call,
                                                      std::string_view option);

/// A tuple cut into the key made of some columns and the rest.
struct KeyedRow {
  Value key;  ///< one column's value, or the list of several; a `groupKey` is unwrapped
  std::vector<Value> keys;  ///< the key columns as they came
  std::vector<Value> rest;  ///< the other columns, in order
};

/// Cuts `item`. An item that is no list counts as a tuple of one. Throws Error (input) when a
/// column is missing.
[[nodiscard]] KeyedRow cut_row(const Value& item, const std::vector<std::size_t>& columns,
                               std::string_view operator_name);

}  // namespace weir::dataflow
