#pragma once

#include "lang/arena.hpp"
#include "lang/ast_config.hpp"
#include "lang/ast_decl.hpp"
#include "lang/ast_expr.hpp"
#include "lang/ast_stmt.hpp"
#include "lang/names.hpp"
#include "lang/source.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// The syntax tree, and what the resolver writes into it for the interpreter.
///
/// **Frames.** Each call of a function or closure, each task of a process and each run of a
/// workflow body (or params block, output block) has one frame of `frame_size` slots, all null at
/// first. Every variable has one slot of its body's frame, also those of inner blocks; slots are
/// not shared. Closures have frames of their own.
///
/// **Cells.** A variable that an inner closure captures and that is assigned after its declaration
/// lives in a cell (a shared box), so that both see each other's assignments. References then have
/// BindingKind::local_cell and captured_cell. A DeclareStmt, Parameter, input or take marked so
/// creates a fresh cell; reading or assigning a local_cell slot that holds no cell yet (a variable
/// first assigned inside an `if`) creates it, holding null. A captured variable that is assigned
/// only once, where it is declared, is copied instead: BindingKind::captured.
///
/// **Captures.** Making a closure copies, for each of `ClosureExpr::captures`, the content of the
/// given slot of the current frame (local, local_cell) or of the current closure's captures
/// (captured, captured_cell). A local_cell slot without a cell gets one first. Functions, processes
/// and workflows capture nothing.
///
/// **Names** never need a look-up: see BindingKind. BindingKind::dynamic occurs in configuration
/// only. BindingKind::unresolved occurs only in trees with errors, which must not be evaluated.
///
/// **Sites.** Nodes with a `site` have a number, unique in their `Ast` and below `Ast::site_count`,
/// under which an evaluator can keep what it found out there (converted literals, method look-ups)
/// without writing to the tree.
namespace weir::lang {

/// Memory, names and site numbers shared by all trees of one run. Trees die with it.
struct Ast {
  Arena arena;
  Names names;
  std::uint32_t site_count = 1;  ///< site 0 is none
};

/// One script.
struct Module {
  FileId file = FileId::none;
  std::string path;                        ///< as the source loader names it; unique in a program
  std::vector<Declaration*> declarations;  ///< in order of writing
  WorkflowDecl* entry = nullptr;           ///< the unnamed workflow, also the implicit one
  ParamsDecl* params = nullptr;
  OutputDecl* output = nullptr;
  bool typed = false;  ///< nextflow.enable.types (or a preview of it) is on
};

/// The entry script and all scripts it includes, directly or not, resolved and checked.
struct Program {
  std::vector<std::unique_ptr<Module>> modules;  ///< the entry script is the first
  [[nodiscard]] const Module& main() const { return *modules.front(); }
};

/// The tree in a compact, stable form for tests: one line per statement, s-expressions inside.
[[nodiscard]] std::string print_tree(const Module& module, const Names& names);
[[nodiscard]] std::string print_tree(const ConfigFile& config, const Names& names);
[[nodiscard]] std::string print_tree(const Expr& expression, const Names& names);

}  // namespace weir::lang
