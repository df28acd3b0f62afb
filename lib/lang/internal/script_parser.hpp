#pragma once

#include "lang/internal/code_parser.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace weir::lang::internal {

/// The declarations of a script.
class ScriptParser : public CodeParser {
 public:
  ScriptParser(ParseContext context, FileId file);
  std::unique_ptr<Module> run();

 private:
  // parse_script.cpp
  void item();
  bool declaration_item();
  void mixed_statements();
  void implicit_entry();
  void add(Declaration* declaration, std::uint32_t begin);
  template <typename T>
  T* make_declaration(DeclKind kind);
  [[nodiscard]] bool at_assignment_of_path() const;
  [[nodiscard]] bool at_function() const;
  [[nodiscard]] bool types_enabled() const;

  // parse_declarations.cpp
  void feature_flag();
  void include();
  void include_names(std::vector<IncludeEntry>& entries);
  void include_source(IncludeDecl& node);
  void include_rest();
  void include_without_braces();
  void params_block();
  void legacy_param();
  void record_block();
  void enum_block();
  void function();
  void agent();
  FieldDecl field();

  // parse_process.cpp
  struct ProcessParts;
  void process();
  void process_sections(ProcessDecl& node, ProcessParts& parts);
  void process_section(ProcessDecl& node, ProcessParts& parts, const Token& label);
  void process_code(ProcessDecl& node, const Token& label);
  void process_bare(ProcessDecl& node, ProcessParts& parts);
  void process_finish(ProcessDecl& node, ProcessParts& parts);
  std::vector<Stmt*> section_statements();
  bool missing_script(const Stmt& statement);
  void directives(std::vector<Directive>& out, const std::vector<Stmt*>& statements,
                  std::string_view what);
  std::optional<Directive> directive(const Stmt& statement, std::string_view what);

  // parse_process_io.cpp
  void process_inputs(ProcessDecl& node);
  void process_outputs(ProcessDecl& node);
  std::optional<ProcessInput> typed_input();
  void complain_untyped(Span span);
  void complain_typed(Span span);
  ProcessInput typed_group();
  std::optional<ProcessInput> input(const Expr& value, bool inside_tuple);
  void input_argument(ProcessInput& result, const CallExpr& call);
  std::optional<ProcessOutput> output(const Expr& value, bool inside_tuple);
  void output_options(ProcessOutput& result, const CallExpr& call, bool inside_tuple);
  std::optional<ProcessOutput> typed_output();
  bool unquoted_env(const Expr& argument);
  [[nodiscard]] const CallExpr* as_qualifier(const Expr& value);

  // parse_workflow.cpp
  void workflow();
  void workflow_sections(WorkflowDecl& node);
  void workflow_section(WorkflowDecl& node, const Token& label);
  void workflow_takes(WorkflowDecl& node);
  std::vector<WorkflowEmit> workflow_emits(Word section);
  std::optional<WorkflowEmit> workflow_emit(Word section);
  void output_block();
  std::optional<OutputTarget> output_target();
  void nested_directives(Directive& directive);

  struct Section {
    Word word = Word::none;
    Span span;
  };
  /// Complains when `label` was seen before, or stands before one that must follow it.
  void check_order(std::vector<Section>& seen, const Token& label, int (*rank)(Word));

  std::unique_ptr<Module> module_;
  std::vector<Stmt*> statements_;  ///< at the top level
  bool typed_ = false;
};

template <typename T>
T* ScriptParser::make_declaration(DeclKind kind) {
  T* const node = ast_.arena.make<T>();
  node->kind = kind;
  node->span = span_of(peek());
  node->module = module_.get();
  return node;
}

}  // namespace weir::lang::internal
