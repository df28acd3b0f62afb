// combine, cross, mix, concat, merge: several channels become one.

#include "base/error.hpp"
#include "dataflow/group_key.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "dataflow/sources.hpp"
#include "dataflow/tuple_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

namespace weir::dataflow {
namespace {

/// A node with several inputs and one queue.
class ManyNode : public OperatorNode {
 public:
  ManyNode(Graph& graph, const OperatorCall& operator_call) : OperatorNode(graph, operator_call) {
    add_input(operator_call.source);
    for (const Value& argument : operator_call.plain_values())
      add_input(operator_call.channel(argument));
  }
};

class MixNode final : public ManyNode {
 public:
  MixNode(Graph& graph, const OperatorCall& operator_call) : ManyNode(graph, operator_call) {
    add_output(Carrier::queue);
  }
  void on_item(Port, Value item) override { emit(std::move(item)); }
};

/// Items of the first source as they come; those of later sources wait for the end of the earlier
/// ones.
class ConcatNode final : public ManyNode {
 public:
  ConcatNode(Graph& graph, const OperatorCall& operator_call) : ManyNode(graph, operator_call) {
    add_output(Carrier::queue);
    waiting_.resize(input_count());
  }
  void on_item(Port port, Value item) override {
    if (port == current_) {
      emit(std::move(item));
    } else {
      waiting_[port].push_back(std::move(item));
    }
  }
  void on_end(Port) override {
    while (current_ < input_count() && input_ended(current_)) {
      ++current_;
      if (current_ == input_count()) break;
      for (Value& item : waiting_[current_]) emit(std::move(item));
      waiting_[current_].clear();
    }
    if (current_ == input_count()) finish();
  }

 private:
  Port current_ = 0;
  std::vector<std::vector<Value>> waiting_;
};

/// Every combination of an item of the left with one of the right channel that has the same key, or
/// of all.
class ProductNode : public OperatorNode {
 public:
  ProductNode(Graph& graph, const OperatorCall& operator_call, Channel& right)
      : OperatorNode(graph, operator_call) {
    add_input(operator_call.source);
    add_input(right);
    const bool values =
        operator_call.source.carrier() == Carrier::value && right.carrier() == Carrier::value;
    add_output(values ? Carrier::value : Carrier::queue);
  }

  void on_item(Port port, Value item) override {
    const Value key = key_of(port, item);
    Sides& sides = sides_of(key);
    for (const Value& other : sides.items[1 - port])
      emit(port == 0 ? merged(item, other) : merged(other, item));
    sides.items[port].push_back(std::move(item));
  }

 protected:
  [[nodiscard]] virtual Value key_of(Port port, const Value& item) const = 0;
  [[nodiscard]] virtual Value merged(const Value& left, const Value& right) const = 0;

 private:
  struct Sides {
    std::vector<Value> items[2];
  };
  Sides& sides_of(const Value& key) {
    if (const Value* const known = index_.find(key))
      return sides_[static_cast<std::size_t>(known->as_int64())];
    index_.put(key, Value::long_integer(static_cast<std::int64_t>(sides_.size())));
    sides_.emplace_back();
    return sides_.back();
  }

  lang::OrderedTable index_;
  std::deque<Sides> sides_;
};

void append_columns(std::vector<Value>& row, const Value& item) {
  if (const std::vector<Value>* const items = list_items(item)) {
    row.insert(row.end(), items->begin(), items->end());
  } else {
    row.push_back(item);
  }
}

class CombineNode final : public ProductNode {
 public:
  CombineNode(Graph& graph, const OperatorCall& operator_call, Channel& right)
      : ProductNode(graph, operator_call, right) {
    if (operator_call.option("by") != nullptr) columns_ = columns_option(operator_call, "by");
  }

 protected:
  Value key_of(Port, const Value& item) const override {
    return columns_.empty() ? Value() : cut_row(item, columns_, name()).key;
  }
  Value merged(const Value& left, const Value& right) const override {
    std::vector<Value> row;
    if (columns_.empty()) {
      append_columns(row, left);
      append_columns(row, right);
    } else {
      KeyedRow cut = cut_row(left, columns_, name());
      row = std::move(cut.keys);
      row.insert(row.end(), cut.rest.begin(), cut.rest.end());
      const KeyedRow cut_right = cut_row(right, columns_, name());
      row.insert(row.end(), cut_right.rest.begin(), cut_right.rest.end());
    }
    // With an empty list on one side, the other value is left.
    return row.size() == 1 ? row.front() : lang::make_list(std::move(row));
  }

 private:
  std::vector<std::size_t> columns_;
};

class CrossNode final : public ProductNode {
 public:
  CrossNode(Graph& graph, const OperatorCall& operator_call, Channel& right)
      : ProductNode(graph, operator_call, right), closure_(closure_or_null(operator_call)) {}

 protected:
  Value key_of(Port, const Value& item) const override {
    return plain_key(closure_.is_null() ? first_of(item) : call(closure_, item));
  }
  Value merged(const Value& left, const Value& right) const override {
    return lang::make_list({left, right});
  }

 private:
  /// Of a tuple or a map its first value, of anything else itself.
  static Value first_of(const Value& item) {
    if (const std::vector<Value>* const items = list_items(item))
      return items->empty() ? Value() : items->front();
    const auto* const map = item.as<lang::MapObject>();
    if (map == nullptr) return item;
    return map->items.empty() ? Value() : map->items.entries().begin()->value;
  }

  Value closure_;
};

/// One item of each source at a time; value sources are used again and again.
class MergeNode final : public ManyNode {
 public:
  MergeNode(Graph& graph, const OperatorCall& operator_call)
      : ManyNode(graph, operator_call), closure_(closure_or_null(operator_call)) {
    add_output(operator_call.source.carrier());
    waiting_.resize(input_count());
  }
  void on_item(Port port, Value item) override {
    waiting_[port].push_back(std::move(item));
    while (!finished() && std::none_of(waiting_.begin(), waiting_.end(),
                                       [](const auto& side) { return side.empty(); })) {
      send();
    }
    end_if_exhausted();
  }
  void on_end(Port) override { end_if_exhausted(); }

 private:
  void send() {
    std::vector<Value> row;
    for (Port port = 0; port < input_count(); ++port) {
      if (closure_.is_null()) {
        append_columns(row, waiting_[port].front());
      } else {
        row.push_back(waiting_[port].front());
      }
      const bool kept =
          input(port).carrier() == Carrier::value && input(0).carrier() == Carrier::queue;
      if (!kept) waiting_[port].pop_front();
    }
    emit(closure_.is_null() ? lang::make_list(std::move(row))
                            : interpreter().call(closure_, std::span<const Value>(row)));
    if (input(0).carrier() == Carrier::value) finish();
  }
  void end_if_exhausted() {
    if (finished()) return;
    for (Port port = 0; port < input_count(); ++port) {
      const bool kept = input(port).carrier() == Carrier::value && !waiting_[port].empty();
      if (input_ended(port) && waiting_[port].empty() && !kept) {
        finish();
        return;
      }
    }
  }

  Value closure_;
  std::vector<std::deque<Value>> waiting_;
};

/// Records with more fields, the same for all: plain values, or those of value channels, for which
/// the records wait.
class FieldsNode final : public OperatorNode {
 public:
  FieldsNode(Graph& graph, const OperatorCall& operator_call)
      : OperatorNode(graph, operator_call), fields_(lang::make<lang::MapObject>()) {
    add_input(operator_call.source);
    for (const auto& entry : operator_call.named->items.entries()) {
      Channel* const channel = channel_of(entry.value);
      fields_->items.put(entry.key, channel == nullptr ? entry.value : Value());
      if (channel == nullptr) continue;
      if (channel->carrier() != Carrier::value) {
        throw Error(ErrorKind::input,
                    fmt::format("the argument '{}' of 'combine' is a channel; only "
                                "a value can be a field",
                                lang::to_text(entry.key)));
      }
      names_.push_back(entry.key);
      add_input(*channel);
    }
    missing_ = names_.size();
    add_output(operator_call.source.carrier());
  }

  void on_item(Port port, Value item) override {
    if (port == 0) {
      waiting_.push_back(std::move(item));
    } else {
      fields_->items.put(names_[port - 1], std::move(item));
      --missing_;
    }
    if (missing_ != 0) return;
    for (const Value& record : waiting_) emit(with_fields(record));
    waiting_.clear();
  }

 private:
  [[nodiscard]] Value with_fields(const Value& item) const {
    if (item.kind() != lang::Kind::record) {
      throw Error(ErrorKind::input,
                  fmt::format("'combine' with named arguments needs records, not {} '{}'",
                              lang::type_name(item), lang::to_short_text(item)));
    }
    auto record = lang::make<lang::MapObject>(lang::Kind::record);
    for (const auto* const map : {item.as<lang::MapObject>(), fields_.get()}) {
      for (const auto& entry : map->items.entries()) record->items.put(entry.key, entry.value);
    }
    return Value(record);
  }

  lang::Ref<lang::MapObject> fields_;
  std::vector<Value> names_;  ///< of the fields that come by the inputs after the first
  std::size_t missing_ = 0;
  std::vector<Value> waiting_;
};

Value make_cross(const OperatorCall& call) {
  return make_node<CrossNode>(call, call.channel(call.values[0]));
}

/// A list as right operand is a channel of its elements.
Value make_combine(const OperatorCall& call) {
  const Value& right = call.values[0];
  if (list_items(right) == nullptr) return make_node<CombineNode>(call, call.channel(right));
  return make_node<CombineNode>(call, list_channel(call.flow, right));
}

constexpr OperatorRow k_combine_fields{
    "combine", 0, 0, "*", make_node<FieldsNode>, "the records with further fields"};

constexpr std::array k_rows{
    OperatorRow{"combine", 1, 1, "by", make_combine,
                "every combination of items (with equal keys), merged", true, &k_combine_fields},
    OperatorRow{"cross", 1, 2, "", make_cross, "every pair of items with equal keys, nested", true},
    OperatorRow{"mix", 1, -1, "", make_node<MixNode>, "the items of all channels as they come",
                true},
    OperatorRow{"concat", 1, -1, "", make_node<ConcatNode>,
                "the items of all channels, channel by channel", true},
    OperatorRow{"merge", 0, -1, "", make_node<MergeNode>, "the n-th items of all channels together",
                true},
};

}  // namespace

std::span<const OperatorRow> combine_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
