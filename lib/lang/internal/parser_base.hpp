#pragma once

#include "lang/ast.hpp"
#include "lang/codes.hpp"
#include "lang/parse.hpp"
#include "lang/token.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::lang::internal {

/// Tokens, errors and recovery: what all parsers share.
///
/// The first error in a statement starts a panic: further errors are swallowed and every loop ends,
/// until `synchronize` has skipped to the end of the statement. So several errors are found in one
/// go, one per statement.
class ParserBase {
 public:
  ParserBase(ParseContext context, FileId file);

 protected:
  // Looking.
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  /// The current token, or the one behind a newline.
  [[nodiscard]] const Token& peek_line() const { return at(TokenKind::newline) ? peek(1) : peek(); }
  [[nodiscard]] bool at(TokenKind kind) const { return peek().kind == kind; }
  [[nodiscard]] bool at_word(Word word) const { return peek().word == word; }
  [[nodiscard]] bool at_text(std::string_view text) const {
    return at(TokenKind::identifier) && text_of(peek()) == text;
  }
  [[nodiscard]] bool at_statement_end() const;
  [[nodiscard]] std::string_view text_of(const Token& token) const;
  [[nodiscard]] std::string_view string_of(const Token& token) const {
    return tokens_.strings[token.payload];
  }
  [[nodiscard]] Span span_of(const Token& token) const { return {file_, token.begin, token.end}; }
  [[nodiscard]] const Token& previous() const {
    return tokens_.tokens[index_ == 0 ? 0 : index_ - 1];
  }
  /// From `begin` to the end of the last token taken.
  [[nodiscard]] Span span_from(std::uint32_t begin) const;
  [[nodiscard]] Span span_from(Span begin) const { return span_from(begin.begin); }
  [[nodiscard]] bool adjacent(std::size_t ahead) const {
    return peek(ahead).end == peek(ahead + 1).begin;
  }

  // Taking.
  const Token& take();
  bool accept(TokenKind kind);
  void skip_newlines();
  /// Newlines and semicolons.
  void skip_separators();
  /// False, with an error, when the current token is another one.
  bool expect(TokenKind kind, std::string_view where);
  /// As `expect`, for the partner of the bracket `opener`; silent when the lexer has already
  /// complained.
  bool expect_closing(TokenKind kind, const Token& opener);
  /// An identifier (not a hard keyword). Name::none with an error otherwise.
  Name expect_name(std::string_view what);

  // Complaining.
  Diagnostic& fail(Code code, Span span, std::string message);
  /// "unexpected X WHERE".
  Diagnostic& fail_unexpected(std::string_view where);
  /// An error that leaves the parser in step.
  Diagnostic& complain(Code code, Span span, std::string message);
  /// Gives the statement up where the lexer has already complained.
  void panic_quietly() { panic_ = true; }
  [[nodiscard]] bool panicking() const { return panic_; }
  /// Skips to the end of the statement that began at token `begin` (newline, semicolon, closing
  /// brace), out of and over brackets that were opened in it, and ends the panic.
  void synchronize(std::size_t begin);
  /// Skips one bracket group or token.
  void skip_group();
  [[nodiscard]] std::string describe(const Token& token) const;

  // Building.
  [[nodiscard]] Name intern(const Token& token) { return ast_.names.intern(text_of(token)); }
  template <typename T>
  List<T> list(const std::vector<T>& items) {
    return ast_.arena.list(items);
  }
  template <typename T>
  T* make_expr(ExprKind kind, Span span);
  template <typename T>
  T* make_stmt(StmtKind kind, Span span);
  /// Makes the parent higher than the child; an error when the tree becomes too high.
  template <typename Parent, typename Child>
  void raise(Parent* parent, const Child* child);

  /// Counts nesting while it lives.
  class Nesting {
   public:
    explicit Nesting(ParserBase& parser);
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    /// False: too deep; an error was reported.
    [[nodiscard]] bool fine() const { return fine_; }

   private:
    ParserBase& parser_;
    bool fine_;
  };

  const SourceMap& sources_;
  Ast& ast_;
  Diagnostics& diagnostics_;
  FileId file_;
  TokenList tokens_;
  std::size_t index_ = 0;

 private:
  void too_high(Span span);

  Diagnostic swallowed_;
  bool panic_ = false;
  int nesting_ = 0;
};

template <typename T>
T* ParserBase::make_expr(ExprKind kind, Span span) {
  T* const node = ast_.arena.make<T>();
  node->kind = kind;
  node->span = span;
  return node;
}

template <typename T>
T* ParserBase::make_stmt(StmtKind kind, Span span) {
  T* const node = ast_.arena.make<T>();
  node->kind = kind;
  node->span = span;
  return node;
}

template <typename Parent, typename Child>
void ParserBase::raise(Parent* parent, const Child* child) {
  if (child == nullptr || child->height < parent->height) return;
  parent->height = static_cast<std::uint16_t>(child->height + 1);
  if (parent->height > k_tree_height_max) too_high(child->span);
}

}  // namespace weir::lang::internal
