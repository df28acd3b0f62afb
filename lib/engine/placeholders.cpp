#include "engine/placeholders.hpp"

#include "base/error.hpp"
#include "lang/ast_visitor.hpp"
#include "lang/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

/// Collects `params` and `task` with the properties that are read from them.
class Reads final : public lang::AstVisitor {
 public:
  explicit Reads(lang::Ast& ast) : ast_(ast) {}

  using AstVisitor::visit;
  void visit(const lang::Expr& node) override {
    std::vector<lang::Name> path;
    const lang::Expr* root = &node;
    while (root->kind == lang::ExprKind::property) {
      path.push_back(root->as<lang::PropertyExpr>().name);
      root = root->as<lang::PropertyExpr>().object;
    }
    if (root == nullptr || root->kind != lang::ExprKind::variable) return AstVisitor::visit(node);
    const auto& variable = root->as<lang::VariableExpr>();
    const std::string_view name = ast_.names.text(variable.name);
    if (name != "params" && name != "task") return;
    lang::VariableRead read;
    read.binding.kind = lang::BindingKind::implicit;
    read.name = variable.name;
    read.span = variable.span;
    std::reverse(path.begin(), path.end());
    read.path = ast_.arena.list(path);
    found.push_back(read);
  }

  std::vector<lang::VariableRead> found;

 private:
  lang::Ast& ast_;
};

}  // namespace

const Placeholder& Placeholders::get(const std::string& text) {
  const auto known = known_.find(text);
  if (known != known_.end()) return known->second;
  return known_.emplace(text, compile(text)).first->second;
}

Placeholder Placeholders::compile(const std::string& text) {
  lang::Ast& ast = interpreter_.ast();
  const lang::FileId file = sources_.add("placeholder", "value = { ->\n" + text + "\n}\n");
  lang::Diagnostics diagnostics;
  const lang::LooseClosure closure = lang::load_closure(ast, sources_, diagnostics, file);
  if (closure.code == nullptr) {
    const auto& all = diagnostics.all();
    throw Error(ErrorKind::input, fmt::format("'{}' is no expression{}", text,
                                              all.empty() ? "" : ": " + all.front().message));
  }
  Reads reads(ast);
  reads.visit(*closure.code);
  lang::Frame frame(closure.frame_size);
  return {interpreter_.evaluate(*closure.code, frame), std::move(reads.found)};
}

}  // namespace weir::engine
