#include "lang/internal/evaluator.hpp"

#include "lang/operators.hpp"
#include "lang/semantics.hpp"

// Statements; declared in internal/evaluator.hpp.

namespace weir::lang {
namespace {

/// The operator of `a op= b`; assignment and `?=` have none.
BinaryOp operator_of(AssignOp op) {
  switch (op) {
    case AssignOp::add: return BinaryOp::add;
    case AssignOp::subtract: return BinaryOp::subtract;
    case AssignOp::multiply: return BinaryOp::multiply;
    case AssignOp::divide: return BinaryOp::divide;
    case AssignOp::remainder: return BinaryOp::remainder;
    case AssignOp::power: return BinaryOp::power;
    case AssignOp::bit_and: return BinaryOp::bit_and;
    case AssignOp::bit_or: return BinaryOp::bit_or;
    case AssignOp::bit_xor: return BinaryOp::bit_xor;
    case AssignOp::shift_left: return BinaryOp::shift_left;
    case AssignOp::shift_right: return BinaryOp::shift_right;
    default: return BinaryOp::shift_right_unsigned;
  }
}

[[noreturn]] void throw_value(const Value& value) {
  if (ExceptionObject* exception = value.as<ExceptionObject>())
    throw ScriptException(Ref<ExceptionObject>(exception));
  throw script_error("GroovyCastException",
                     "only exceptions can be thrown, not " + type_name(value));
}

}  // namespace

Value Evaluator::run(const Block& body, const Context& context) {
  Value result;
  execute_block(body, context, result);
  return result;
}

Completion Evaluator::execute_block(const Block& body, const Context& context, Value& result) {
  return execute_statements(body.statements, context, result);
}

Completion Evaluator::execute_statements(List<Stmt*> statements, const Context& context,
                                         Value& result) {
  Completion completion = Completion::normal;
  for (const Stmt* statement : statements) {
    completion = execute(*statement, context, result);
    if (completion != Completion::normal) return completion;
  }
  return completion;
}

Completion Evaluator::execute(const Stmt& statement, const Context& context, Value& result) {
  switch (statement.kind) {
    case StmtKind::expression:
      result = evaluate(*statement.as<ExpressionStmt>().value, context);
      return Completion::normal;
    case StmtKind::declare:
      result = declare_all(statement.as<DeclareStmt>(), context);
      return Completion::normal;
    case StmtKind::assign:
      result = assign_one(statement.as<AssignStmt>(), context);
      return Completion::normal;
    case StmtKind::assign_many:
      result = assign_many(statement.as<AssignManyStmt>(), context);
      return Completion::normal;
    case StmtKind::if_else: return if_else(statement.as<IfStmt>(), context, result);
    case StmtKind::return_value: {
      const ReturnStmt& returned = statement.as<ReturnStmt>();
      result = returned.value == nullptr ? Value() : evaluate(*returned.value, context);
      return Completion::returned;
    }
    case StmtKind::throw_error: {
      const ThrowStmt& thrown = statement.as<ThrowStmt>();
      try {
        throw_value(evaluate(*thrown.value, context));
      } catch (ScriptException& exception) {
        exception.set_span(statement.span);
        throw;
      }
    }
    case StmtKind::assertion:
      assert_true(statement.as<AssertStmt>(), context);
      result = Value();
      return Completion::normal;
    case StmtKind::try_catch: return try_catch(statement.as<TryStmt>(), context, result);
    case StmtKind::labelled:
      return execute(*statement.as<LabelledStmt>().statement, context, result);
    case StmtKind::block: return execute_block(statement.as<Block>(), context, result);
  }
  return Completion::normal;
}

Completion Evaluator::if_else(const IfStmt& statement, const Context& context, Value& result) {
  const Block* const taken =
      truth(evaluate(*statement.condition, context)) ? statement.then : statement.otherwise;
  result = Value();
  return taken == nullptr ? Completion::normal : execute_block(*taken, context, result);
}

Completion Evaluator::try_catch(const TryStmt& statement, const Context& context, Value& result) {
  Ref<ExceptionObject> thrown;
  const CatchClause* handler = nullptr;
  const std::uint32_t depth = state_.depth;
  try {
    return execute_block(*statement.body, context, result);
  } catch (ScriptException& exception) {
    for (const CatchClause& clause : statement.catches) {
      bool catches = clause.types.empty();
      for (const TypeRef* type : clause.types)
        catches = catches || is_exception_subclass(exception.class_name(), text(type->name));
      if (clause.types.empty())
        catches = is_exception_subclass(exception.class_name(), "Exception");
      if (catches) {
        handler = &clause;
        break;
      }
    }
    if (handler == nullptr) throw;
    thrown = exception.object();
  }
  // The handler runs outside of the C++ catch, so that it may throw, return and call at will.
  state_.depth = depth;
  declare(handler->variable, context, thrown);
  result = Value();
  return execute_block(*handler->body, context, result);
}

void Evaluator::assert_true(const AssertStmt& statement, const Context& context) {
  if (truth(evaluate(*statement.condition, context))) return;
  std::string message;
  if (statement.message != nullptr) {
    message = to_text(evaluate(*statement.message, context)) +
              ". Expression: " + std::string(interpreter_.sources_.text(statement.condition->span));
  } else {
    message = describe_assertion(*this, interpreter_.sources_, *statement.condition, context);
  }
  ScriptException exception(statement.message != nullptr ? "AssertionError" : "PowerAssertionError",
                            std::move(message));
  exception.set_span(statement.span);
  throw exception;
}

/// `count` values of anything that can be indexed; null where there are fewer.
void Evaluator::destructure(const Value& value, std::size_t count, std::vector<Value>& parts) {
  if (value.is_null())
    throw script_error("NullPointerException", "null cannot be taken apart into several variables");
  if (is_collection(value)) {
    parts = elements_of(value);
    parts.resize(std::max(count, parts.size()));
    return;
  }
  for (std::size_t i = 0; i < count; ++i)
    parts.push_back(interpreter_.index(value, Value::number(static_cast<std::int64_t>(i))));
}

Value Evaluator::declare_all(const DeclareStmt& statement, const Context& context) {
  const Value value = statement.value == nullptr ? Value() : evaluate(*statement.value, context);
  if (!statement.destructures || statement.value == nullptr) {
    for (const DeclaredVariable& variable : statement.variables) declare(variable, context, value);
    return value;
  }
  std::vector<Value> parts;
  destructure(value, statement.variables.size(), parts);
  for (std::size_t i = 0; i < statement.variables.size(); ++i)
    declare(statement.variables[i], context, parts[i]);
  return value;
}

Value Evaluator::assign_many(const AssignManyStmt& statement, const Context& context) {
  const Value value = evaluate(*statement.value, context);
  std::vector<Value> parts;
  destructure(value, statement.targets.size(), parts);
  for (std::size_t i = 0; i < statement.targets.size(); ++i) {
    assign(statement.targets[i]->binding, statement.targets[i]->name, context, parts[i]);
  }
  return value;
}

Value Evaluator::assign_one(const AssignStmt& statement, const Context& context) {
  const auto new_value = [&](const auto& current) {
    if (statement.op == AssignOp::assign) return evaluate(*statement.value, context);
    Value old = current();
    if (statement.op == AssignOp::elvis)
      return truth(old) ? old : evaluate(*statement.value, context);
    return apply_binary(interpreter_, operator_of(statement.op), old,
                        evaluate(*statement.value, context));
  };
  try {
    switch (statement.target->kind) {
      case ExprKind::variable: {
        const VariableExpr& variable = statement.target->as<VariableExpr>();
        Value value = new_value([&] { return read(variable.binding, variable.name, context); });
        assign(variable.binding, variable.name, context, value);
        return value;
      }
      case ExprKind::index: {
        const IndexExpr& target = statement.target->as<IndexExpr>();
        const Value object = evaluate(*target.object, context);
        const Value index = target.indices.size() == 1
                                ? evaluate(*target.indices[0], context)
                                : make_list(evaluate_all(target.indices, context));
        Value value = new_value([&] { return interpreter_.index(object, index); });
        interpreter_.set_index(object, index, value);
        return value;
      }
      case ExprKind::property: {
        const PropertyExpr& target = statement.target->as<PropertyExpr>();
        const Value object = evaluate(*target.object, context);
        if (object.is_null() && target.access == Access::safe) return {};
        const std::string_view name = text(target.name);
        Value value = new_value([&] { return interpreter_.property(object, name); });
        interpreter_.set_property(object, name, value);
        return value;
      }
      default: throw Error(ErrorKind::bug, "a tree with errors was evaluated");
    }
  } catch (ScriptException& exception) {
    exception.set_span(statement.span);
    throw;
  }
}

}  // namespace weir::lang
