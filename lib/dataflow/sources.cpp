#include "dataflow/sources.hpp"

#include "base/error.hpp"
#include "dataflow/call_shape.hpp"
#include "dataflow/channel_object.hpp"
#include "dataflow/live_sources.hpp"
#include "lang/interpreter.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::dataflow {
namespace {

enum class Ranges { keep, expand };

/// Emits the items of a list in batches; ranges among them, when asked for, element by element.
class ItemsSource final : public Node {
 public:
  ItemsSource(Graph& graph, std::string name, Place place, std::vector<Value> items, Ranges ranges)
      : Node(graph, std::move(name), std::move(place)), items_(std::move(items)), ranges_(ranges) {
    graph.add_source(*this);
  }
  void on_item(Port, Value) override {}  // has no inputs
  bool produce() override {
    for (std::size_t sent = 0; sent < k_source_batch && next_ < items_.size(); ++sent) emit_next();
    if (next_ < items_.size()) return true;
    finish();
    return false;
  }

 private:
  void emit_next() {
    const auto* const range = items_[next_].as<lang::RangeObject>();
    if (range == nullptr || ranges_ == Ranges::keep) {
      emit(std::move(items_[next_++]));
      return;
    }
    if (within_ < range->size()) emit(range->at(within_++));
    if (within_ >= range->size()) {
      within_ = 0;
      ++next_;
    }
  }

  std::vector<Value> items_;
  Ranges ranges_;
  std::size_t next_ = 0;
  std::int64_t within_ = 0;
};

Channel& add_items(Flow& flow, std::vector<Value> items, std::string name, Carrier carrier,
                   Ranges ranges = Ranges::keep) {
  ItemsSource& node = flow.graph().add<ItemsSource>(std::move(name), flow.surroundings().here(),
                                                    std::move(items), ranges);
  return *node.add_output(carrier);
}

using Factory = Value (*)(Flow& flow, const lang::Arguments& arguments);
struct FactoryRow {
  std::string_view name;
  CallShape shape;
  Factory make;
};

/// `channel.of(text.split(','))` gives the parts, since Java's `of` takes an array.
Value make_of(Flow& flow, const lang::Arguments& arguments) {
  const auto* const only = arguments.size() == 1 ? arguments[0].as<lang::ListObject>() : nullptr;
  if (only != nullptr && only->is_array)
    return channel_value(flow, items_channel(flow, only->items, "channel.of"));
  return channel_value(flow, add_items(flow, {arguments.values.begin(), arguments.values.end()},
                                       "channel.of", Carrier::queue, Ranges::expand));
}

Value make_value(Flow& flow, const lang::Arguments& arguments) {
  if (!arguments.values.empty())
    return channel_value(flow, constant(flow, arguments[0], "channel.value"));
  return channel_value(flow, add_items(flow, {}, "channel.value", Carrier::value));
}

Value make_empty(Flow& flow, const lang::Arguments&) {
  return channel_value(flow, items_channel(flow, {}, "channel.empty"));
}

Value make_from_list(Flow& flow, const lang::Arguments& arguments) {
  if (!lang::is_collection(arguments[0])) {
    throw Error(ErrorKind::input, fmt::format("'channel.fromList' needs a list, not {}",
                                              lang::type_name(arguments[0])));
  }
  return channel_value(flow, list_channel(flow, arguments[0], "channel.fromList"));
}

/// Deprecated: one collection gives its elements, anything else itself.
Value make_from(Flow& flow, const lang::Arguments& arguments) {
  if (arguments.size() == 1 && lang::is_collection(arguments[0])) {
    return channel_value(flow, list_channel(flow, arguments[0], "channel.from"));
  }
  return channel_value(flow, items_channel(flow, {arguments.values.begin(), arguments.values.end()},
                                           "channel.from"));
}

Value make_from_path(Flow& flow, const lang::Arguments& arguments) {
  std::vector<Value> paths = flow.surroundings().match_paths(arguments[0], arguments.named);
  return channel_value(flow, items_channel(flow, std::move(paths), "channel.fromPath"));
}

Value make_from_file_pairs(Flow& flow, const lang::Arguments& arguments) {
  return channel_value(flow, items_channel(flow, flow.surroundings().match_pairs(arguments),
                                           "channel.fromFilePairs"));
}

Value make_topic(Flow& flow, const lang::Arguments& arguments) {
  return channel_value(flow, flow.topic(lang::to_text(arguments[0])));
}

constexpr std::array k_factories{
    FactoryRow{"of", {0, -1, ""}, make_of},
    FactoryRow{"value", {0, 1, ""}, make_value},
    FactoryRow{"empty", {0, 0, ""}, make_empty},
    FactoryRow{"fromList", {1, 1, ""}, make_from_list},
    FactoryRow{"from", {1, -1, ""}, make_from},
    FactoryRow{"fromPath",
               {1, 1, "checkIfExists followLinks glob hidden maxDepth relative type"},
               make_from_path},
    FactoryRow{"fromFilePairs",
               {1, 2, "checkIfExists flat followLinks hidden maxDepth size type"},
               make_from_file_pairs},
    FactoryRow{"topic", {1, 1, ""}, make_topic},
    FactoryRow{"interval", {1, 1, ""}, make_interval},
    FactoryRow{"watchPath", {1, 2, ""}, make_watch_path},
};

/// Factories that exist upstream and need what weir does not have.
constexpr std::array<std::string_view, 3> k_refused{"fromSRA", "fromLineage", "fromQuery"};

class ChannelNamespace final : public lang::NativeObject {
 public:
  explicit ChannelNamespace(Flow& flow) : flow_(flow) {}
  [[nodiscard]] std::string_view type_name() const override { return "channel"; }
  std::optional<Value> call_method(lang::Interpreter&, std::string_view name,
                                   const lang::Arguments& written) override {
    for (const FactoryRow& row : k_factories) {
      if (row.name != name) continue;
      const lang::Arguments arguments = options_apart(row.shape, written);
      try {
        check_call(fmt::format("channel.{}", row.name), row.shape, arguments);
        return row.make(flow_, arguments);
      } catch (Error& error) {
        rethrow_placed(flow_, error);
      }
    }
    if (std::find(k_refused.begin(), k_refused.end(), name) != k_refused.end()) {
      throw Error(ErrorKind::input, fmt::format("'channel.{}' is not supported", name));
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const FactoryRow& row : k_factories) names.emplace_back(row.name);
    return names;
  }

 private:
  Flow& flow_;
};

}  // namespace

Channel& constant(Flow& flow, Value value, std::string name) {
  return add_items(flow, {std::move(value)}, std::move(name), Carrier::value);
}

Channel& list_channel(Flow& flow, const Value& list, std::string name) {
  if (list.kind() == lang::Kind::range)
    return add_items(flow, {list}, std::move(name), Carrier::queue, Ranges::expand);
  return add_items(flow, lang::elements_of(list), std::move(name), Carrier::queue);
}

Channel& items_channel(Flow& flow, std::vector<Value> items, std::string name) {
  return add_items(flow, std::move(items), std::move(name), Carrier::queue);
}

Value make_channel_namespace(Flow& flow) {
  return lang::make<ChannelNamespace>(flow);
}

}  // namespace weir::dataflow
