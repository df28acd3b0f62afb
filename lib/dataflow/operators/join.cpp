// join: the inner (or outer) product of two channels by key.

#include "base/error.hpp"
#include "base/text.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "dataflow/tuple_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

namespace weir::dataflow {
namespace {

constexpr Port k_left = 0;
constexpr Port k_right = 1;

/// Tuples: items with equal keys pair up in order of arrival.
class JoinNode final : public OperatorNode {
 public:
  JoinNode(Graph& graph, const OperatorCall& operator_call, Channel& right)
      : OperatorNode(graph, operator_call),
        columns_(columns_option(operator_call, "by")),
        remainder_(operator_call.flag("remainder", false)),
        fail_on_duplicate_(operator_call.flow.is_strict() ||
                           operator_call.flag("failOnDuplicate", false)),
        fail_on_mismatch_(operator_call.flag("failOnMismatch", false) ||
                          (operator_call.flow.is_strict() && !remainder_)) {
    if (remainder_ && fail_on_mismatch_) {
      throw Error(ErrorKind::input, "'join' cannot take both 'remainder' and 'failOnMismatch'");
    }
    add_input(operator_call.source);
    add_input(right);
    add_output(Carrier::queue);
  }

  void on_item(Port port, Value item) override {
    KeyedRow row = cut_row(item, columns_, name());
    Waiting& waiting = waiting_for_key(row.key);
    if (waiting.matched) check_duplicate(port, row.key);
    keys_only_[port] = keys_only_[port].value_or(false) || row.rest.empty();
    waiting.sides[port].push_back(std::move(row));
    if (waiting.sides[k_left].empty() || waiting.sides[k_right].empty()) return;
    send(waiting.sides[k_left].front(), waiting.sides[k_right].front());
    waiting.sides[k_left].pop_front();
    waiting.sides[k_right].pop_front();
    waiting.matched = true;
  }

  void on_end(Port) override {
    if (!all_inputs_ended()) return;
    if (fail_on_mismatch_) refuse_mismatches();
    for (const Waiting& waiting : waiting_) end_key(waiting);
    finish();
  }

 private:
  struct Waiting {
    std::deque<KeyedRow> sides[2];
    bool matched = false;
  };

  Waiting& waiting_for_key(const Value& key) {
    if (const Value* const known = index_.find(key))
      return waiting_[static_cast<std::size_t>(known->as_int64())];
    index_.put(key, Value::long_integer(static_cast<std::int64_t>(waiting_.size())));
    waiting_.emplace_back();
    return waiting_.back();
  }

  /// Of a key that has a match. As upstream has it, one without may come any number of times.
  void check_duplicate(Port port, const Value& key) const {
    if (!fail_on_duplicate_) return;
    throw Error(ErrorKind::input,
                fmt::format("'join' got the key '{}' twice from the {} channel", lang::to_text(key),
                            port == k_left ? "left" : "right"));
  }

  void refuse_mismatches() const {
    constexpr std::size_t k_told_max = 10;
    std::vector<std::string> told;
    std::size_t count = 0;
    for (const Waiting& waiting : waiting_) {
      for (const Port side : {k_left, k_right}) {
        if (waiting.sides[side].empty() || ++count > k_told_max) continue;
        told.push_back(fmt::format("'{}' of the {} channel",
                                   lang::to_text(waiting.sides[side].front().key),
                                   side == k_left ? "left" : "right"));
      }
    }
    if (count == 0) return;
    if (count > told.size()) told.push_back(fmt::format("and {} more", count - told.size()));
    throw Error(ErrorKind::input, fmt::format("'join' found no match for the key{} {}",
                                              count == 1 ? "" : "s", base::join(told, ", ")));
  }

  void end_key(const Waiting& waiting) {
    for (const Port side : {k_left, k_right}) {
      for (const KeyedRow& row : waiting.sides[side]) {
        if (waiting.matched) check_duplicate(side, row.key);
        if (!remainder_) continue;
        KeyedRow missing;
        // One null, however many columns the other items of that channel have, as upstream does.
        // A channel of keys has no columns to fill; one that was empty is taken to be as the other.
        if (!keys_only_[1 - side].value_or(*keys_only_[side])) missing.rest.resize(1);
        if (side == k_left) {
          send(row, missing);
        } else {
          missing.keys = row.keys;
          send(missing, row);
        }
      }
    }
  }

  void send(const KeyedRow& left, const KeyedRow& right) {
    if (left.rest.empty() && right.rest.empty()) {  // single items join as keys
      emit(left.keys.size() == 1 ? left.keys.front() : lang::make_list(left.keys));
      return;
    }
    std::vector<Value> row = left.keys;
    row.insert(row.end(), left.rest.begin(), left.rest.end());
    row.insert(row.end(), right.rest.begin(), right.rest.end());
    emit(lang::make_list(std::move(row)));
  }

  std::vector<std::size_t> columns_;
  bool remainder_;
  bool fail_on_duplicate_;
  bool fail_on_mismatch_;
  std::optional<bool> keys_only_[2];  ///< whether items of it were the key alone
  lang::OrderedTable index_;
  std::deque<Waiting> waiting_;
};

/// Records: the relational join by one field; every combination of equal keys.
class RecordJoinNode final : public OperatorNode {
 public:
  RecordJoinNode(Graph& graph, const OperatorCall& operator_call, Channel& right)
      : OperatorNode(graph, operator_call),
        field_(*operator_call.option("by")),
        remainder_(operator_call.flag("remainder", false)) {
    add_input(operator_call.source);
    add_input(right);
    add_output(Carrier::queue);
  }

  void on_item(Port port, Value item) override {
    const Value key = key_of(item);
    Sides& sides = sides_of(key);
    for (const Value& other : sides.items[1 - port]) {
      emit(port == k_left ? merged(item, other) : merged(other, item));
    }
    sides.items[port].push_back(std::move(item));
  }

  void on_end(Port) override {
    if (!all_inputs_ended()) return;
    for (Sides& sides : sides_) {
      if (!remainder_ || (!sides.items[k_left].empty() && !sides.items[k_right].empty())) continue;
      for (const Port side : {k_left, k_right}) {
        for (Value& item : sides.items[side]) emit(std::move(item));
      }
    }
    finish();
  }

 private:
  struct Sides {
    std::vector<Value> items[2];
  };

  [[nodiscard]] Value key_of(const Value& item) const {
    const lang::MapObject* const record = item.as<lang::MapObject>();
    const Value* const key = record == nullptr ? nullptr : record->items.find(field_);
    if (key == nullptr) {
      throw Error(ErrorKind::input,
                  fmt::format("'join' needs records with the field '{}'", field_.text()));
    }
    return *key;
  }

  Sides& sides_of(const Value& key) {
    if (const Value* const known = index_.find(key))
      return sides_[static_cast<std::size_t>(known->as_int64())];
    index_.put(key, Value::long_integer(static_cast<std::int64_t>(sides_.size())));
    sides_.emplace_back();
    return sides_.back();
  }

  static Value merged(const Value& left, const Value& right) {
    auto result = lang::make<lang::MapObject>(left.kind());
    for (const auto& entry : left.as<lang::MapObject>()->items.entries())
      result->items.put(entry.key, entry.value);
    for (const auto& entry : right.as<lang::MapObject>()->items.entries())
      result->items.put(entry.key, entry.value);
    return result;
  }

  Value field_;
  bool remainder_;
  lang::OrderedTable index_;
  std::deque<Sides> sides_;
};

Value make_join(const OperatorCall& call) {
  Channel& right = call.channel(call.values[0]);
  const Value* const by = call.option("by");
  if (by != nullptr && by->is_string()) return make_node<RecordJoinNode>(call, right);
  return make_node<JoinNode>(call, right);
}

constexpr std::array k_rows{
    OperatorRow{"join", 1, 1, "by remainder failOnDuplicate failOnMismatch", make_join,
                "items of both channels with equal keys, merged", true},
};

}  // namespace

std::span<const OperatorRow> join_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
