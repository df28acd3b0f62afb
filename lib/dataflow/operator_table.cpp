#include "dataflow/operator_table.hpp"

#include "base/error.hpp"
#include "dataflow/channel_object.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::dataflow {
namespace {

using Family = std::span<const OperatorRow> (*)();
constexpr Family k_families[] = {transform_operators,   select_operators, gather_operators,
                                 group_operators,       join_operators,   combine_operators,
                                 route_operators,       watch_operators,  split_operators,
                                 collect_file_operators};

}  // namespace

const Value* OperatorCall::option(std::string_view option_name) const {
  return named == nullptr ? nullptr : named->items.find(option_name);
}

bool OperatorCall::flag(std::string_view option_name, bool otherwise) const {
  const Value* const value = option(option_name);
  return value == nullptr ? otherwise : lang::truth(*value);
}

std::int64_t OperatorCall::integer(std::string_view option_name, std::int64_t otherwise) const {
  const Value* const value = option(option_name);
  if (value == nullptr) return otherwise;
  if (!value->is_integer()) {
    throw Error(ErrorKind::input,
                fmt::format("option '{}' of '{}' must be a whole number", option_name, name));
  }
  return value->as_int64();
}

const Value* OperatorCall::closure() const {
  return !values.empty() && values.back().kind() == lang::Kind::closure ? &values.back() : nullptr;
}

std::span<const Value> OperatorCall::plain_values() const {
  return closure() == nullptr ? values : values.first(values.size() - 1);
}

Channel& OperatorCall::channel(const Value& argument) const {
  return as_channel(flow, argument);
}

std::vector<OperatorRow> all_operators() {
  std::vector<OperatorRow> rows;
  for (const Family family : k_families) {
    const auto part = family();
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

const OperatorRow* find_operator(std::string_view name) {
  for (const Family family : k_families) {
    for (const OperatorRow& row : family()) {
      if (row.name == name) return &row;
    }
  }
  return nullptr;
}

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  for (const OperatorRow& row : all_operators()) names.emplace_back(row.name);
  return names;
}

Value apply_operator(Flow& flow, const OperatorRow& given, Channel& source,
                     const lang::Arguments& written) {
  const lang::Arguments arguments = options_apart(given.shape(), written);
  try {
    const bool typed = flow.surroundings().is_typed_here();
    const bool by_names = typed && given.by_names != nullptr && arguments.values.empty();
    const OperatorRow& row = by_names ? *given.by_names : given;
    check_call(row.name, row.shape(), arguments);
    return row.make({flow, flow.surroundings().here(), row.name, source, arguments.values,
                     arguments.named, typed});
  } catch (Error& error) {
    rethrow_placed(flow, error);
  }
}

}  // namespace weir::dataflow
