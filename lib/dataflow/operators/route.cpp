// branch, multiMap, ifEmpty, set, tap: where items go.

#include "base/error.hpp"
#include "dataflow/operators/node_kinds.hpp"

#include <fmt/format.h>

#include <array>

namespace weir::dataflow {
namespace {

/// Common to branch and multiMap: one output for each label of the closure.
class LabelledNode : public OperatorNode {
 public:
  LabelledNode(Graph& graph, const OperatorCall& operator_call)
      : OperatorNode(graph, operator_call), closure_(closure_or_null(operator_call)) {
    add_input(operator_call.source);
    for (const std::string_view label : interpreter().labels(closure_)) {
      labels_.emplace_back(label);
      add_output(operator_call.source.carrier(), fmt::format("{}.{}", name(), label));
    }
    if (labels_.empty()) {
      throw Error(ErrorKind::input, fmt::format("the closure of '{}' has no labels", name()))
          .with_hint("write one 'label: expression' for each output");
    }
  }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }

 protected:
  [[nodiscard]] const Value& closure() const { return closure_; }
  void emit_to(std::string_view label, Value item) {
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (labels_[i] == label) return emit(std::move(item), i);
    }
  }

 private:
  Value closure_;
  std::vector<std::string> labels_;
};

class BranchNode final : public LabelledNode {
 public:
  using LabelledNode::LabelledNode;
  void on_item(Port, Value item) override {
    if (auto decided = interpreter().branch(closure(), item))
      emit_to(decided->label, std::move(decided->value));
  }
};

class MultiMapNode final : public LabelledNode {
 public:
  using LabelledNode::LabelledNode;
  void on_item(Port, Value item) override {
    for (auto& part : interpreter().multi_map(closure(), item))
      emit_to(part.label, std::move(part.value));
  }
};

template <typename T>
Value make_labelled(const OperatorCall& call) {
  T& node = call.flow.graph().add<T>(call);
  std::vector<ChannelsObject::Part> parts;
  for (std::size_t i = 0; i < node.labels().size(); ++i) {
    parts.push_back({node.labels()[i], channel_value(call.flow, *node.output(i))});
  }
  return lang::make<ChannelsObject>(call.flow, std::string(call.name), std::move(parts));
}

class IfEmptyNode final : public UnaryNode {
 public:
  IfEmptyNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        otherwise_(operator_call.values[0]) {}
  void on_item(Port, Value item) override {
    any_ = true;
    emit(std::move(item));
  }
  void on_end(Port) override {
    if (!any_)
      emit(otherwise_.kind() == lang::Kind::closure ? interpreter().call(otherwise_) : otherwise_);
    finish();
  }

 private:
  Value otherwise_;
  bool any_ = false;
};

/// The names that `set { x }` and `tap { x }` declare are assigned by the interpreter; what remains
/// is the channel. A closure that names nothing is run: `channel.empty().tap { error 'no genome'
/// }`.
Value make_same(const OperatorCall& call) {
  if (!call.values.empty()) {
    if (call.values[0].kind() == lang::Kind::closure) {
      static_cast<void>(call.flow.interpreter().call(call.values[0]));
    }
    throw Error(ErrorKind::input,
                fmt::format("`{}` takes the name of a variable in braces", call.name));
  }
  return channel_value(call.flow, call.source);
}

constexpr std::array k_rows{
    OperatorRow{"branch", 1, 1, "", make_labelled<BranchNode>,
                "each item to the first label whose condition is true"},
    OperatorRow{"multiMap", 1, 1, "", make_labelled<MultiMapNode>,
                "for each item, each label's expression"},
    OperatorRow{"ifEmpty", 1, 1, "", make_node<IfEmptyNode>,
                "the items, or the given value when there are none"},
    OperatorRow{"set", 0, 1, "", make_same, "gives the channel a name"},
    OperatorRow{"tap", 0, 1, "", make_same, "gives the channel a name and goes on with it"},
};

}  // namespace

std::span<const OperatorRow> route_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
