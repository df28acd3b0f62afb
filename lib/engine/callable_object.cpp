#include "engine/callable_object.hpp"

#include "base/error.hpp"
#include "dataflow/operator_table.hpp"

#include <fmt/format.h>

namespace weir::engine {

using dataflow::ChannelsObject;
using lang::Arguments;
using lang::Interpreter;
using lang::NativeOperator;
using lang::Value;

namespace {

void add_parts(dataflow::Flow& flow, const Value& value, std::vector<ChannelsObject::Part>& parts) {
  if (const auto* const many = lang::native_as<ChannelsObject>(value)) {
    parts.insert(parts.end(), many->parts().begin(), many->parts().end());
  } else if (!value.is_null()) {
    parts.push_back({"", dataflow::channel_value(flow, dataflow::as_channel(flow, value))});
  }
}

/// `left & right` where at least one side is still to be called.
Value fork(dataflow::Flow& flow, const Value& left, const Value& right) {
  std::vector<Value> parts;
  for (const Value* side : {&left, &right}) {
    if (const auto* const inner = lang::native_as<ForkObject>(*side)) {
      parts.insert(parts.end(), inner->parts().begin(), inner->parts().end());
    } else {
      parts.push_back(*side);
    }
  }
  return lang::make<ForkObject>(flow, std::move(parts));
}

/// The outputs of a process or workflow that stands at the left of a pipe and is called by that;
/// else the value.
Value called(Interpreter& interpreter, const Value& value) {
  if (auto* const callable = lang::native_as<CallableObject>(value)) return callable->invoke({});
  if (auto* const many = lang::native_as<ForkObject>(value)) return *many->call(interpreter, {});
  return value;
}

}  // namespace

std::vector<Value> spread_values(std::span<const Value> values) {
  std::vector<Value> result;
  for (const Value& value : values) {
    auto* const native = value.as<lang::NativeObject>();
    auto parts = native == nullptr ? std::nullopt : native->spread_arguments();
    if (parts) {
      result.insert(result.end(), parts->begin(), parts->end());
    } else {
      result.push_back(value);
    }
  }
  return result;
}

Value CallableObject::invoke(const std::vector<Value>& arguments) {
  try {
    called_ = true;
    outputs_ = call_(arguments);
    return outputs_;
  } catch (Error& error) {
    dataflow::rethrow_placed(flow_, error);
  }
}

std::optional<Value> CallableObject::property(Interpreter&, std::string_view name) {
  if (name != "out") return std::nullopt;
  if (!called_) {
    throw Error(ErrorKind::input,
                fmt::format("'{}.out' is used before {} '{}' is called", name_, kind_, name_));
  }
  return outputs_;
}

std::optional<Value> CallableObject::call(Interpreter&, const Arguments& arguments) {
  if (arguments.named != nullptr && !arguments.named->items.empty()) {
    throw Error(ErrorKind::input, fmt::format("{} '{}' takes no named arguments", kind_, name_));
  }
  return invoke(spread_values(arguments.values));
}

std::optional<Value> CallableObject::call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) {
  if (name == "recurse") {
    throw Error(ErrorKind::input, "process and workflow recursion is not supported");
  }
  if (dataflow::find_operator(name) == nullptr) return std::nullopt;
  return interpreter.call_method(invoke({}), name, arguments);
}

std::optional<Value> CallableObject::apply(Interpreter& interpreter, NativeOperator op,
                                           const Value& other, bool is_right) {
  if (op == NativeOperator::ampersand) {
    return is_right ? fork(flow_, other, Value(this)) : fork(flow_, Value(this), other);
  }
  if (op != NativeOperator::pipe) return std::nullopt;
  if (is_right) {
    const Value input = called(interpreter, other);
    return invoke(spread_values(std::span<const Value>(&input, 1)));
  }
  const Value outputs = invoke({});
  return interpreter.call(other, outputs);
}

std::optional<Value> ForkObject::call(Interpreter& interpreter, const Arguments& arguments) {
  std::vector<ChannelsObject::Part> parts;
  for (const Value& part : parts_) add_parts(flow_, interpreter.call(part, arguments), parts);
  return lang::make<ChannelsObject>(flow_, "fork", std::move(parts));
}

std::optional<Value> ForkObject::apply(Interpreter& interpreter, NativeOperator op,
                                       const Value& other, bool is_right) {
  if (op == NativeOperator::ampersand) {
    return is_right ? fork(flow_, other, Value(this)) : fork(flow_, Value(this), other);
  }
  if (op != NativeOperator::pipe) return std::nullopt;
  if (is_right) {
    const Value input = called(interpreter, other);
    return call(interpreter, {std::span<const Value>(&input, 1), nullptr});
  }
  const Value outputs = *call(interpreter, {});
  return interpreter.call(other, outputs);
}

std::optional<Value> ForkObject::call_method(Interpreter& interpreter, std::string_view name,
                                             const Arguments& arguments) {
  if (dataflow::find_operator(name) == nullptr) return std::nullopt;
  return interpreter.call_method(*call(interpreter, {}), name, arguments);
}

}  // namespace weir::engine
