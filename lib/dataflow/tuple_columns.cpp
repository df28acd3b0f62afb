#include "dataflow/tuple_columns.hpp"

#include "base/error.hpp"
#include "dataflow/group_key.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::dataflow {
namespace {

std::size_t column_of(const Value& value, const OperatorCall& call, std::string_view option) {
  if (!value.is_integer() || value.as_int64() < 0) {
    throw Error(ErrorKind::input,
                fmt::format("option '{}' of '{}' must be a column number or a list of them", option,
                            call.name));
  }
  return static_cast<std::size_t>(value.as_int64());
}

}  // namespace

std::vector<std::size_t> columns_option(const OperatorCall& call, std::string_view option) {
  const Value* const given = call.option(option);
  if (given == nullptr) return {0};
  std::vector<std::size_t> columns;
  if (const lang::ListObject* const list = given->as<lang::ListObject>()) {
    for (const Value& item : list->items) columns.push_back(column_of(item, call, option));
  } else {
    columns.push_back(column_of(*given, call, option));
  }
  if (columns.empty())
    throw Error(ErrorKind::input, fmt::format("option '{}' of '{}' is empty", option, call.name));
  return columns;
}

KeyedRow cut_row(const Value& item, const std::vector<std::size_t>& columns,
                 std::string_view operator_name) {
  KeyedRow row;
  const lang::ListObject* const list = item.as<lang::ListObject>();
  if (list == nullptr) {
    if (columns.size() != 1 || columns[0] != 0) {
      throw Error(ErrorKind::input,
                  fmt::format("'{}' expects tuples with at least {} elements", operator_name,
                              *std::max_element(columns.begin(), columns.end()) + 1));
    }
    row.key = plain_key(item);
    row.keys.push_back(item);
    return row;
  }
  for (const std::size_t column : columns) {
    if (column >= list->items.size()) {
      throw Error(ErrorKind::input, fmt::format("'{}' needs element {} of a tuple that has {}",
                                                operator_name, column, list->items.size()));
    }
    row.keys.push_back(list->items[column]);
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    if (std::find(columns.begin(), columns.end(), i) == columns.end())
      row.rest.push_back(list->items[i]);
  }
  if (row.keys.size() == 1) {
    row.key = plain_key(row.keys.front());
  } else {
    std::vector<Value> plain;
    for (const Value& key : row.keys) plain.push_back(plain_key(key));
    row.key = lang::make_list(std::move(plain));
  }
  return row;
}

}  // namespace weir::dataflow
