// collect, toList, toSortedList, count, reduce, min, max, sum, mean: all items become one value.

#include "base/error.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "dataflow/sorting.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace weir::dataflow {
namespace {

class CollectNode final : public UnaryNode {
 public:
  CollectNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value),
        closure_(closure_or_null(operator_call)),
        typed_(operator_call.typed && operator_call.values.empty()),
        flat_(operator_call.flag("flat", !typed_)),
        sorting_(sorting_option(operator_call, "sort")) {}
  void on_item(Port, Value item) override {
    Value result = mapped(closure_, item);
    if (flat_ && lang::is_collection(result)) {
      for (Value& element : lang::elements_of(result)) items_.push_back(std::move(element));
    } else {
      items_.push_back(std::move(result));
    }
  }
  void on_end(Port) override {
    if (!items_.empty() || typed_) {
      sort_values(interpreter(), items_, sorting_);
      // The order of arrival says nothing, so that the key of a task does not depend on it.
      const bool ordered = sorting_.by != Sorting::By::arrival;
      emit(ordered ? lang::make_list(std::move(items_)) : lang::make_bag(std::move(items_)));
    }
    finish();
  }

 private:
  Value closure_;
  bool typed_;  ///< lists stay what they are, and of nothing comes an empty bag
  bool flat_;
  Sorting sorting_;
  std::vector<Value> items_;
};

class ToListNode final : public UnaryNode {
 public:
  ToListNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value) {
    if (operator_call.name != "toSortedList") return;
    const Value* const closure = operator_call.closure();
    sorting_ = closure == nullptr ? Sorting{Sorting::By::natural, {}}
                                  : Sorting{Sorting::By::closure, *closure};
  }
  void on_item(Port, Value item) override { items_.push_back(std::move(item)); }
  void on_end(Port) override {
    sort_values(interpreter(), items_, sorting_);
    emit(lang::make_list(std::move(items_)));
    finish();
  }

 private:
  Sorting sorting_;
  std::vector<Value> items_;
};

class CountNode final : public UnaryNode {
 public:
  CountNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value),
        has_criterion_(!operator_call.values.empty()) {
    if (has_criterion_) criterion_ = operator_call.values[0];
  }
  void on_item(Port, Value item) override {
    if (!has_criterion_ || lang::is_case(interpreter(), criterion_, item)) ++count_;
  }
  void on_end(Port) override {
    emit(Value::number(count_));
    finish();
  }

 private:
  bool has_criterion_;
  Value criterion_;
  std::int64_t count_ = 0;
};

class ReduceNode final : public UnaryNode {
 public:
  ReduceNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value), closure_(closure_or_null(operator_call)) {
    if (closure_.is_null())
      throw Error(ErrorKind::input, "'reduce' needs a closure with two parameters");
    if (!operator_call.plain_values().empty()) accumulated_ = operator_call.plain_values()[0];
    needs_items_ = operator_call.typed && operator_call.plain_values().empty();
  }
  void on_item(Port, Value item) override {
    accumulated_ = accumulated_.is_null() ? std::move(item) : call(closure_, {accumulated_, item});
  }
  void on_end(Port) override {
    if (needs_items_ && accumulated_.is_null()) {
      throw Error(ErrorKind::input, "'reduce' received an empty channel and has no initial value")
          .with_hint("give one where the channel may be empty: reduce(0) { … }");
    }
    emit(std::move(accumulated_));
    finish();
  }

 private:
  Value closure_;
  Value accumulated_;  ///< null until there is something, as upstream has it
  bool needs_items_ = false;
};

/// The least or greatest item, by a mapper, a comparator, or the natural order. Of equal ones the
/// first, but by a comparator the last, as upstream.
class ExtremeNode final : public UnaryNode {
 public:
  ExtremeNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value),
        closure_(closure_or_null(operator_call)),
        sign_(operator_call.name == "min" ? -1 : 1) {}
  void on_item(Port, Value item) override {
    if (!std::exchange(any_, true) || is_better(item)) best_ = std::move(item);
  }
  void on_end(Port) override {
    emit(std::move(best_));
    finish();
  }

 private:
  [[nodiscard]] bool is_better(const Value& item) {
    const bool compares = !closure_.is_null() && lang::closure_arity(closure_) == 2;
    return compares ? sign_ * compare_by(interpreter(), best_, item, closure_) <= 0
                    : sign_ * compare_by(interpreter(), item, best_, closure_) > 0;
  }

  Value closure_;
  Value best_;
  int sign_;
  bool any_ = false;
};

class SumNode final : public UnaryNode {
 public:
  SumNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value),
        closure_(closure_or_null(operator_call)),
        mean_(operator_call.name == "mean") {}
  void on_item(Port, Value item) override {
    Value term = mapped(closure_, item);
    total_ = count_ == 0 ? std::move(term) : plus(total_, term);
    ++count_;
  }
  void on_end(Port) override {
    emit(mean_ && count_ > 0 ? divided(total_) : std::move(total_));
    finish();
  }

 private:
  /// Numbers, or lists of them: what stands at one place is added, as far as the first list goes.
  [[nodiscard]] Value plus(const Value& total, const Value& term) const {
    if (lang::is_number(total) && lang::is_number(term)) return lang::add_numbers(total, term);
    const std::vector<Value>* const sums = list_items(total);
    const std::vector<Value>* const terms = list_items(term);
    if (sums == nullptr || terms == nullptr) {
      throw Error(ErrorKind::input,
                  fmt::format("'{}' adds numbers and lists of them, not {} '{}'", name(),
                              lang::type_name(term), lang::to_short_text(term)));
    }
    std::vector<Value> items = *sums;
    for (std::size_t i = 0; i < items.size() && i < terms->size(); ++i)
      items[i] = plus(items[i], (*terms)[i]);
    return lang::make_list(std::move(items));
  }

  [[nodiscard]] Value divided(const Value& total) const {
    if (lang::is_number(total)) return lang::divide_numbers(total, Value::number(count_));
    return lang::with_items(total, [this](const Value& item) { return divided(item); });
  }

  Value closure_;
  Value total_;
  std::int64_t count_ = 0;
  bool mean_;
};

constexpr std::array k_rows{
    OperatorRow{
        "collect", 0, 1, "flat sort", make_node<CollectNode>,
        "one list of all items, list items flattened by one level; nothing when there are none"},
    OperatorRow{"toList", 0, 0, "", make_node<ToListNode>, "one list of all items"},
    OperatorRow{"toSortedList", 0, 1, "", make_node<ToListNode>, "one sorted list of all items"},
    OperatorRow{"count", 0, 1, "", make_node<CountNode>, "the number of items (that match)"},
    OperatorRow{"reduce", 1, 2, "", make_node<ReduceNode>,
                "what the closure accumulates over all items"},
    OperatorRow{"min", 0, 1, "", make_node<ExtremeNode>, "the least item"},
    OperatorRow{"max", 0, 1, "", make_node<ExtremeNode>, "the greatest item"},
    OperatorRow{"sum", 0, 1, "", make_node<SumNode>, "the sum of all (mapped) items"},
    OperatorRow{"mean", 0, 1, "", make_node<SumNode>, "the mean of all (mapped) items"},
};

}  // namespace

std::span<const OperatorRow> gather_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
