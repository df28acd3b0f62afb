#include "lang/callable.hpp"

#include <fmt/format.h>
#include <bit>

#include "lang/interpreter.hpp"

namespace weir::lang {

std::optional<Value> TableScope::get(Interpreter& interpreter, std::string_view name) {
  if (const Value* const value = names.find(name)) return *value;
  return outer_ ? outer_->get(interpreter, name) : std::nullopt;
}

bool TableScope::set(std::string_view name, const Value& value) {
  names.put(name, value);
  return true;
}

std::optional<Value> TableScope::call(Interpreter& interpreter, std::string_view name,
                                      const Arguments& arguments) {
  const Value* const value = names.find(name);
  if (value != nullptr && value->kind() == Kind::closure)
    return interpreter.call(*value, arguments);
  return outer_ ? outer_->call(interpreter, name, arguments) : std::nullopt;
}

// The defaults of a native object: it knows nothing.

Arguments with_options_in_front(const Arguments& arguments, std::size_t values_min) {
  if (arguments.named != nullptr || arguments.size() <= values_min) return arguments;
  const Value& first = arguments[0];
  if (first.kind() != Kind::map) return arguments;
  return {arguments.values.subspan(1), first.as<MapObject>()};
}

std::optional<Value> NativeObject::property(Interpreter&, std::string_view) {
  return std::nullopt;
}
bool NativeObject::set_property(Interpreter&, std::string_view, const Value&) {
  return false;
}
std::optional<Value> NativeObject::call_method(Interpreter&, std::string_view, const Arguments&) {
  return std::nullopt;
}
std::optional<Value> NativeObject::call(Interpreter&, const Arguments&) {
  return std::nullopt;
}
std::optional<Value> NativeObject::index(Interpreter&, const Value&) {
  return std::nullopt;
}
std::optional<Value> NativeObject::apply(Interpreter&, NativeOperator, const Value&, bool) {
  return std::nullopt;
}
std::optional<std::vector<Value>> NativeObject::spread_arguments() {
  return std::nullopt;
}
std::string NativeObject::to_text() const {
  return fmt::format("{}@{:x}", type_name(),
                     static_cast<std::uint32_t>(std::bit_cast<std::uintptr_t>(this)));
}
std::uint64_t NativeObject::hash() const {
  return std::bit_cast<std::uintptr_t>(this);
}

Value make_native_closure(int arity, NativeClosure::Function function) {
  return make<NativeClosure>(arity, std::move(function));
}

}  // namespace weir::lang
