#pragma once

#include "lang/ast.hpp"

namespace weir::lang {

/// Walks trees in order of writing. Override what is of interest and call the base to go on below.
class AstVisitor {
 public:
  AstVisitor() = default;
  AstVisitor(const AstVisitor&) = delete;
  AstVisitor& operator=(const AstVisitor&) = delete;
  virtual ~AstVisitor() = default;

  virtual void visit(const Expr& node);
  virtual void visit(const Stmt& node);
  virtual void visit(const Directive& node);
  virtual void visit(const ProcessInput& node);
  virtual void visit(const ProcessOutput& node);
  virtual void visit(const Declaration& node);

 protected:
  void visit_expr(const Expr* node) {
    if (node != nullptr) visit(*node);
  }
  void visit_stmt(const Stmt* node) {
    if (node != nullptr) visit(*node);
  }
  void visit_named(List<NamedArgument> list) {
    for (const NamedArgument& argument : list) visit_expr(argument.value);
  }

 private:
  void visit_process(const ProcessDecl& node);
  void visit_workflow(const WorkflowDecl& node);
};

}  // namespace weir::lang
