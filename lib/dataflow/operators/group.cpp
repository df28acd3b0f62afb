// groupTuple, groupBy, buffer, collate: items gathered into groups.

#include "base/error.hpp"
#include "base/text.hpp"
#include "dataflow/group_key.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "dataflow/sorting.hpp"
#include "dataflow/tuple_columns.hpp"
#include "lang/host.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

namespace weir::dataflow {
namespace {

/// Groups in order of first appearance, found by key in constant time.
template <typename Group>
class GroupTable {
 public:
  /// The open group of `key`; a new one when there is none.
  Group& open(const Value& key) {
    if (const Value* const known = index_.find(key); known != nullptr && !known->is_null()) {
      return groups_[static_cast<std::size_t>(known->as_int64())];
    }
    index_.put(key, Value::long_integer(static_cast<std::int64_t>(groups_.size())));
    groups_.emplace_back();
    return groups_.back();
  }
  /// The group has been sent on: the next item of its key starts another one.
  void close(const Value& key, Group& group) {
    index_.put(key, Value());
    group = Group();
    group.gone = true;
  }
  [[nodiscard]] std::deque<Group>& groups() { return groups_; }
  [[nodiscard]] const std::deque<Group>& groups() const { return groups_; }

 private:
  lang::OrderedTable index_;
  std::deque<Group> groups_;
};

struct TupleGroup {
  std::vector<Value> keys;
  std::vector<std::vector<Value>> columns;
  std::size_t rows = 0;
  std::int64_t size = 0;  ///< 0: not known
  bool gone = false;
};

class GroupTupleNode final : public UnaryNode {
 public:
  GroupTupleNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue),
        columns_(columns_option(operator_call, "by")),
        size_(operator_call.integer("size", 0)),
        remainder_(operator_call.flag("remainder", false)),
        sorting_(sorting_option(operator_call, "sort")) {}

  void on_item(Port, Value item) override {
    if (list_items(item) == nullptr) throw Error(ErrorKind::input, "'groupTuple' expects tuples");
    KeyedRow row = cut_row(item, columns_, name());
    TupleGroup& group = table_.open(row.key);
    if (group.rows == 0) begin(group, row);
    if (group.columns.size() < row.rest.size()) group.columns.resize(row.rest.size());
    for (std::size_t i = 0; i < row.rest.size(); ++i)
      group.columns[i].push_back(std::move(row.rest[i]));
    ++group.rows;
    if (group.size > 0 && group.rows == static_cast<std::size_t>(group.size)) {
      send(group);
      table_.close(row.key, group);
    }
  }

  void on_end(Port) override {
    std::size_t dropped = 0;
    for (TupleGroup& group : table_.groups()) {
      if (group.gone) continue;
      const bool complete = group.size == 0;  // no size: the end of the source completes it
      if (complete || remainder_) {
        send(group);
      } else {
        ++dropped;
      }
    }
    if (dropped > 0) {
      flow().host().log(
          lang::LogLevel::warn,
          fmt::format("groupTuple: {} of {} groups never reached their size and were dropped ({}); "
                      "the option `remainder: true` keeps them",
                      dropped, table_.groups().size(), incomplete_groups()));
    }
    finish();
  }

  [[nodiscard]] std::string waiting_for() const override {
    const std::string groups = incomplete_groups();
    return Node::waiting_for() + (groups.empty() ? "" : "; incomplete: " + groups);
  }

 private:
  /// The first few, each with what it has and lacks.
  [[nodiscard]] std::string incomplete_groups() const {
    constexpr std::size_t k_told_max = 5;
    std::string text;
    std::size_t count = 0;
    for (const TupleGroup& group : table_.groups()) {
      if (group.gone || ++count > k_told_max) continue;
      std::vector<std::string> keys;
      for (const Value& key : group.keys) keys.push_back(lang::to_short_text(key));
      const std::string size = group.size > 0 ? fmt::format(" of {}", group.size) : "";
      text += fmt::format("{}{} has {}{}", text.empty() ? "" : ", ", base::join(keys, " "),
                          group.rows, size);
    }
    if (count > k_told_max) text += fmt::format(" and {} more", count - k_told_max);
    return text;
  }

  void begin(TupleGroup& group, const KeyedRow& row) const {
    group.keys = row.keys;
    group.columns.resize(row.rest.size());
    group.size = size_;
    for (const Value& key : row.keys) {
      if (const auto* const group_key = lang::native_as<GroupKeyObject>(key))
        group.size = group_key->size();
    }
  }

  void send(TupleGroup& group) {
    std::vector<Value> row(group.keys.size() + group.columns.size());
    std::size_t next_column = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto key = std::find(columns_.begin(), columns_.end(), i);
      if (key != columns_.end()) {
        row[i] = group.keys[static_cast<std::size_t>(key - columns_.begin())];
        continue;
      }
      sort_values(interpreter(), group.columns[next_column], sorting_);
      std::vector<Value>& column = group.columns[next_column++];
      row[i] = sorting_.by == Sorting::By::arrival ? lang::make_bag(std::move(column))
                                                   : lang::make_list(std::move(column));
    }
    emit(lang::make_list(std::move(row)));
  }

  std::vector<std::size_t> columns_;
  std::int64_t size_;
  bool remainder_;
  Sorting sorting_;
  GroupTable<TupleGroup> table_;
};

struct Bag {
  Value key;
  std::vector<Value> items;
  std::int64_t size = 0;
  bool gone = false;
};

/// (key, value) or (key, size, value) to (key, bag of values).
class GroupByNode final : public UnaryNode {
 public:
  GroupByNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue) {}

  void on_item(Port, Value item) override {
    const std::vector<Value>* const row = list_items(item);
    if (row == nullptr || row->size() < 2 || row->size() > 3 ||
        (row->size() == 3 && !(*row)[1].is_integer())) {
      throw Error(ErrorKind::input, "'groupBy' expects tuples (key, value) or (key, size, value)");
    }
    const Value& key = row->front();
    Bag& bag = table_.open(key);
    bag.key = key;
    if (row->size() == 3) bag.size = (*row)[1].as_int64();
    bag.items.push_back(row->back());
    if (bag.size > 0 && bag.items.size() == static_cast<std::size_t>(bag.size)) {
      send(bag);
      table_.close(key, bag);
    }
  }

  void on_end(Port) override {
    for (Bag& bag : table_.groups()) {
      if (bag.gone) continue;
      if (bag.size > 0) {
        throw Error(ErrorKind::input,
                    fmt::format("'groupBy' got {} of the {} values of group '{}'", bag.items.size(),
                                bag.size, lang::to_text(bag.key)));
      }
      send(bag);
    }
    finish();
  }

 private:
  void send(Bag& bag) { emit(lang::make_tuple({bag.key, lang::make_bag(std::move(bag.items))})); }

  GroupTable<Bag> table_;
};

/// buffer by criteria: from an item that opens (or the first) to the item that closes, both
/// included.
class BufferNode final : public UnaryNode {
 public:
  BufferNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue),
        remainder_(operator_call.flag("remainder", false)) {
    const auto values = operator_call.values;
    has_opening_ = values.size() == 2;
    if (has_opening_) opening_ = values[0];
    closing_ = values.back();
    open_ = !has_opening_;
  }
  void on_item(Port, Value item) override {
    if (!open_ && lang::is_case(interpreter(), opening_, item)) open_ = true;
    if (!open_) return;
    const bool closes = lang::is_case(interpreter(), closing_, item);
    items_.push_back(std::move(item));
    if (!closes) return;
    emit(lang::make_list(std::move(items_)));
    items_.clear();
    open_ = !has_opening_;
  }
  void on_end(Port) override {
    if (remainder_ && !items_.empty()) emit(lang::make_list(std::move(items_)));
    finish();
  }

 private:
  Value opening_;
  Value closing_;
  bool has_opening_ = false;
  bool open_ = true;
  bool remainder_;
  std::vector<Value> items_;
};

/// Windows of `size` items that begin every `step` items, after `skip` items were left out before
/// each.
class WindowNode final : public UnaryNode {
 public:
  struct Shape {
    std::int64_t size = 0;
    std::int64_t step = 0;
    std::int64_t skip = 0;
    bool remainder = false;
  };
  WindowNode(Graph& graph, const OperatorCall& operator_call, Shape shape)
      : UnaryNode(graph, operator_call, Carrier::queue), shape_(shape), to_skip_(shape.skip) {
    if (shape.size < 1 || shape.step < 1 || shape.skip < 0) {
      throw Error(ErrorKind::input,
                  fmt::format("the sizes of '{}' must be positive", operator_call.name));
    }
  }
  void on_item(Port, Value item) override {
    if (to_skip_ > 0) {
      --to_skip_;
      return;
    }
    window_.push_back(std::move(item));
    if (window_.size() < static_cast<std::size_t>(shape_.size)) return;
    emit(lang::make_list({window_.begin(), window_.end()}));
    advance();
  }
  void on_end(Port) override {
    while (shape_.remainder && !window_.empty()) {
      emit(lang::make_list({window_.begin(), window_.end()}));
      advance();
    }
    finish();
  }

 private:
  void advance() {
    const auto gone = std::min(shape_.step, static_cast<std::int64_t>(window_.size()));
    window_.erase(window_.begin(), window_.begin() + gone);
    to_skip_ = shape_.skip + (shape_.step - gone);
  }

  Shape shape_;
  std::int64_t to_skip_;
  std::deque<Value> window_;
};

Value make_buffer(const OperatorCall& call) {
  if (call.option("size") == nullptr) {
    if (call.values.empty())
      throw Error(ErrorKind::input, "'buffer' needs a size or a closing condition");
    return make_node<BufferNode>(call);
  }
  const std::int64_t size = call.integer("size", 0);
  return make_node<WindowNode>(
      call, WindowNode::Shape{size, size, call.integer("skip", 0), call.flag("remainder", false)});
}

Value make_collate(const OperatorCall& call) {
  WindowNode::Shape shape{0, 0, 0, true};
  for (std::size_t i = 0; i < call.values.size(); ++i) {
    const Value& value = call.values[i];
    const bool is_last = i + 1 == call.values.size();
    if (value.is_integer() && i == 0) {
      shape.size = shape.step = value.as_int64();
    } else if (value.is_integer() && i == 1) {
      shape.step = value.as_int64();
    } else if (value.kind() == lang::Kind::boolean && is_last && i > 0) {
      shape.remainder = value.as_boolean();
    } else {
      throw Error(ErrorKind::input,
                  "'collate' takes a size, an optional step, and whether to keep the remainder");
    }
  }
  return make_node<WindowNode>(call, shape);
}

constexpr std::array k_rows{
    OperatorRow{"groupTuple", 0, 0, "by size remainder sort", make_node<GroupTupleNode>,
                "one tuple for each key, the other columns gathered into lists"},
    OperatorRow{"groupBy", 0, 0, "", make_node<GroupByNode>,
                "one (key, bag) for each key of (key, value) tuples"},
    OperatorRow{"buffer", 0, 2, "size skip remainder", make_buffer,
                "lists of items, by size or by conditions"},
    OperatorRow{"collate", 1, 3, "", make_collate, "lists of N items, in steps"},
};

}  // namespace

std::span<const OperatorRow> group_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
