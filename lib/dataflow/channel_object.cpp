#include "dataflow/channel_object.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "dataflow/operator_table.hpp"
#include "dataflow/sources.hpp"
#include "lang/interpreter.hpp"
#include "lang/operators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace weir::dataflow {
namespace {

/// `left & right`: all channels of both, in order.
Value fork(Flow& flow, const Value& left, const Value& right) {
  std::vector<ChannelsObject::Part> parts;
  for (const Value* side : {&left, &right}) {
    if (const auto* const many = lang::native_as<ChannelsObject>(*side)) {
      parts.insert(parts.end(), many->parts().begin(), many->parts().end());
    } else {
      parts.push_back({"", channel_value(flow, as_channel(flow, *side))});
    }
  }
  return lang::make<ChannelsObject>(flow, "fork", std::move(parts));
}

/// Methods of every object, and those by which Java waits for a value: neither is asked of the
/// value that a channel will carry.
constexpr std::array<std::string_view, 17> k_own_methods{
    "getClass", "toString", "equals",    "hashCode", "is",       "asBoolean",
    "asType",   "with",     "dump",      "inspect",  "identity", "isBound",
    "bind",     "then",     "whenBound", "get",      "leftShift"};

/// A value channel of what `compute` makes of the one value of `channel`. As in GPars, whose
/// variables pass on what they do not know themselves (`ids.toList().sort()`).
Value later(Flow& flow, Channel& channel,
            std::function<Value(lang::Interpreter&, const Value&)> compute) {
  const Value closure =
      lang::make_native_closure(1, [compute = std::move(compute)](lang::Interpreter& interpreter,
                                                                  std::span<const Value> values) {
        return compute(interpreter, values.front());
      });
  return apply_operator(flow, *find_operator("map"), channel,
                        {std::span<const Value>(&closure, 1), nullptr});
}

Value later_call(Flow& flow, Channel& channel, std::string name, const lang::Arguments& arguments) {
  std::vector<Value> values(arguments.values.begin(), arguments.values.end());
  lang::Ref<lang::MapObject> named;
  if (arguments.named != nullptr) {
    named = lang::make<lang::MapObject>();
    named->items = arguments.named->items;
  }
  return later(flow, channel,
               [name = std::move(name), values = std::move(values), named = std::move(named)](
                   lang::Interpreter& interpreter, const Value& item) {
                 return interpreter.call_method(item, name, {values, named.get()});
               });
}

std::optional<lang::BinaryOp> arithmetic(lang::NativeOperator op) {
  switch (op) {
    case lang::NativeOperator::plus: return lang::BinaryOp::add;
    case lang::NativeOperator::minus: return lang::BinaryOp::subtract;
    case lang::NativeOperator::multiply: return lang::BinaryOp::multiply;
    case lang::NativeOperator::divide: return lang::BinaryOp::divide;
    default: return std::nullopt;
  }
}

}  // namespace

Value channel_value(Flow& flow, Channel& channel) {
  return lang::make<ChannelObject>(flow, channel);
}

Channel* channel_of(const Value& value) {
  if (const auto* const one = lang::native_as<ChannelObject>(value)) return &one->channel();
  const auto* const many = lang::native_as<ChannelsObject>(value);
  if (many == nullptr || many->parts().size() != 1) return nullptr;
  return channel_of(many->parts().front().channel);
}

Channel& as_channel(Flow& flow, const Value& value) {
  if (Channel* const channel = channel_of(value)) return *channel;
  if (const auto* const many = lang::native_as<ChannelsObject>(value)) {
    throw Error(ErrorKind::input,
                fmt::format("one channel is needed here, not {} of them", many->parts().size()))
        .with_hint("choose one by name or index");
  }
  return constant(flow, value);
}

std::string_view ChannelObject::type_name() const {
  return channel_.carrier() == Carrier::value ? "DataflowVariable" : "DataflowBroadcast";
}

bool ChannelObject::is_instance_of(std::string_view type) const {
  return type == type_name() || type == "Channel" || type == "DataflowWriteChannel" ||
         type == "DataflowReadChannel";
}

std::string ChannelObject::to_text() const {
  return fmt::format("{}({})", type_name(), channel_.name());
}

std::optional<Value> ChannelObject::property(lang::Interpreter&, std::string_view name) {
  if (channel_.carrier() != Carrier::value || name == "class") return std::nullopt;
  return later(flow_, channel_,
               [name = std::string(name)](lang::Interpreter& interpreter, const Value& item) {
                 return interpreter.property(item, name);
               });
}

std::optional<Value> ChannelObject::call_method(lang::Interpreter&, std::string_view name,
                                                const lang::Arguments& arguments) {
  const OperatorRow* const row = find_operator(name);
  if (row != nullptr) return apply_operator(flow_, *row, channel_, arguments);
  if (channel_.carrier() != Carrier::value) return std::nullopt;
  if (name != "getVal") {
    if (std::find(k_own_methods.begin(), k_own_methods.end(), name) != k_own_methods.end())
      return std::nullopt;
    return later_call(flow_, channel_, std::string(name), arguments);
  }
  // Handlers at the end of a run read values so: `reports.toList().getVal()`.
  if (arguments.size() != 0) return std::nullopt;
  if (!channel_.closed()) {
    throw Error(ErrorKind::input,
                fmt::format("the value of '{}' is not there yet", channel_.name()))
        .with_hint("use `getVal` in a handler such as `workflow.onComplete`");
  }
  return channel_.item();
}

std::optional<Value> ChannelObject::index(lang::Interpreter&, const Value& index) {
  if (!index.is_integer() || index.as_int64() != 0) {
    throw Error(ErrorKind::input, "this is one channel: only the index 0 exists");
  }
  return Value(this);
}

std::optional<Value> ChannelObject::apply(lang::Interpreter& interpreter, lang::NativeOperator op,
                                          const Value& other, bool is_right) {
  if (op == lang::NativeOperator::ampersand) {
    return is_right ? fork(flow_, other, Value(this)) : fork(flow_, Value(this), other);
  }
  if (is_right) return std::nullopt;
  if (const auto binary = arithmetic(op); binary && channel_.carrier() == Carrier::value) {
    return later(flow_, channel_, [binary, other](lang::Interpreter& later_on, const Value& item) {
      return lang::apply_binary(later_on, *binary, item, other);
    });
  }
  if (op != lang::NativeOperator::pipe) return std::nullopt;
  const Value self(this);
  return interpreter.call(other, std::span<const Value>(&self, 1));
}

std::vector<std::string> ChannelObject::names() const {
  return operator_names();
}

Value ChannelsObject::only_part(std::string_view wanted) const {
  if (parts_.size() == 1) return parts_.front().channel;
  if (parts_.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("'{}' has no output, so '{}' cannot be applied to it", owner_, wanted));
  }
  throw Error(ErrorKind::input,
              fmt::format("'{}' has {} outputs, so '{}' cannot tell which one is meant", owner_,
                          parts_.size(), wanted))
      .with_hint("choose one by name or index, such as 'out[0]'");
}

std::optional<Value> ChannelsObject::property(lang::Interpreter&, std::string_view name) {
  for (const Part& part : parts_) {
    if (part.name == name) return part.channel;
  }
  const std::vector<std::string> known = names();
  if (known.empty() || name == "class") return std::nullopt;
  throw Error(ErrorKind::input, fmt::format("'{}' has no output '{}'", owner_, name))
      .with_hint("its outputs are " + base::join(known, ", "));
}

std::optional<Value> ChannelsObject::call_method(lang::Interpreter& interpreter,
                                                 std::string_view name,
                                                 const lang::Arguments& arguments) {
  const OperatorRow* const row = find_operator(name);
  if (row == nullptr) return std::nullopt;
  // An operator over several channels takes the first as its source and the others as arguments.
  if (parts_.size() > 1 && row->takes_channels) {
    std::vector<Value> values;
    for (std::size_t i = 1; i < parts_.size(); ++i) values.push_back(parts_[i].channel);
    values.insert(values.end(), arguments.values.begin(), arguments.values.end());
    return interpreter.call_method(parts_.front().channel, name, {values, arguments.named});
  }
  if (name == "set" || name == "tap") return Value(this);
  return interpreter.call_method(only_part(name), name, arguments);
}

std::optional<Value> ChannelsObject::index(lang::Interpreter&, const Value& index) {
  if (!index.is_integer()) return std::nullopt;
  const std::int64_t at = index.as_int64();
  if (at < 0 || at >= static_cast<std::int64_t>(parts_.size())) {
    throw Error(ErrorKind::input, fmt::format("'{}' has {} outputs, there is none with index {}",
                                              owner_, parts_.size(), at));
  }
  return parts_[static_cast<std::size_t>(at)].channel;
}

std::optional<Value> ChannelsObject::apply(lang::Interpreter& interpreter, lang::NativeOperator op,
                                           const Value& other, bool is_right) {
  if (op == lang::NativeOperator::ampersand) {
    return is_right ? fork(flow_, other, Value(this)) : fork(flow_, Value(this), other);
  }
  if (op != lang::NativeOperator::pipe || is_right) return std::nullopt;
  const Value self(this);
  return interpreter.call(other, std::span<const Value>(&self, 1));
}

std::optional<std::vector<Value>> ChannelsObject::spread_arguments() {
  std::vector<Value> values;
  for (const Part& part : parts_) values.push_back(part.channel);
  return values;
}

std::string ChannelsObject::to_text() const {
  return fmt::format("{}({})", type_name(), owner_);
}

std::vector<std::string> ChannelsObject::method_names() const {
  return operator_names();
}

std::vector<std::string> ChannelsObject::names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (!part.name.empty()) names.push_back(part.name);
  }
  return names;
}

}  // namespace weir::dataflow
