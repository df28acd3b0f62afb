#pragma once

#include "lang/ast_stmt.hpp"

#include <cstdint>

/// The configuration language. Expressions are those of scripts; a name that is neither a local of
/// an enclosing closure nor a function or implicit name is BindingKind::dynamic: the evaluator
/// looks it up by its `Name` when reached (settings made so far, or the task's context inside
/// process closures).
namespace weir::lang {

enum class ConfigKind : std::uint8_t { assign, block, selector, include, apply };

struct ConfigStmt {
  ConfigKind kind = ConfigKind::assign;
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

/// `a.b.'c' = value`.
struct ConfigAssign : ConfigStmt {
  List<Name> path;
  Span path_span;
  Expr* value = nullptr;
};

/// `name { ... }`.
struct ConfigBlock : ConfigStmt {
  Name name = Name::none;
  Span name_span;
  List<ConfigStmt*> body;
};

enum class SelectorKind : std::uint8_t { with_name, with_label };

/// `withName: 'pattern' { ... }`.
struct ConfigSelector : ConfigStmt {
  SelectorKind selector = SelectorKind::with_name;
  std::string_view pattern;
  Span pattern_span;
  List<ConfigStmt*> body;
};

/// `includeConfig source`.
struct ConfigInclude : ConfigStmt {
  Expr* source = nullptr;
};

/// `name { id 'x'; ... }`, as in `plugins { id 'nf-schema@2.0' }`.
struct ConfigApply : ConfigStmt {
  Name name = Name::none;
  Span name_span;
  List<CallExpr*> calls;
};

struct ConfigFile {
  FileId file = FileId::none;
  List<ConfigStmt*> statements;
  std::uint32_t frame_size = 0;  ///< of the frame in which top-level expressions are evaluated
  List<Name> refused;            ///< declared by statements that a configuration cannot hold
};

}  // namespace weir::lang
