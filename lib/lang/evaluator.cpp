#include "lang/internal/evaluator.hpp"

#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"
#include "lang/vocabulary.hpp"

#include <fmt/format.h>

namespace weir::lang {
namespace {

void append_interpolated(std::string& text, const Value& value) {
  if (value.is_string()) {
    text += value.text();
  } else if (value.kind() == Kind::range) {
    text +=
        to_text(make_list(elements_of(value)));  // Groovy writes a range out here, unlike println
  } else if (value.kind() == Kind::closure && closure_arity(value) == 0) {
    text += "";
  } else {
    text += to_text(value);
  }
}

bool is_integer_pair(const Value& a, const Value& b) {
  return a.kind() == Kind::integer && b.kind() == Kind::integer;
}

/// The common cases of 32-bit operands without a detour; nothing for the others.
bool fast_binary(BinaryOp op, const Value& a, const Value& b, Value& result) {
  if (!is_integer_pair(a, b)) return false;
  const std::int64_t x = a.as_int64();
  const std::int64_t y = b.as_int64();
  const auto wrapped = [](std::int64_t value) {
    return Value::integer(
        static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(value))));
  };
  switch (op) {
    case BinaryOp::add: result = wrapped(x + y); return true;
    case BinaryOp::subtract: result = wrapped(x - y); return true;
    case BinaryOp::multiply: result = wrapped(x * y); return true;
    case BinaryOp::less: result = Value::boolean(x < y); return true;
    case BinaryOp::less_equal: result = Value::boolean(x <= y); return true;
    case BinaryOp::greater: result = Value::boolean(x > y); return true;
    case BinaryOp::greater_equal: result = Value::boolean(x >= y); return true;
    case BinaryOp::equal: result = Value::boolean(x == y); return true;
    case BinaryOp::not_equal: result = Value::boolean(x != y); return true;
    default: return false;
  }
}

}  // namespace

Value Evaluator::evaluate(const Expr& expression, const Context& context) {
  try {
    return dispatch(expression, context);
  } catch (ScriptException& exception) {
    exception.set_span(expression.span);
    throw;
  }
}

Value Evaluator::dispatch(const Expr& expression, const Context& context) {
  switch (expression.kind) {
    case ExprKind::error: break;
    case ExprKind::null_literal: return {};
    case ExprKind::bool_literal: return Value::boolean(expression.as<BoolLiteral>().value);
    case ExprKind::integer_literal: {
      const IntegerLiteral& literal = expression.as<IntegerLiteral>();
      return literal.wide ? Value::long_integer(literal.value)
                          : Value::integer(static_cast<std::int32_t>(literal.value));
    }
    case ExprKind::number_literal:
    case ExprKind::string_literal: return constant(expression);
    case ExprKind::interpolated: return interpolate(expression.as<Interpolated>(), context);
    case ExprKind::variable: {
      const VariableExpr& variable = expression.as<VariableExpr>();
      if (variable.binding.kind == BindingKind::implicit) {  // `moduleDir` is where it stands
        const CallSite site(state_.call_site, variable.span);
        return read(variable.binding, variable.name, context);
      }
      return read(variable.binding, variable.name, context);
    }
    case ExprKind::property: return read_property(expression.as<PropertyExpr>(), context);
    case ExprKind::index: return read_index(expression.as<IndexExpr>(), context);
    case ExprKind::call: return call(expression.as<CallExpr>(), context);
    case ExprKind::construct: return construct(expression.as<ConstructExpr>(), context);
    case ExprKind::unary: return unary(expression.as<UnaryExpr>(), context);
    case ExprKind::binary: return binary(expression.as<BinaryExpr>(), context);
    case ExprKind::ternary: {
      const TernaryExpr& ternary = expression.as<TernaryExpr>();
      return evaluate(
          truth(evaluate(*ternary.condition, context)) ? *ternary.then : *ternary.otherwise,
          context);
    }
    case ExprKind::elvis: {
      Value value = evaluate(*expression.as<ElvisExpr>().value, context);
      return truth(value) ? value : evaluate(*expression.as<ElvisExpr>().otherwise, context);
    }
    case ExprKind::cast: {
      const CastExpr& as = expression.as<CastExpr>();
      const Value value = evaluate(*as.value, context);
      const Declaration* const declaration = as.binding.declaration;
      if (declaration != nullptr && declaration->kind == DeclKind::enumeration &&
          value.is_string()) {
        return interpreter_.property(type_value(as.binding, text(as.type->name)), value.text());
      }
      if (as.type->dimensions > 0)
        return cast_to_array(interpreter_, value, text(as.type->name), as.type->dimensions);
      return cast(interpreter_, value, text(as.type->name));
    }
    case ExprKind::instance_of: {
      const InstanceOfExpr& test = expression.as<InstanceOfExpr>();
      const bool is = is_instance(evaluate(*test.value, context), text(test.type->name));
      return Value::boolean(is != test.negated);
    }
    case ExprKind::range: {
      const RangeExpr& range = expression.as<RangeExpr>();
      const Value from = evaluate(*range.from, context);
      return make_range(from, evaluate(*range.to, context), range.exclusive);
    }
    case ExprKind::list: return make_list(evaluate_all(expression.as<ListExpr>().items, context));
    case ExprKind::map: return make_map(expression.as<MapExpr>(), context);
    case ExprKind::closure: return make_closure(expression.as<ClosureExpr>(), context);
  }
  throw Error(ErrorKind::bug, "a tree with errors was evaluated");
}

Value Evaluator::constant(const Expr& expression) {
  const bool is_string = expression.kind == ExprKind::string_literal;
  const std::uint32_t site =
      is_string ? expression.as<StringLiteral>().site : expression.as<NumberLiteral>().site;
  if (site >= state_.constants.size())
    state_.constants.resize(interpreter_.ast_.site_count + site + 1);
  Value& slot = state_.constants[site];
  if (!slot.is_null() && site != 0) return slot;
  if (is_string) return slot = Value::string(expression.as<StringLiteral>().value);
  const NumberLiteral& literal = expression.as<NumberLiteral>();
  const Value text = Value::string(literal.text);
  switch (literal.number) {
    case NumberKind::big_integer: slot = cast(interpreter_, text, "BigInteger"); break;
    case NumberKind::big_decimal: slot = cast(interpreter_, text, "BigDecimal"); break;
    case NumberKind::float32: slot = cast(interpreter_, text, "Float"); break;
    case NumberKind::float64: slot = cast(interpreter_, text, "Double"); break;
  }
  return slot;
}

Value Evaluator::interpolate(const Interpolated& expression, const Context& context) {
  std::string result;
  for (const Segment& segment : expression.segments) {
    if (segment.value == nullptr) {
      result += segment.text;
      continue;
    }
    Value value = evaluate(*segment.value, context);
    if (segment.value->kind == ExprKind::closure) value = interpreter_.call(value);  // ${-> x}
    append_interpolated(result, value);
  }
  return Value::string(std::move(result));
}

Value Evaluator::type_value(const Binding& binding, std::string_view name) {
  if (binding.declaration != nullptr && binding.declaration->kind == DeclKind::enumeration) {
    return interpreter_.enumeration(binding.declaration->as<EnumDecl>());
  }
  return make<TypeObject>(std::string(name));
}

/// The cell in `slot`, made when there is none yet.
CellObject& Evaluator::cell_in(Value& slot) {
  if (slot.kind() != Kind::hidden) slot = make<CellObject>(state_.sharing);
  return *static_cast<CellObject*>(slot.object());
}

const Value& Evaluator::content_of(const Value& slot, Name name) const {
  if (slot.kind() == Kind::hidden) {
    const Value* const value = static_cast<const CellObject*>(slot.object())->content();
    if (value != nullptr) return *value;
  }
  throw script_error(
      "MissingPropertyException",
      fmt::format("variable '{}' has no value here: no assignment to it was reached", text(name)));
}

Value Evaluator::read(const Binding& binding, Name name, const Context& context) {
  switch (binding.kind) {
    case BindingKind::local: return context.slots[binding.slot];
    case BindingKind::local_cell: return content_of(context.slots[binding.slot], name);
    case BindingKind::captured: return context.captures[binding.slot];
    case BindingKind::captured_cell: return content_of(context.captures[binding.slot], name);
    case BindingKind::implicit: break;
    case BindingKind::function: {
      const FunctionDecl& function = binding.declaration->as<FunctionDecl>();
      return make_native_closure(
          static_cast<int>(function.parameters.size()),
          [&function](Interpreter& interpreter, std::span<const Value> values) {
            return interpreter.call_function(function, Arguments{values, nullptr});
          });
    }
    case BindingKind::process:
      return interpreter_.host_.process(interpreter_, binding.declaration->as<ProcessDecl>(),
                                        text(name));
    case BindingKind::workflow:
      return interpreter_.host_.workflow(interpreter_, binding.declaration->as<WorkflowDecl>(),
                                         text(name));
    case BindingKind::type: return type_value(binding, text(name));
    case BindingKind::plugin: name = plugin_function(binding, name); [[fallthrough]];
    case BindingKind::builtin:
    case BindingKind::channel_operator:
      return make_native_closure(
          -1, [name, this_ = &interpreter_](Interpreter&, std::span<const Value> values) {
            return Evaluator(*this_).call_builtin(this_->ast().names.text(name),
                                                  Arguments{values, nullptr});
          });
    case BindingKind::dynamic: {
      const Ref<Scope>* const scope = context.scope;
      if (scope != nullptr && *scope) {
        if (std::optional<Value> value = (*scope)->get(interpreter_, text(name))) return *value;
      }
      break;
    }
    case BindingKind::task_output:  // of a call alone: Evaluator::task_output
    case BindingKind::unresolved: throw Error(ErrorKind::bug, "an unresolved name was evaluated");
  }
  if (std::optional<Value> value = interpreter_.host_.global(interpreter_, text(name)))
    return *value;
  throw script_error("MissingPropertyException",
                     "unknown variable '" + std::string(text(name)) + "'");
}

void Evaluator::assign(const Binding& binding, Name name, const Context& context, Value value) {
  switch (binding.kind) {
    case BindingKind::local: context.slots[binding.slot] = std::move(value); return;
    case BindingKind::local_cell:
      cell_in(context.slots[binding.slot]).put(std::move(value));
      return;
    case BindingKind::captured: context.captures[binding.slot] = std::move(value); return;
    case BindingKind::captured_cell:
      cell_in(context.captures[binding.slot]).put(std::move(value));
      return;
    default: break;
  }
  const Ref<Scope>* const scope = context.scope;
  if (scope != nullptr && *scope && (*scope)->set(text(name), value)) return;
  throw script_error("MissingPropertyException",
                     "'" + std::string(text(name)) + "' cannot be assigned");
}

void Evaluator::declare(const DeclaredVariable& variable, const Context& context, Value value) {
  if (variable.type != nullptr)
    value = cast_for_declaration(interpreter_, value, text(variable.type->name));
  Value& slot = context.slots[variable.target.slot];
  if (variable.target.kind == BindingKind::local_cell) {
    slot = make<CellObject>(state_.sharing, std::move(value));
  } else {
    slot = std::move(value);
  }
}

std::vector<Value> Evaluator::parts_of(const Value& object) {
  return elements_of(object.kind() == Kind::path ? names_of_path(object) : object);
}

Value Evaluator::read_property(const PropertyExpr& expression, const Context& context) {
  if (expression.binding.kind == BindingKind::type)
    return type_value(expression.binding, text(expression.class_name));
  const Value object = evaluate(*expression.object, context);
  const std::string_view name = text(expression.name);
  if (expression.access == Access::safe && object.is_null()) return {};
  if (expression.access != Access::spread) {
    Value value = interpreter_.property(object, name);
    if (value.is_null()) note_undefined_param(*expression.object, object, name);
    return value;
  }
  if (object.is_null()) return {};
  std::vector<Value> values;
  for (const Value& element : parts_of(object)) {
    values.push_back(element.is_null() ? Value() : interpreter_.property(element, name));
  }
  return make_list(std::move(values));
}

/// Nothing, unless `params` itself was read and has no such entry.
void Evaluator::note_undefined_param(const Expr& expression, const Value& object,
                                     std::string_view name) {
  if (expression.kind != ExprKind::variable) return;
  const Binding& binding = expression.as<VariableExpr>().binding;
  if (binding.kind != BindingKind::implicit ||
      binding.slot != static_cast<std::uint32_t>(ImplicitName::params))
    return;
  const auto* const params = object.as<MapObject>();
  if (params != nullptr && params->items.find(name) == nullptr)
    interpreter_.host().undefined_param(name);
}

Value Evaluator::read_index(const IndexExpr& expression, const Context& context) {
  const Value object = evaluate(*expression.object, context);
  if (expression.indices.size() == 1)
    return interpreter_.index(object, evaluate(*expression.indices[0], context));
  return interpreter_.index(object, make_list(evaluate_all(expression.indices, context)));
}

Value Evaluator::unary(const UnaryExpr& expression, const Context& context) {
  return apply_unary(expression.op, evaluate(*expression.operand, context));
}

Value Evaluator::binary(const BinaryExpr& expression, const Context& context) {
  if (expression.op == BinaryOp::logical_and) {
    return Value::boolean(truth(evaluate(*expression.left, context)) &&
                          truth(evaluate(*expression.right, context)));
  }
  if (expression.op == BinaryOp::logical_or) {
    return Value::boolean(truth(evaluate(*expression.left, context)) ||
                          truth(evaluate(*expression.right, context)));
  }
  if (expression.op == BinaryOp::bit_or) return pipe(expression, context);
  const Value left = evaluate(*expression.left, context);
  const Value right = evaluate(*expression.right, context);
  Value result;
  if (fast_binary(expression.op, left, right, result)) return result;
  return apply_binary(interpreter_, expression.op, left, right);
}

/// `a | b`, where b may be the name of an operator, or a call of one without the object it works
/// on.
Value Evaluator::pipe(const BinaryExpr& expression, const Context& context) {
  const Value left = evaluate(*expression.left, context);
  state_.call_site = expression.span;
  const Expr& right = *expression.right;
  if (right.kind == ExprKind::variable &&
      right.as<VariableExpr>().binding.kind == BindingKind::channel_operator) {
    return call_method(left, text(right.as<VariableExpr>().name), {});
  }
  if (right.kind == ExprKind::call) {
    const CallExpr& call = right.as<CallExpr>();
    if (call.object == nullptr && call.callee == nullptr &&
        call.target.kind == BindingKind::channel_operator) {
      return call_on(call, left, context);
    }
  }
  const Value target = evaluate(right, context);
  if (target.kind() == Kind::native && left.kind() == Kind::native) {
    if (std::optional<Value> result = static_cast<NativeObject*>(target.object())
                                          ->apply(interpreter_, NativeOperator::pipe, left, true)) {
      return *result;
    }
  }
  return apply_binary(interpreter_, BinaryOp::bit_or, left, target);
}

Value Evaluator::make_closure(const ClosureExpr& expression, const Context& context) {
  std::vector<Value> captures;
  captures.reserve(expression.captures.size());
  for (const Capture& capture : expression.captures) {
    const bool from_frame =
        capture.from == BindingKind::local || capture.from == BindingKind::local_cell;
    Value& source = from_frame ? context.slots[capture.slot] : context.captures[capture.slot];
    if (capture.from == BindingKind::local_cell) static_cast<void>(cell_in(source));
    captures.push_back(source);
  }
  return make<ScriptClosure>(&state_.sharing, expression, std::move(captures),
                             context.scope == nullptr ? Ref<Scope>() : *context.scope);
}

Value Evaluator::make_map(const MapExpr& expression, const Context& context) {
  const Ref<MapObject> map = make<MapObject>();
  for (const MapEntry& entry : expression.entries) {
    Value key = evaluate(*entry.key, context);
    map->items.put(key, evaluate(*entry.value, context));
  }
  return map;
}

std::vector<Value> Evaluator::evaluate_all(List<Expr*> expressions, const Context& context) {
  std::vector<Value> values;
  values.reserve(expressions.size());
  for (const Expr* expression : expressions) values.push_back(evaluate(*expression, context));
  return values;
}

Ref<MapObject> Evaluator::evaluate_named(List<NamedArgument> named, const Context& context) {
  const Ref<MapObject> map = make<MapObject>();
  for (const NamedArgument& argument : named)
    map->items.put(text(argument.key), evaluate(*argument.value, context));
  return map;
}

}  // namespace weir::lang
