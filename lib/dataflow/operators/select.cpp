// filter, unique, distinct, first, last, take, until, randomSample: some of the items, as they are.

#include "base/error.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "lang/host.hpp"

#include <array>
#include <random>

namespace weir::dataflow {
namespace {

class FilterNode final : public UnaryNode {
 public:
  FilterNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        criterion_(operator_call.values[0]) {}
  void on_item(Port, Value item) override {
    if (lang::is_case(interpreter(), criterion_, item)) emit(std::move(item));
  }

 private:
  Value criterion_;
};

/// Each item whose (mapped) value was never seen before.
class UniqueNode final : public UnaryNode {
 public:
  UniqueNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        closure_(closure_or_null(operator_call)) {}
  void on_item(Port, Value item) override {
    if (seen_.put(mapped(closure_, item), Value())) emit(std::move(item));
  }

 private:
  Value closure_;
  lang::OrderedTable seen_;
};

/// Each item whose (mapped) value differs from the one before.
class DistinctNode final : public UnaryNode {
 public:
  DistinctNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        closure_(closure_or_null(operator_call)) {}
  void on_item(Port, Value item) override {
    Value key = mapped(closure_, item);
    if (any_ && lang::equals(key, previous_)) return;
    any_ = true;
    previous_ = std::move(key);
    emit(std::move(item));
  }

 private:
  Value closure_;
  Value previous_;
  bool any_ = false;
};

class FirstNode final : public UnaryNode {
 public:
  FirstNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value),
        has_criterion_(!operator_call.values.empty()) {
    if (has_criterion_) criterion_ = operator_call.values[0];
  }
  void on_item(Port, Value item) override {
    if (has_criterion_ && !lang::is_case(interpreter(), criterion_, item)) return;
    emit(std::move(item));
    finish();
  }

 private:
  bool has_criterion_;
  Value criterion_;
};

class LastNode final : public UnaryNode {
 public:
  LastNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value) {}
  void on_item(Port, Value item) override { last_ = std::move(item); }
  void on_end(Port) override {
    emit(std::move(last_));
    finish();
  }

 private:
  Value last_;  ///< null when there was none, as upstream has it
};

class TakeNode final : public UnaryNode {
 public:
  TakeNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()) {
    const Value& count = operator_call.values[0];
    if (!count.is_integer()) throw Error(ErrorKind::input, "'take' needs a number of items");
    left_ = count.as_int64();  // negative: all, as upstream has it
  }
  void on_item(Port, Value item) override {
    if (left_ == 0) {
      finish();
      return;
    }
    emit(std::move(item));
    if (left_ > 0 && --left_ == 0) finish();
  }

 private:
  std::int64_t left_ = 0;
};

class UntilNode final : public UnaryNode {
 public:
  UntilNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, operator_call.source.carrier()),
        closure_(operator_call.values[0]) {}
  void on_item(Port, Value item) override {
    if (lang::is_case(interpreter(), closure_, item)) {
      finish();
      return;
    }
    emit(std::move(item));
  }

 private:
  Value closure_;
};

/// Reservoir sampling (Vitter, "Random sampling with a reservoir", 1985, algorithm R): each item is
/// kept with the same probability, in one pass and memory for the sample alone.
class RandomSampleNode final : public UnaryNode {
 public:
  RandomSampleNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue) {
    for (const Value& value : operator_call.values) {
      if (!value.is_integer() || value.as_int64() < 0) {
        throw Error(ErrorKind::input,
                    "'randomSample' needs a number of items, and an optional seed");
      }
    }
    size_ = static_cast<std::size_t>(operator_call.values[0].as_int64());
    const bool seeded = operator_call.values.size() > 1;
    random_.seed(seeded ? static_cast<std::uint64_t>(operator_call.values[1].as_int64())
                        : operator_call.flow.host().random_bits());
  }
  void on_item(Port, Value item) override {
    ++seen_;
    if (sample_.size() < size_) {
      sample_.push_back(std::move(item));
      return;
    }
    const std::uint64_t at = random_() % seen_;
    if (at < size_) sample_[at] = std::move(item);
  }
  void on_end(Port) override {
    for (Value& item : sample_) emit(std::move(item));
    finish();
  }

 private:
  std::size_t size_ = 0;
  std::uint64_t seen_ = 0;
  std::vector<Value> sample_;
  std::mt19937_64 random_;
};

constexpr std::array k_rows{
    OperatorRow{"filter", 1, 1, "", make_node<FilterNode>, "the items that match the criterion"},
    OperatorRow{"unique", 0, 1, "", make_node<UniqueNode>, "each item whose (mapped) value is new"},
    OperatorRow{"distinct", 0, 1, "", make_node<DistinctNode>,
                "each item that differs from the one before"},
    OperatorRow{"first", 0, 1, "", make_node<FirstNode>,
                "the first item (that matches), as a value"},
    OperatorRow{"last", 0, 0, "", make_node<LastNode>, "the last item, as a value"},
    OperatorRow{"take", 1, 1, "", make_node<TakeNode>, "the first N items"},
    OperatorRow{"until", 1, 1, "", make_node<UntilNode>, "the items before the first that matches"},
    OperatorRow{"randomSample", 1, 2, "", make_node<RandomSampleNode>, "N items drawn at random"},
};

}  // namespace

std::span<const OperatorRow> select_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
