#pragma once

#include "lang/internal/parser_base.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace weir::lang::internal {

/// The label of a section of processes or workflows.
struct SectionRow {
  std::string_view name;
  Word word;
};

/// Statements, expressions and types: what scripts and configuration share.
class CodeParser : public ParserBase {
 public:
  using ParserBase::ParserBase;
  Expr* whole_expression();

 protected:
  enum class Labels : bool { no, yes };
  enum class Until : bool { brace, section };

  // expressions.cpp
  Expr* expression();
  Expr* error_expr();

  // parse_paths.cpp
  Expr* path();
  void call_arguments(std::vector<Expr*>& positional, std::vector<NamedArgument>& named,
                      TokenKind closing);
  /// True when a command argument (`println x`) can begin at the current token.
  [[nodiscard]] bool at_command_argument() const;
  Expr* command_call(Expr* target);
  /// Takes what follows the first argument of a command that begins with a bracket.
  void command_rest(CallExpr& call);

  // parse_primaries.cpp
  Expr* primary();
  ClosureExpr* closure(Labels labels);
  std::vector<Parameter> parameters(TokenKind end);

  // parse_types.cpp
  enum class Nullable : bool { no, yes };
  /// `Nullable::no` where a `?` after the type begins a conditional expression.
  TypeRef* type(Nullable nullable = Nullable::yes);
  [[nodiscard]] bool at_type_arguments() const;
  /// The number of tokens from `ahead` on that look like a type, or 0.
  [[nodiscard]] std::size_t type_length(std::size_t ahead) const;
  TypeRef* optional_type();

  // parse_statements.cpp
  Stmt* statement(Labels labels = Labels::no);
  Block* statements(Until until, Labels labels = Labels::no);
  Stmt* salvage(Stmt* broken);
  /// `{ ... }`, or one statement when there is no brace.
  Block* block_or_statement(std::string_view what);
  Block* braced_block();
  /// Complains unless the statement that began at token `begin` ends here; after an error, skips to
  /// its end.
  void end_statement(std::size_t begin);
  enum class TypedNames : bool { no, yes };
  /// At `word:` of a section. With `TypedNames::yes`, `word: Type` is the declaration of a name
  /// instead.
  [[nodiscard]] bool at_section(TypedNames typed_names = TypedNames::no) const;
  /// The section that an unknown `word:` alone on its line must mean; `at_section` holds there too.
  [[nodiscard]] const SectionRow* misspelt_section() const;
  /// The word and its colon; a misspelt one is complained of and taken for what it means.
  Token take_section();
  [[nodiscard]] bool at_typed_declaration() const;
  void refuse_second_assignment();
  DeclaredVariable declared_name();

  // parse_legacy.cpp: statements of Groovy or of older versions. True: recognised, reported and
  // skipped.
  bool legacy_statement();
  [[nodiscard]] bool at_final() const;
  bool legacy_operator();
  bool legacy_token();
  Expr* unbracketed_qualifier(Expr* word);
  bool legacy_safe_index();
  bool legacy_lambda(const Token& opener);
  bool legacy_cast(const Expr* inner, Span paren);
  void advise_on_rest(Diagnostic& problem) const;

 private:
  // expressions.cpp
  struct Infix;
  [[nodiscard]] std::optional<Infix> infix() const;
  Expr* binary(int power_min);
  Expr* infix_rest(Expr* left, const Infix& operation);
  Expr* prefix();
  Expr* typed_rest(Expr* left, const Infix& operation);
  Expr* conditional_rest(Expr* condition);

  // parse_paths.cpp
  Expr* property_rest(Expr* object);
  Expr* call_rest(Expr* target);
  Expr* trailing_closure(Expr* target);
  Expr* index_rest(Expr* object);
  CallExpr* make_call(Expr* target);
  void finish_call(CallExpr* call, const std::vector<Expr*>& positional,
                   const std::vector<NamedArgument>& named);
  [[nodiscard]] bool at_named_argument() const;
  [[nodiscard]] bool at_map_argument(const Expr& target) const;
  NamedArgument named_argument();

  // parse_primaries.cpp
  Expr* number();
  Expr* integer(const Token& token, std::string_view text);
  Expr* interpolated();
  Expr* interpolated_path(const Token& token);
  Expr* interpolated_code(const Token& token);
  Expr* list_or_map();
  Expr* map_key(Expr* key);
  Expr* parenthesised();
  Expr* construct();
  Parameter parameter();
  void spread_not_supported();

  // parse_statements.cpp
  Stmt* if_statement();
  Stmt* try_statement();
  CatchClause catch_clause();
  Stmt* assert_statement();
  Stmt* declaration();
  Stmt* typed_declaration(std::uint32_t begin);
  Stmt* declaration_rest(std::uint32_t begin, const std::vector<DeclaredVariable>& variables,
                         bool destructures);
  Stmt* labelled_statement(Labels labels);
  [[nodiscard]] bool at_assign_many() const;
  Stmt* assign_many();
  Stmt* expression_statement();
  Stmt* assignment(Expr* target);
};

}  // namespace weir::lang::internal
