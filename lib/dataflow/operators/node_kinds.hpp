#pragma once

#include "dataflow/channel_object.hpp"
#include "dataflow/operator_table.hpp"
#include "lang/interpreter.hpp"
#include "lang/semantics.hpp"

#include <initializer_list>
#include <utility>
#include <vector>

namespace weir::dataflow {

/// Base of the operators' nodes: knows the flow and calls closures.
class OperatorNode : public Node {
 public:
  OperatorNode(Graph& graph, const OperatorCall& call)
      : Node(graph, std::string(call.name), call.place), flow_(call.flow) {}

 protected:
  [[nodiscard]] Flow& flow() const { return flow_; }
  [[nodiscard]] lang::Interpreter& interpreter() const { return flow_.interpreter(); }
  /// The closure's answer to one item (a list is destructured when the closure has several
  /// parameters).
  Value call(const Value& closure, const Value& item) const {
    return interpreter().call(closure, std::span<const Value>(&item, 1));
  }
  Value call(const Value& closure, std::initializer_list<Value> items) const {
    return interpreter().call(closure, std::span<const Value>(items.begin(), items.size()));
  }
  /// The mapped item, or the item itself without a closure.
  [[nodiscard]] Value mapped(const Value& closure, const Value& item) const {
    return closure.is_null() ? item : call(closure, item);
  }

 private:
  Flow& flow_;
};

/// One input (the call's source), one output.
class UnaryNode : public OperatorNode {
 public:
  UnaryNode(Graph& graph, const OperatorCall& call, Carrier carrier) : OperatorNode(graph, call) {
    add_input(call.source);
    add_output(carrier);
  }
};

/// Adds a node made from `call` and further arguments; its first output as the script's value.
template <typename T, typename... Arguments>
[[nodiscard]] Value make_node(const OperatorCall& call, Arguments&&... arguments) {
  T& node = call.flow.graph().add<T>(call, std::forward<Arguments>(arguments)...);
  return channel_value(call.flow, *node.output());
}

/// The closure at the end of the call's arguments, or null.
[[nodiscard]] inline Value closure_or_null(const OperatorCall& call) {
  const Value* const closure = call.closure();
  return closure == nullptr ? Value() : *closure;
}

/// The items of a list, tuple or bag, or nullptr.
[[nodiscard]] inline const std::vector<Value>* list_items(const Value& value) {
  const lang::ListObject* const list = value.as<lang::ListObject>();
  return list == nullptr ? nullptr : &list->items;
}

}  // namespace weir::dataflow
