#pragma once

#include "dataflow/call_shape.hpp"
#include "dataflow/flow.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dataflow {

/// One use of an operator in a workflow body. Arguments and named options are checked against the
/// operator's row before its maker runs.
struct OperatorCall {
  Flow& flow;
  Place place;
  std::string_view name;
  Channel& source;
  std::span<const Value> values;  ///< positional, the source not included; a closure is the last
  const lang::MapObject* named = nullptr;  ///< options, or nullptr
  bool typed = false;                      ///< it stands in a script of static types

  [[nodiscard]] const Value* option(std::string_view option_name) const;
  /// The option's truth; `otherwise` when it is not given.
  [[nodiscard]] bool flag(std::string_view option_name, bool otherwise) const;
  /// Throws Error (input) when the option is there and no integer.
  [[nodiscard]] std::int64_t integer(std::string_view option_name, std::int64_t otherwise) const;
  /// The last positional value when it is a closure, else nullptr.
  [[nodiscard]] const Value* closure() const;
  /// The positional values without the closure at the end.
  [[nodiscard]] std::span<const Value> plain_values() const;
  /// The channel of a positional argument; a plain value becomes a value channel.
  [[nodiscard]] Channel& channel(const Value& argument) const;
};

/// A row of the operator tables: all that is known of one operator.
struct OperatorRow {
  std::string_view name;
  int values_min = 0;        ///< positional arguments, the source not included
  int values_max = 0;        ///< -1: any number
  std::string_view options;  ///< names of the named options, separated by blanks; "*": any
  Value (*make)(const OperatorCall& call);
  std::string_view doc;         ///< one line: what it emits
  bool takes_channels = false;  ///< `(a & b) | op` gives the further channels as arguments
  /// What it is in scripts of static types when only named arguments are given; null: the same.
  const OperatorRow* by_names = nullptr;

  [[nodiscard]] CallShape shape() const { return {values_min, values_max, options}; }
};

/// The row of an operator, or nullptr.
[[nodiscard]] const OperatorRow* find_operator(std::string_view name);
/// Names of all operators, for suggestions.
[[nodiscard]] std::vector<std::string> operator_names();
/// All rows, by family.
[[nodiscard]] std::vector<OperatorRow> all_operators();

/// Adds the operator's node to the graph and returns what the script gets: a channel, several
/// channels, or null. Throws Error (input) for wrong arguments and unknown options, naming the
/// operator and the nearest option.
[[nodiscard]] Value apply_operator(Flow& flow, const OperatorRow& row, Channel& source,
                                   const lang::Arguments& arguments);

// The families, one file each under operators/.
[[nodiscard]] std::span<const OperatorRow> transform_operators();
[[nodiscard]] std::span<const OperatorRow> select_operators();
[[nodiscard]] std::span<const OperatorRow> gather_operators();
[[nodiscard]] std::span<const OperatorRow> group_operators();
[[nodiscard]] std::span<const OperatorRow> join_operators();
[[nodiscard]] std::span<const OperatorRow> combine_operators();
[[nodiscard]] std::span<const OperatorRow> route_operators();
[[nodiscard]] std::span<const OperatorRow> watch_operators();
[[nodiscard]] std::span<const OperatorRow> split_operators();
[[nodiscard]] std::span<const OperatorRow> collect_file_operators();

}  // namespace weir::dataflow
