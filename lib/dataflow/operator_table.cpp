#include "dataflow/operator_table.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "dataflow/channel_object.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace weir::dataflow {
namespace {

using Family = std::span<const OperatorRow> (*)();
constexpr Family k_families[] = {transform_operators,   select_operators, gather_operators,
                                 group_operators,       join_operators,   combine_operators,
                                 route_operators,       watch_operators,  split_operators,
                                 collect_file_operators};

void check_options(const OperatorRow& row, const lang::MapObject* named) {
  if (named == nullptr || row.options == "*") return;
  std::vector<std::string> known;
  for (const std::string_view name : base::split(row.options, ' ')) {
    if (!name.empty()) known.emplace_back(name);
  }
  for (const auto& entry : named->items.entries()) {
    const std::string name = lang::to_text(entry.key);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    Error error(ErrorKind::input, fmt::format("'{}' has no option '{}'", row.name, name));
    if (known.empty()) throw error.with_hint("it takes no options");
    if (const auto near = base::nearest(name, known))
      throw error.with_hint(fmt::format("did you mean '{}'", *near));
    throw error.with_hint("its options are " + base::join(known, ", "));
  }
}

void check_count(const OperatorRow& row, std::size_t count) {
  const bool few = count < static_cast<std::size_t>(row.values_min);
  const bool many = row.values_max >= 0 && count > static_cast<std::size_t>(row.values_max);
  if (!few && !many) return;
  const std::string wanted = row.values_max < 0 ? fmt::format("at least {}", row.values_min)
                             : row.values_min == row.values_max
                                 ? fmt::format("{}", row.values_min)
                                 : fmt::format("{} to {}", row.values_min, row.values_max);
  throw Error(ErrorKind::input,
              fmt::format("'{}' takes {} arguments, not {}", row.name, wanted, count));
}

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
  const lang::Arguments arguments =
      given.options.empty()
          ? written
          : lang::with_options_in_front(written, static_cast<std::size_t>(given.values_min));
  try {
    const bool typed = flow.surroundings().is_typed_here();
    const bool by_names = typed && given.by_names != nullptr && arguments.values.empty();
    const OperatorRow& row = by_names ? *given.by_names : given;
    check_count(row, arguments.values.size());
    check_options(row, arguments.named);
    return row.make({flow, flow.surroundings().here(), row.name, source, arguments.values,
                     arguments.named, typed});
  } catch (Error& error) {
    rethrow_placed(flow, error);
  }
}

}  // namespace weir::dataflow
