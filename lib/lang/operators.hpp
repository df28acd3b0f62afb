#pragma once

#include "lang/ast_expr.hpp"
#include "lang/callable.hpp"

#include <string_view>

namespace weir::lang {

/// `a op b`, for every operator but `&&` and `||`, which do not always evaluate their right side.
/// Throws ScriptException: MissingMethodException when the classes do not go together,
/// NullPointerException for null.
[[nodiscard]] Value apply_binary(Interpreter& interpreter, BinaryOp op, const Value& a,
                                 const Value& b);
/// `+a`, `-a`, `~a`, `!a`.
[[nodiscard]] Value apply_unary(UnaryOp op, const Value& operand);

// The operators that library methods need too (`sum`, `plus`, `minus`, ...).
[[nodiscard]] Value add(Interpreter& interpreter, const Value& a, const Value& b);
[[nodiscard]] Value subtract(Interpreter& interpreter, const Value& a, const Value& b);
[[nodiscard]] Value multiply(Interpreter& interpreter, const Value& a, const Value& b);
[[nodiscard]] Value divide(Interpreter& interpreter, const Value& a, const Value& b);

/// `from..to` and `from..<to`.
[[nodiscard]] Value make_range(const Value& from, const Value& to, bool exclusive);

/// `value as type`, `type` with or without package. Throws ScriptException (GroovyCastException,
/// NumberFormatException).
[[nodiscard]] Value cast(Interpreter& interpreter, const Value& value, std::string_view type);
/// `value as type[]`: a list, with every element of that type.
[[nodiscard]] Value cast_to_array(Interpreter& interpreter, const Value& value,
                                  std::string_view type, int dimensions);
/// What `def Type name = value` stores: numbers, texts and truth are converted, everything else is
/// kept.
[[nodiscard]] Value cast_for_declaration(Interpreter& interpreter, const Value& value,
                                         std::string_view type);

/// A key that is the same for numbers that are equal by value whatever their classes, which tables
/// of values tell apart. Other values are their own keys.
[[nodiscard]] Value key_by_value(const Value& value);
/// The elements of `a` that are not equal to one of `b`'s, and those that are.
[[nodiscard]] std::vector<Value> without(const std::vector<Value>& a, const std::vector<Value>& b);
[[nodiscard]] std::vector<Value> common(const std::vector<Value>& a, const std::vector<Value>& b);

}  // namespace weir::lang
