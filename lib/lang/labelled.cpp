#include "lang/internal/call_frame.hpp"
#include "lang/internal/evaluator.hpp"
#include "lang/semantics.hpp"

// The criteria of `branch` and `multiMap`; declared in internal/evaluator.hpp.
//
// A labelled closure is a sequence of parts: each begins with `label: expression` and goes to the
// next label. What stands before the first label runs first.

namespace weir::lang {

void Evaluator::run_labelled(ScriptClosure& closure, const Value& item, const LabelledPart& part) {
  const ClosureExpr& code = closure.code();
  const CallGuard guard(interpreter_, state_, interpreter_.options_);
  const SlotFrame frame(state_.slots, code.frame_size);
  const Context context{frame.slots(), closure.captures().data(), &closure.scope()};
  bind(code.parameters, code.implicit_it, std::span(&item, 1), context);
  const List<Stmt*> statements = code.body->statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (statements[i]->kind != StmtKind::labelled) {
      Value ignored;
      if (execute(*statements[i], context, ignored) == Completion::returned) return;
      continue;
    }
    std::size_t end = i + 1;
    while (end < statements.size() && statements[end]->kind != StmtKind::labelled) ++end;
    if (part(statements[i]->as<LabelledStmt>(), statements.subspan(i + 1, end - i - 1), context))
      return;
    i = end - 1;
  }
}

std::optional<Interpreter::Labelled> Evaluator::branch(ScriptClosure& closure, const Value& item) {
  std::optional<Interpreter::Labelled> chosen;
  run_labelled(closure, item,
               [&](const LabelledStmt& label, List<Stmt*> rest, const Context& context) {
                 Value condition;
                 execute(*label.statement, context, condition);
                 if (!truth(condition)) return false;
                 Value value;
                 if (rest.empty()) {
                   value = item;
                 } else {
                   execute_statements(rest, context, value);
                 }
                 chosen = Interpreter::Labelled{text(label.label), std::move(value)};
                 return true;
               });
  return chosen;
}

std::vector<Interpreter::Labelled> Evaluator::multi_map(ScriptClosure& closure, const Value& item) {
  std::vector<Interpreter::Labelled> values;
  run_labelled(closure, item,
               [&](const LabelledStmt& label, List<Stmt*> rest, const Context& context) {
                 Value value;
                 if (execute(*label.statement, context, value) == Completion::normal)
                   execute_statements(rest, context, value);
                 // `a: b: value` gives the value to both labels.
                 for (const Stmt* next = &label; next->kind == StmtKind::labelled;
                      next = next->as<LabelledStmt>().statement) {
                   values.push_back({text(next->as<LabelledStmt>().label), value});
                 }
                 return false;
               });
  return values;
}

}  // namespace weir::lang
