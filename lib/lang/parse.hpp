#pragma once

#include "lang/ast.hpp"
#include "lang/diagnostics.hpp"
#include "lang/source.hpp"

#include <cstddef>
#include <memory>

/// Source text to trees. Parsing never throws for what is written: errors become diagnostics, and
/// the tree holds the rest. Names are not resolved here (program.hpp, config_resolver.hpp).
namespace weir::lang {

/// Deeper nesting of brackets, blocks and operators is refused.
inline constexpr int k_source_nesting_max = 200;

struct ParseContext {
  const SourceMap& sources;
  Ast& ast;
  Diagnostics& diagnostics;
};

[[nodiscard]] std::unique_ptr<Module> parse_script(ParseContext context, FileId file);
/// Never null.
[[nodiscard]] ConfigFile* parse_config(ParseContext context, FileId file);
/// The whole file as one expression; an error node when it is none.
[[nodiscard]] Expr* parse_expression(ParseContext context, FileId file);

}  // namespace weir::lang
