#include "lang/internal/evaluator.hpp"

#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include "base/text.hpp"

// `new Type(...)`; declared in internal/evaluator.hpp.

namespace weir::lang {
namespace {

/// Exceptions take nothing, a message, a cause, or both.
Value new_exception(std::string_view class_name, const std::vector<Value>& values) {
  const Ref<ExceptionObject> exception = make<ExceptionObject>(std::string(class_name));
  for (const Value& value : values) {
    if (value.kind() == Kind::exception) {
      exception->cause = value;
      if (exception->message.is_null()) exception->message = Value::string(to_text(value));
    } else if (!value.is_null()) {
      exception->message = Value::string(to_text(value));
    }
  }
  return exception;
}

/// "Date" for "java.util.Date", "JsonGenerator.Options" for "groovy.json.JsonGenerator.Options".
std::string_view constructor_name(std::string_view name) {
  const std::string_view simple = simple_class_name(name);
  if (simple.size() == name.size()) return simple;
  const std::string_view outer = simple_class_name(name.substr(0, name.size() - simple.size() - 1));
  const bool is_nested = !outer.empty() && outer.front() >= 'A' && outer.front() <= 'Z';
  return is_nested ? name.substr(name.size() - simple.size() - 1 - outer.size()) : simple;
}

}  // namespace

Value Evaluator::construct(const ConstructExpr& expression, const Context& context) {
  const std::string_view name = text(expression.type->name);
  const std::string_view simple = simple_class_name(name);
  const std::vector<Value> values = evaluate_all(expression.arguments, context);
  const Ref<MapObject> named =
      expression.named.empty() ? Ref<MapObject>() : evaluate_named(expression.named, context);
  if (!known_exception(simple).empty()) return new_exception(known_exception(simple), values);
  if (expression.binding.declaration != nullptr &&
      expression.binding.declaration->kind == DeclKind::record) {
    const Ref<MapObject> record = make<MapObject>(Kind::record);
    if (named) record->items = named->items;
    record->record_type = std::string(name);
    return record;
  }
  if (const Method* const constructor =
          find_in(constructors(), constructor_name(name), values.size())) {
    return constructor->function(MethodCall{interpreter_, Value(), values, named.get()});
  }
  throw script_error(
      "UnsupportedOperationException",
      "class '" + std::string(name) +
          "' is not available here: weir runs no Java; use the standard library instead");
}

}  // namespace weir::lang
