#include "lang/internal/resolver.hpp"
#include "lang/program.hpp"

namespace weir::lang {
namespace internal {

void Resolver::config_statements(List<ConfigStmt*> list) {
  for (ConfigStmt* item : list) {
    switch (item->kind) {
      case ConfigKind::assign: expression(item->as<ConfigAssign>().value); break;
      case ConfigKind::include: expression(item->as<ConfigInclude>().source); break;
      case ConfigKind::block: config_statements(item->as<ConfigBlock>().body); break;
      case ConfigKind::selector: config_statements(item->as<ConfigSelector>().body); break;
      case ConfigKind::apply:
        // `id 'x'`: the name belongs to the block, only the arguments are expressions.
        for (CallExpr* call : item->as<ConfigApply>().calls) {
          for (Expr* argument : call->arguments) expression(argument);
          named(call->named);
        }
        break;
    }
  }
}

void Resolver::config(ConfigFile& file) {
  setting_ = Setting::config;
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    config_statements(file.statements);
  }
  file.frame_size = body_->next_slot;
  end_body();
  bodies_.clear();
  variables_.clear();
}

}  // namespace internal

void resolve_config(ConfigFile& config, Ast& ast, const SourceMap& sources,
                    Diagnostics& diagnostics) {
  const internal::Resolver::Globals none;
  internal::Resolver(ast, sources, diagnostics, none).config(config);
  diagnostics.sort();
}

}  // namespace weir::lang
