#pragma once

#include "lang/ast.hpp"
#include "lang/codes.hpp"
#include "lang/diagnostics.hpp"
#include "lang/program.hpp"
#include "lang/vocabulary.hpp"

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace weir::lang::internal {

struct Body;

/// A variable while its body is being resolved. Whether it needs a cell is known only at the end of
/// the outermost body: until then bindings are collected, and are filled in by
/// `Resolver::finish_body`.
struct Variable {
  Name name = Name::none;
  Span span;
  Body* owner = nullptr;
  std::uint32_t slot = 0;
  std::uint32_t writes = 0;  ///< assignments; that of the declaration itself counts
  bool captured = false;
  bool local = false;            ///< declared by `def` or as parameter
  bool undeclared = false;       ///< of a body, by its first assignment: it may be read before that
  bool implicit_it = false;      ///< the `it` that no parameter list names
  bool warned = false;           ///< about that
  Variable* shadowed = nullptr;  ///< what the name meant before

  /// Only a cell tells a variable without a value from one that is null.
  [[nodiscard]] bool needs_cell() const { return undeclared || (captured && writes > 1); }
};

/// A frame: of a function, process, workflow or closure.
struct Body {
  Body* parent = nullptr;  ///< the enclosing body, for closures
  ClosureExpr* closure = nullptr;
  std::uint32_t next_slot = 0;
  std::vector<Variable*> captures;  ///< in the order of ClosureExpr::captures
  std::unordered_map<const Variable*, std::uint32_t> capture_index;
};

/// What the names in an expression may mean, and what may be done there.
enum class Setting : std::uint8_t { function, process, workflow, params, output, config };

/// Resolves the names of one script (or configuration) and checks the rules that need names. The
/// tree is written to.
class Resolver {
 public:
  /// `globals`: the functions, processes, workflows and types that the script declares and
  /// includes, by name.
  using Globals = std::unordered_map<Name, Binding>;

  Resolver(Ast& ast, const SourceMap& sources, Diagnostics& diagnostics, const Globals& globals);

  void function(FunctionDecl& node);
  void params(ParamsDecl& node);
  void legacy_param(LegacyParamDecl& node);
  void process(ProcessDecl& node);
  void workflow(WorkflowDecl& node, const OutputDecl* outputs);
  void output(OutputDecl& node);
  void record(const RecordDecl& node);
  void config(ConfigFile& file, ConfigNames names);

  /// Workflows called by each workflow, to find recursion.
  struct WorkflowCall {
    const WorkflowDecl* caller;
    const WorkflowDecl* callee;
    Span span;
  };
  [[nodiscard]] const std::vector<WorkflowCall>& workflow_calls() const { return workflow_calls_; }

 private:
  // resolve_scopes.cpp: variables, bodies, bindings.
  struct Use {
    Binding* binding;
    Variable* variable;
    Body* body;
  };
  class Scope;
  struct Read {
    const VariableExpr* root;
    const Variable* variable;  ///< null for implicit names
    std::vector<Name> path;
  };
  Body& begin_body(ClosureExpr* closure);
  /// Ends the innermost body; of the outermost one, also decides about cells and fills in all
  /// bindings.
  void end_body();
  void settle();
  void settle_captures(const Body& body);
  /// Declares in the innermost scope. Reports a name that is taken; the variable is made all the
  /// same.
  Variable& declare(Name name, Span span);
  /// Declares for the whole outermost body.
  Variable& declare_in_body(Name name, Span span);
  Variable& add_variable(Name name, Span span);
  [[nodiscard]] Variable* visible(Name name) const;
  void set_visible(Name name, Variable* variable);
  void use(Binding& binding, Variable& variable);
  [[nodiscard]] Body& outermost() const;
  [[nodiscard]] bool in_closure() const { return body_ != nullptr && body_->parent != nullptr; }
  List<BodyVariable> body_variables();

  // resolve_expressions.cpp
  void expression(Expr* node);
  void variable(VariableExpr& node);
  void undefined(const VariableExpr& node);
  void property(PropertyExpr& node);
  bool class_path(PropertyExpr& node);
  void binary(BinaryExpr& node);
  void map_entry(const MapEntry& entry);
  void closure(ClosureExpr& node);
  void type(TypeRef* node, Binding* binding = nullptr);
  void parameters(List<Parameter> list);
  void named(List<NamedArgument> list);
  Binding global(Name name) const;
  void note_read(const VariableExpr& root, std::vector<Name> path);
  List<VariableRead> settled_reads(const std::vector<Read>& reads);
  void assign_to(Expr& target);
  void assign_variable(VariableExpr& target);

  // resolve_statements.cpp
  void block(const Block* node);
  void block_in_scope(const Block* node);
  void statement(Stmt& node);
  void declare_statement(DeclareStmt& node);
  void check_no_type(Name name, Span span);
  void if_statement(IfStmt& node);
  void try_statement(TryStmt& node);

  // resolve_calls.cpp
  void call(CallExpr& node);
  void named_call(CallExpr& node);
  void method_call(CallExpr& node);
  void declaring_operator(CallExpr& node);
  void pipe_target(Expr& node);
  bool builtin(CallExpr& node, std::span<const FunctionRow> rows, std::uint32_t first_slot);
  void undefined_call(CallExpr& node);
  void component_call(const Binding& target, Span span, const CallExpr* call, bool piped);
  void component_arguments(const Declaration& target, const CallExpr& call);
  void function_arguments(const FunctionDecl& target, const CallExpr& call);
  void output_property(const PropertyExpr& node);
  void check_count(const CallExpr& node, std::size_t min, std::size_t max, std::string_view what);

  // resolve_process.cpp
  void process_inputs(List<ProcessInput> inputs);
  void process_outputs(ProcessDecl& node);
  void process_output(ProcessOutput& output);
  void process_code(Block* code, std::vector<Read>& reads);
  void directives(List<Directive> list, std::span<const NameRow> known, std::string_view what);
  void options(List<NamedArgument> list, std::string_view qualifier, bool input);
  void stages(List<Stmt*> list);
  void topics(List<Stmt*> list);
  bool output_call(CallExpr& node);

  // resolve_workflow.cpp
  void emits(List<WorkflowEmit> list, std::string_view what);
  void publishers(WorkflowDecl& node, const OutputDecl* outputs);
  void unpublished(const OutputDecl& outputs, const std::unordered_set<Name>& assigned);

  // resolve_config.cpp
  void config_statements(List<ConfigStmt*> list);
  void config_assign(ConfigAssign& node);
  void config_include(ConfigInclude& node);
  [[nodiscard]] std::span<const Name> setting_path() const;
  [[nodiscard]] bool is_process_path(const ConfigAssign& node) const;
  [[nodiscard]] bool is_config_name(std::string_view name) const;
  [[nodiscard]] bool in_process_setting() const { return config_.in_process; }
  [[nodiscard]] bool in_setting_closure() const { return config_.in_closure; }
  bool config_name(const VariableExpr& node);
  void note_settings(List<ConfigStmt*> list);
  void undefined_config_call(CallExpr& node);

  /// Each closure between a variable and its use captures it: without a limit, memory would grow
  /// with the depth of nesting times the length of the script.
  static constexpr std::size_t k_captures_max = 1'000'000;

  // Complaining.
  Diagnostic& error(Code code, Span span, std::string message);
  Diagnostic& warning(Code code, Span span, std::string message);
  [[nodiscard]] std::string text(Name name) const { return std::string(ast_.names.text(name)); }
  /// "did you mean `x`?" among what is visible and `more`; adds an edit when found.
  void suggest(Diagnostic& diagnostic, Span span, Name name, const std::vector<std::string>& more);
  static void add_operators(std::vector<std::string>& names);

  Ast& ast_;
  const SourceMap& sources_;
  Diagnostics& diagnostics_;
  const Globals& globals_;
  Setting setting_ = Setting::function;

  const Expr* pipe_target_ = nullptr;             ///< behind `|`, and no name that is known
  const Expr* bare_text_ = nullptr;               ///< the argument of a directive
  std::size_t captures_ = 0;                      ///< of all closures so far
  std::vector<Variable*> visible_;                ///< by name: the innermost variable
  std::vector<Variable*>* scope_ = nullptr;       ///< the innermost scope
  std::vector<Variable*>* body_scope_ = nullptr;  ///< that of the outermost body
  Body* body_ = nullptr;
  std::deque<Body> bodies_;
  std::deque<Variable> variables_;
  std::vector<Use> uses_;
  std::vector<std::pair<bool*, const Variable*>>
      cells_;  ///< where to write whether a variable needs a cell

  // Of the process being resolved.
  std::vector<Read>* reads_ = nullptr;
  std::vector<OutputCall>* output_calls_ = nullptr;  ///< while a typed output is being resolved
  int conditions_ = 0;                               ///< around the expression being resolved

  // Of the configuration being resolved.
  struct {
    ConfigNames names = ConfigNames::settings;
    std::vector<Name> path;      ///< of the blocks around the setting being resolved
    std::vector<Name> settings;  ///< made at the top and in those blocks
    std::span<const Name> refused;
    bool in_process = false;  ///< the setting is evaluated for each task
    bool in_closure = false;  ///< of the setting itself
  } config_;

  // Of the workflow being resolved.
  const WorkflowDecl* workflow_ = nullptr;
  std::vector<Name> called_;        ///< components called on every way to here
  std::vector<Name> called_maybe_;  ///< components called on some way to here
  std::vector<WorkflowCall> workflow_calls_;
};

/// Declares variables until it is left.
class Resolver::Scope {
 public:
  explicit Scope(Resolver& resolver) : resolver_(resolver), outer_(resolver.scope_) {
    resolver.scope_ = &names_;
  }
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Resolver& resolver_;
  std::vector<Variable*>* outer_;
  std::vector<Variable*> names_;
};

}  // namespace weir::lang::internal
