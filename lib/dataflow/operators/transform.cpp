// map, flatMap, flatten, transpose, toInteger and its kin: each item gives zero or more items.

#include "base/error.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "dataflow/tuple_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::dataflow {
namespace {

class MapNode final : public UnaryNode {
 public:
  MapNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        closure_(*operator_call.closure()) {}
  void on_item(Port, Value item) override {
    Value result = call(closure_, item);
    if (!result.is_null()) emit(std::move(result));
  }

 private:
  Value closure_;
};

class FlatMapNode final : public UnaryNode {
 public:
  FlatMapNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue), closure_(closure_or_null(operator_call)) {}
  void on_item(Port, Value item) override {
    Value result = mapped(closure_, item);
    if (result.is_null()) return;
    if (!lang::is_collection(result) && result.kind() != lang::Kind::map) {
      emit(std::move(result));
      return;
    }
    for (Value& element : lang::elements_of(result)) emit(std::move(element));
  }

 private:
  Value closure_;
};

class FlattenNode final : public UnaryNode {
 public:
  FlattenNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue) {}
  void on_item(Port, Value item) override { emit_leaves(item, 0); }

 private:
  void emit_leaves(const Value& value, int depth) {
    if (depth > lang::k_nesting_max)
      throw Error(ErrorKind::input, "a list is nested too deeply to flatten");
    if (!lang::is_collection(value)) {
      emit(value);
      return;
    }
    for (const Value& element : lang::elements_of(value)) emit_leaves(element, depth + 1);
  }
};

/// Zips the list columns of a tuple out into one tuple per position.
class TransposeNode final : public UnaryNode {
 public:
  TransposeNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue),
        remainder_(operator_call.flag("remainder", false)) {
    if (operator_call.option("by") != nullptr) columns_ = columns_option(operator_call, "by");
  }
  void on_item(Port, Value item) override {
    const std::vector<Value>* const row = list_items(item);
    if (row == nullptr) {
      emit(std::move(item));
      return;
    }
    const std::vector<bool> zipped = zipped_columns(*row);
    std::size_t shortest = 0;
    std::size_t longest = 0;
    bool any = false;
    for (std::size_t i = 0; i < row->size(); ++i) {
      if (!zipped[i]) continue;
      const std::size_t size = list_items((*row)[i])->size();
      shortest = any ? std::min(shortest, size) : size;
      longest = std::max(longest, size);
      any = true;
    }
    if (!any) {
      emit(std::move(item));
      return;
    }
    const std::size_t rows = remainder_ ? longest : shortest;
    for (std::size_t i = 0; i < rows; ++i) emit(row_at(*row, zipped, i));
  }

 private:
  std::vector<bool> zipped_columns(const std::vector<Value>& row) const {
    std::vector<bool> zipped(row.size(), false);
    if (columns_.empty()) {
      for (std::size_t i = 0; i < row.size(); ++i) zipped[i] = list_items(row[i]) != nullptr;
      return zipped;
    }
    for (const std::size_t column : columns_) {
      if (column >= row.size() || list_items(row[column]) == nullptr) {
        throw Error(ErrorKind::input,
                    fmt::format("'transpose' needs a list at index {} of each tuple", column));
      }
      zipped[column] = true;
    }
    return zipped;
  }

  static Value row_at(const std::vector<Value>& row, const std::vector<bool>& zipped,
                      std::size_t index) {
    std::vector<Value> result;
    result.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!zipped[i]) {
        result.push_back(row[i]);
        continue;
      }
      const std::vector<Value>& column = *list_items(row[i]);
      result.push_back(index < column.size() ? column[index] : Value());
    }
    return lang::make_list(std::move(result));
  }

  std::vector<std::size_t> columns_;
  bool remainder_;
};

/// Calls the value method of the operator's own name on each item.
class MethodNode final : public UnaryNode {
 public:
  MethodNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()) {}
  void on_item(Port, Value item) override { emit(interpreter().call_method(item, name(), {})); }
};

constexpr std::array k_rows{
    OperatorRow{"map", 1, 1, "", make_node<MapNode>,
                "the closure's result for each item; null is dropped"},
    OperatorRow{
        "flatMap", 0, 1, "", make_node<FlatMapNode>,
        "each element of the closure's result: list elements, map entries, else the result"},
    OperatorRow{"flatten", 0, 0, "", make_node<FlattenNode>, "every leaf of nested lists"},
    OperatorRow{"transpose", 0, 0, "by remainder", make_node<TransposeNode>,
                "one tuple for each position of the tuple's list columns"},
    OperatorRow{"toInteger", 0, 0, "", make_node<MethodNode>, "each item as an Integer"},
    OperatorRow{"toLong", 0, 0, "", make_node<MethodNode>, "each item as a Long"},
    OperatorRow{"toFloat", 0, 0, "", make_node<MethodNode>, "each item as a Float"},
    OperatorRow{"toDouble", 0, 0, "", make_node<MethodNode>, "each item as a Double"},
};

}  // namespace

std::span<const OperatorRow> transform_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
