#include "lang/internal/resolver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::lang::internal {

void Resolver::block(const Block* node) {
  if (node == nullptr) return;
  for (Stmt* item : node->statements) statement(*item);
}

void Resolver::block_in_scope(const Block* node) {
  const Scope scope(*this);
  block(node);
}

void Resolver::check_no_type(Name name, Span span) {
  if (global(name).kind != BindingKind::type &&
      find_name(type_names(), ast_.names.text(name)) == nullptr)
    return;
  error(Code::already_declared, span,
        fmt::format("`{}` is the name of a type and cannot be that of a variable", text(name)));
}

void Resolver::declare_statement(DeclareStmt& node) {
  expression(node.value);
  for (DeclaredVariable& declared : node.variables) {
    type(declared.type);
    check_no_type(declared.name, declared.span);
    Variable& variable = declare(declared.name, declared.span);
    // Without a value, the first assignment that follows is a second write: the closure may be made
    // before it.
    use(declared.target, variable);
  }
}

void Resolver::assign_variable(VariableExpr& target) {
  const std::string_view name = ast_.names.text(target.name);
  if (Variable* const found = visible(target.name); found != nullptr) {
    ++found->writes;
    use(target.binding, *found);
    return;
  }
  if (setting_ != Setting::config && find_implicit(name) != nullptr && name != "args") {
    error(Code::assign_to_constant, target.span, fmt::format("`{}` cannot be assigned to", name));
    return;
  }
  if (global(target.name).kind == BindingKind::unresolved) check_no_type(target.name, target.span);
  if (global(target.name).kind != BindingKind::unresolved) {
    error(Code::already_declared, target.span,
          fmt::format("`{}` is the name of a declaration", name))
        .label(global(target.name).declaration->name_span, "declared here");
    return;
  }
  const bool body_level =
      (setting_ == Setting::workflow || setting_ == Setting::process) && !in_closure();
  if (setting_ == Setting::config && config_.names == ConfigNames::any)
    return use(target.binding, declare(target.name, target.span));
  if (!body_level) {
    const std::string message = fmt::format("`{}` is not declared", name);
    // Nextflow takes the name of an operator for something that can be assigned to.
    const bool tolerated =
        setting_ == Setting::workflow && find_function(channel_operators(), name) != nullptr;
    auto& problem = tolerated ? warning(Code::undeclared_assignment, target.span, message)
                              : error(Code::undeclared_assignment, target.span, message);
    problem.note("declare it with `def` where it is to be known")
        .edit({target.span.file, target.span.begin, target.span.begin}, "def ");
    use(target.binding, declare(target.name, target.span));
    return;
  }
  if (name == "_") {
    error(Code::underscore_reserved, target.span, "`_` cannot be the name of a variable");
    return;
  }
  use(target.binding, declare_in_body(target.name, target.span));
}

void Resolver::assign_to(Expr& target) {
  if (target.kind == ExprKind::variable)
    assign_variable(target.as<VariableExpr>());
  else
    expression(&target);
}

// Components that are called in both branches are called for sure behind them; those in one, maybe.
void Resolver::if_statement(IfStmt& node) {
  expression(node.condition);
  const std::vector<Name> before = called_;
  block_in_scope(node.then);
  const std::vector<Name> after_then = std::exchange(called_, before);
  block_in_scope(node.otherwise);
  std::erase_if(called_, [&](Name name) {
    return std::find(after_then.begin(), after_then.end(), name) == after_then.end();
  });
}

void Resolver::try_statement(TryStmt& node) {
  block_in_scope(node.body);
  for (CatchClause& clause : node.catches) {
    const Scope scope(*this);
    for (TypeRef* caught : clause.types) type(caught);
    use(clause.variable.target, declare(clause.variable.name, clause.variable.span));
    block(clause.body);
  }
}

void Resolver::statement(Stmt& node) {
  switch (node.kind) {
    case StmtKind::expression: return expression(node.as<ExpressionStmt>().value);
    case StmtKind::declare: return declare_statement(node.as<DeclareStmt>());
    case StmtKind::assign: {
      auto& assign = node.as<AssignStmt>();
      expression(assign.value);
      // `x += 1` reads x, so x must be known.
      if (assign.op != AssignOp::assign && assign.target->kind == ExprKind::variable &&
          visible(assign.target->as<VariableExpr>().name) == nullptr) {
        return variable(assign.target->as<VariableExpr>());
      }
      return assign_to(*assign.target);
    }
    case StmtKind::assign_many:
      expression(node.as<AssignManyStmt>().value);
      for (VariableExpr* target : node.as<AssignManyStmt>().targets) assign_variable(*target);
      return;
    case StmtKind::if_else: return if_statement(node.as<IfStmt>());
    case StmtKind::return_value: return expression(node.as<ReturnStmt>().value);
    case StmtKind::throw_error: return expression(node.as<ThrowStmt>().value);
    case StmtKind::assertion:
      expression(node.as<AssertStmt>().condition);
      return expression(node.as<AssertStmt>().message);
    case StmtKind::try_catch: return try_statement(node.as<TryStmt>());
    case StmtKind::labelled: return statement(*node.as<LabelledStmt>().statement);
    case StmtKind::block: return block_in_scope(&node.as<Block>());
  }
}

}  // namespace weir::lang::internal
