#include "lang/ast_visitor.hpp"

namespace weir::lang {

void AstVisitor::visit(const Expr& node) {
  const auto all = [this](List<Expr*> list) {
    for (const Expr* item : list) visit_expr(item);
  };
  switch (node.kind) {
    case ExprKind::interpolated:
      for (const Segment& segment : node.as<Interpolated>().segments) visit_expr(segment.value);
      return;
    case ExprKind::property: return visit_expr(node.as<PropertyExpr>().object);
    case ExprKind::index:
      visit_expr(node.as<IndexExpr>().object);
      return all(node.as<IndexExpr>().indices);
    case ExprKind::call: {
      const auto& call = node.as<CallExpr>();
      visit_expr(call.object);
      visit_expr(call.callee);
      all(call.arguments);
      return visit_named(call.named);
    }
    case ExprKind::construct:
      all(node.as<ConstructExpr>().arguments);
      return visit_named(node.as<ConstructExpr>().named);
    case ExprKind::unary: return visit_expr(node.as<UnaryExpr>().operand);
    case ExprKind::binary:
      visit_expr(node.as<BinaryExpr>().left);
      return visit_expr(node.as<BinaryExpr>().right);
    case ExprKind::ternary:
      visit_expr(node.as<TernaryExpr>().condition);
      visit_expr(node.as<TernaryExpr>().then);
      return visit_expr(node.as<TernaryExpr>().otherwise);
    case ExprKind::elvis:
      visit_expr(node.as<ElvisExpr>().value);
      return visit_expr(node.as<ElvisExpr>().otherwise);
    case ExprKind::cast: return visit_expr(node.as<CastExpr>().value);
    case ExprKind::instance_of: return visit_expr(node.as<InstanceOfExpr>().value);
    case ExprKind::range:
      visit_expr(node.as<RangeExpr>().from);
      return visit_expr(node.as<RangeExpr>().to);
    case ExprKind::list: return all(node.as<ListExpr>().items);
    case ExprKind::map:
      for (const MapEntry& entry : node.as<MapExpr>().entries) {
        visit_expr(entry.key);
        visit_expr(entry.value);
      }
      return;
    case ExprKind::closure: {
      const auto& closure = node.as<ClosureExpr>();
      for (const Parameter& parameter : closure.parameters) visit_expr(parameter.default_value);
      return visit_stmt(closure.body);
    }
    default: return;
  }
}

void AstVisitor::visit(const Stmt& node) {
  switch (node.kind) {
    case StmtKind::expression: return visit_expr(node.as<ExpressionStmt>().value);
    case StmtKind::declare: return visit_expr(node.as<DeclareStmt>().value);
    case StmtKind::assign:
      visit_expr(node.as<AssignStmt>().target);
      return visit_expr(node.as<AssignStmt>().value);
    case StmtKind::assign_many: return visit_expr(node.as<AssignManyStmt>().value);
    case StmtKind::if_else:
      visit_expr(node.as<IfStmt>().condition);
      visit_stmt(node.as<IfStmt>().then);
      return visit_stmt(node.as<IfStmt>().otherwise);
    case StmtKind::return_value: return visit_expr(node.as<ReturnStmt>().value);
    case StmtKind::throw_error: return visit_expr(node.as<ThrowStmt>().value);
    case StmtKind::assertion:
      visit_expr(node.as<AssertStmt>().condition);
      return visit_expr(node.as<AssertStmt>().message);
    case StmtKind::try_catch:
      visit_stmt(node.as<TryStmt>().body);
      for (const CatchClause& clause : node.as<TryStmt>().catches) visit_stmt(clause.body);
      return;
    case StmtKind::labelled: return visit_stmt(node.as<LabelledStmt>().statement);
    case StmtKind::block:
      for (const Stmt* item : node.as<Block>().statements) visit_stmt(item);
      return;
  }
}

void AstVisitor::visit(const Directive& node) {
  for (const Expr* argument : node.arguments) visit_expr(argument);
  visit_named(node.named);
  for (const Directive& nested : node.nested) visit(nested);
}

void AstVisitor::visit(const ProcessInput& node) {
  visit_expr(node.argument);
  visit_named(node.options);
  for (const ProcessInput& element : node.elements) visit(element);
}

void AstVisitor::visit(const ProcessOutput& node) {
  visit_expr(node.argument);
  visit_named(node.options);
  for (const ProcessOutput& element : node.elements) visit(element);
}

void AstVisitor::visit_process(const ProcessDecl& node) {
  for (const Directive& directive : node.directives) visit(directive);
  for (const ProcessInput& input : node.inputs) visit(input);
  for (const Stmt* stage : node.stages) visit_stmt(stage);
  for (const ProcessOutput& output : node.outputs) visit(output);
  for (const Stmt* topic : node.topics) visit_stmt(topic);
  visit_expr(node.when);
  visit_stmt(node.script);
  visit_stmt(node.stub);
}

void AstVisitor::visit_workflow(const WorkflowDecl& node) {
  visit_stmt(node.main);
  for (const WorkflowEmit& emit : node.emits) visit_expr(emit.value);
  for (const WorkflowEmit& published : node.publishers) visit_expr(published.value);
  visit_stmt(node.on_complete);
  visit_stmt(node.on_error);
}

void AstVisitor::visit(const Declaration& node) {
  switch (node.kind) {
    case DeclKind::feature_flag: return visit_expr(node.as<FeatureFlagDecl>().value);
    case DeclKind::params_block:
      for (const FieldDecl& field : node.as<ParamsDecl>().fields) visit_expr(field.default_value);
      return;
    case DeclKind::legacy_param: return visit_expr(node.as<LegacyParamDecl>().value);
    case DeclKind::process: return visit_process(node.as<ProcessDecl>());
    case DeclKind::workflow: return visit_workflow(node.as<WorkflowDecl>());
    case DeclKind::output_block:
      for (const OutputTarget& target : node.as<OutputDecl>().targets) {
        for (const Directive& directive : target.directives) visit(directive);
      }
      return;
    case DeclKind::function:
      for (const Parameter& parameter : node.as<FunctionDecl>().parameters)
        visit_expr(parameter.default_value);
      return visit_stmt(node.as<FunctionDecl>().body);
    case DeclKind::include:
    case DeclKind::record:
    case DeclKind::enumeration: return;
  }
}

}  // namespace weir::lang
