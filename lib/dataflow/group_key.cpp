#include "dataflow/group_key.hpp"

#include "lang/interpreter.hpp"
#include "lang/semantics.hpp"

namespace weir::dataflow {

std::optional<Value> GroupKeyObject::property(lang::Interpreter& interpreter,
                                              std::string_view name) {
  // Groovy sees the fields of upstream's class, too.
  if (name == "groupSize" || name == "size") return Value::number(size_);
  if (name == "groupTarget" || name == "target") return target_;
  return interpreter.property(target_, name);
}

std::optional<Value> GroupKeyObject::call_method(lang::Interpreter& interpreter,
                                                 std::string_view name,
                                                 const lang::Arguments& arguments) {
  if (name == "getGroupSize") return Value::number(size_);
  if (name == "getGroupTarget") return target_;
  return interpreter.call_method(target_, name, arguments);
}

std::optional<Value> GroupKeyObject::index(lang::Interpreter& interpreter, const Value& index) {
  return interpreter.index(target_, index);
}

std::string GroupKeyObject::to_text() const {
  return lang::to_text(target_);
}

bool GroupKeyObject::equals(const Value& other) const {
  return lang::equals(target_, plain_key(other));
}

std::uint64_t GroupKeyObject::hash() const {
  return lang::hash_key(target_);
}

Value plain_key(const Value& key) {
  const auto* const group_key = lang::native_as<GroupKeyObject>(key);
  return group_key == nullptr ? key : group_key->target();
}

}  // namespace weir::dataflow
