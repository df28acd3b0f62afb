#pragma once

#include "lang/ast_expr.hpp"

#include <cstdint>

/// Statements. The value of a body is the value of its last statement: an expression statement, or
/// an `if` whose taken branch ends so; otherwise null.
namespace weir::lang {

enum class StmtKind : std::uint8_t {
  expression,
  declare,
  assign,
  assign_many,
  if_else,
  return_value,
  throw_error,
  assertion,
  try_catch,
  labelled,
  block,
};

/// Every statement begins so. `as<T>()` gives the concrete type, which `kind` decides.
struct Stmt {
  StmtKind kind = StmtKind::expression;
  std::uint16_t height = 1;  ///< as in Expr
  Span span;

  template <typename T>
  [[nodiscard]] const T& as() const {
    return static_cast<const T&>(*this);
  }
  template <typename T>
  [[nodiscard]] T& as() {
    return static_cast<T&>(*this);
  }
};

/// Statements in order. Also the body of functions, closures and sections.
struct Block : Stmt {
  List<Stmt*> statements;
};

struct ExpressionStmt : Stmt {
  Expr* value = nullptr;
};

/// A name that a declaration introduces. `target` is local or local_cell: with local_cell a fresh
/// cell is made.
struct DeclaredVariable {
  Name name = Name::none;
  Span span;
  TypeRef* type = nullptr;
  Binding target;
};

/// `def a = value`, or with `destructures` `def (a, b) = value`. Without a value the variable is
/// null.
struct DeclareStmt : Stmt {
  List<DeclaredVariable> variables;
  bool destructures = false;
  Expr* value = nullptr;
};

enum class AssignOp : std::uint8_t {
  assign,
  add,
  subtract,
  multiply,
  divide,
  remainder,
  power,
  bit_and,
  bit_or,
  bit_xor,
  shift_left,
  shift_right,
  shift_right_unsigned,
  elvis,
};

/// `target op value`; target is a VariableExpr, IndexExpr or PropertyExpr (or an error node).
/// An assignment whose VariableExpr is its own declaration (workflow and process bodies) needs no
/// special care: its slot exists from the start (see ast.hpp on cells).
struct AssignStmt : Stmt {
  AssignOp op = AssignOp::assign;
  Span op_span;
  Expr* target = nullptr;
  Expr* value = nullptr;
};

/// `(a, b) = value`.
struct AssignManyStmt : Stmt {
  List<VariableExpr*> targets;
  Expr* value = nullptr;
};

struct IfStmt : Stmt {
  Expr* condition = nullptr;
  Block* then = nullptr;
  Block* otherwise = nullptr;  ///< may be null; `else if` is a block of one statement
};

struct ReturnStmt : Stmt {
  Expr* value = nullptr;  ///< may be null
};

struct ThrowStmt : Stmt {
  Expr* value = nullptr;
};

struct AssertStmt : Stmt {
  Expr* condition = nullptr;
  Expr* message = nullptr;  ///< may be null
};

/// `catch( A | B e )`. No types: any exception.
struct CatchClause {
  Span span;
  List<TypeRef*> types;
  DeclaredVariable variable;
  Block* body = nullptr;
};

struct TryStmt : Stmt {
  Block* body = nullptr;
  List<CatchClause> catches;
};

/// `label: statement` inside a labelled closure. The statements that follow without a label belong
/// to it, too: the value of a label is that of the last statement before the next label.
struct LabelledStmt : Stmt {
  Name label = Name::none;
  Span label_span;
  Stmt* statement = nullptr;
};

}  // namespace weir::lang
