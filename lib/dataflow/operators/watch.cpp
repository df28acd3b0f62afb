// view, dump, subscribe: items are shown or handed to closures.

#include "base/error.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "lang/host.hpp"

#include <fmt/format.h>

#include <array>

namespace weir::dataflow {
namespace {

class ViewNode final : public UnaryNode {
 public:
  ViewNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        closure_(closure_or_null(operator_call)),
        new_line_(operator_call.flag("newLine", true)) {}
  void on_item(Port, Value item) override {
    std::string text = lang::to_text(mapped(closure_, item));
    if (new_line_) text += '\n';
    flow().host().print(text);
    emit(std::move(item));
  }

 private:
  Value closure_;
  bool new_line_;
};

class DumpNode final : public UnaryNode {
 public:
  DumpNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        closure_(closure_or_null(operator_call)) {
    if (const Value* const tag = operator_call.option("tag")) tag_ = lang::to_text(*tag);
    prints_ = flow().surroundings().dumps(tag_);
  }
  void on_item(Port, Value item) override {
    if (prints_) {
      const std::string text = lang::to_text(mapped(closure_, item));
      flow().host().print(fmt::format("[DUMP{}] {}\n", tag_.empty() ? "" : ": " + tag_, text));
    }
    emit(std::move(item));
  }

 private:
  Value closure_;
  std::string tag_;
  bool prints_ = false;
};

class SubscribeNode final : public OperatorNode {
 public:
  SubscribeNode(Graph& graph, const OperatorCall& operator_call)
      : OperatorNode(graph, operator_call) {
    add_input(operator_call.source);
    on_next_ = closure_or_null(operator_call);
    if (const Value* const closure = operator_call.option("onNext")) on_next_ = *closure;
    if (const Value* const closure = operator_call.option("onComplete")) on_complete_ = *closure;
    if (const Value* const closure = operator_call.option("onError")) on_error_ = *closure;
    if (on_next_.is_null() && on_complete_.is_null()) {
      throw Error(ErrorKind::input,
                  "'subscribe' needs a closure, or the option onNext or onComplete");
    }
  }
  void on_item(Port, Value item) override {
    if (on_next_.is_null()) return;
    if (on_error_.is_null()) {
      call(on_next_, item);
      return;
    }
    try {
      call(on_next_, item);
    } catch (const lang::ScriptException& exception) {  // the script's own handler
      call(on_error_, Value(exception.object()));
      finish();
    }
  }
  void on_end(Port) override {
    if (!on_complete_.is_null()) interpreter().call(on_complete_);
    finish();
  }

 private:
  Value on_next_;
  Value on_complete_;
  Value on_error_;
};

Value make_subscribe(const OperatorCall& call) {
  call.flow.graph().add<SubscribeNode>(call);
  return {};
}

constexpr std::array k_rows{
    OperatorRow{"view", 0, 1, "newLine tag", make_node<ViewNode>, "the items, each printed"},
    OperatorRow{"dump", 0, 1, "tag pretty", make_node<DumpNode>,
                "the items, printed when -dump-channels asks for it"},
    OperatorRow{"subscribe", 0, 1, "onNext onComplete onError", make_subscribe,
                "nothing: calls the closure for each item"},
};

}  // namespace

std::span<const OperatorRow> watch_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
