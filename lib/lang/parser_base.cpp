#include "lang/internal/parser_base.hpp"

#include "lang/lexer.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::lang::internal {

ParserBase::ParserBase(ParseContext context, FileId file)
    : sources_(context.sources),
      ast_(context.ast),
      diagnostics_(context.diagnostics),
      file_(file),
      tokens_(tokenize(context.sources, file, context.ast.arena, context.diagnostics)) {}

const Token& ParserBase::peek(std::size_t ahead) const {
  return tokens_.tokens[std::min(index_ + ahead, tokens_.tokens.size() - 1)];
}

bool ParserBase::at_statement_end() const {
  return at(TokenKind::newline) || at(TokenKind::semicolon) || at(TokenKind::right_brace) ||
         at(TokenKind::end_of_file);
}

std::string_view ParserBase::text_of(const Token& token) const {
  return sources_.text(span_of(token));
}

Span ParserBase::span_from(std::uint32_t begin) const {
  return {file_, begin, std::max(begin, previous().end)};
}

const Token& ParserBase::take() {
  const Token& token = peek();
  if (token.kind != TokenKind::end_of_file) ++index_;
  return token;
}

bool ParserBase::accept(TokenKind kind) {
  if (!at(kind)) return false;
  take();
  return true;
}

void ParserBase::skip_newlines() {
  while (at(TokenKind::newline)) take();
}

void ParserBase::skip_separators() {
  while (at(TokenKind::newline) || at(TokenKind::semicolon)) take();
}

std::string ParserBase::describe(const Token& token) const {
  switch (token.kind) {
    case TokenKind::end_of_file: return "end of file";
    case TokenKind::newline:
      return token.has(k_comment) ? "comment (it ends the line)" : "end of line";
    case TokenKind::string:
    case TokenKind::string_begin: return "string";
    case TokenKind::string_end: return "end of string";
    case TokenKind::integer:
    case TokenKind::decimal: return fmt::format("number `{}`", text_of(token));
    default: return fmt::format("`{}`", base::printable(text_of(token), 40));
  }
}

Diagnostic& ParserBase::fail(Code code, Span span, std::string message) {
  if (std::exchange(panic_, true)) return swallowed_ = {};
  return diagnostics_.error(code, span, std::move(message));
}

Diagnostic& ParserBase::complain(Code code, Span span, std::string message) {
  if (panic_) return swallowed_ = {};
  return diagnostics_.error(code, span, std::move(message));
}

Diagnostic& ParserBase::fail_unexpected(std::string_view where) {
  const Token& token = peek();
  // The lexer has already said what is wrong with these.
  if (token.kind == TokenKind::unexpected || token.has(k_unmatched)) {
    panic_ = true;
    return swallowed_ = {};
  }
  return fail(Code::unexpected_token, span_of(token),
              fmt::format("unexpected {} {}", describe(token), where));
}

bool ParserBase::expect(TokenKind kind, std::string_view where) {
  if (accept(kind)) return true;
  fail_unexpected(where);
  return false;
}

bool ParserBase::expect_closing(TokenKind kind, const Token& opener) {
  if (accept(kind)) return true;
  if (opener.has(k_unmatched)) {
    panic_ = true;
    return false;
  }
  const std::string wanted = kind == TokenKind::right_paren   ? ")"
                             : kind == TokenKind::right_brace ? "}"
                                                              : "]";
  const Span begin = span_of(opener);
  fail_unexpected(fmt::format("where `,` or `{}` should be", wanted))
      .label(begin, "the bracket opened here");
  return false;
}

Name ParserBase::expect_name(std::string_view what) {
  if (at(TokenKind::identifier)) return intern(take());
  const Token& token = peek();
  if (token.kind == TokenKind::keyword) {
    fail(Code::expected_name, span_of(token),
         fmt::format("`{}` is a word of the language and cannot be {}", text_of(token), what));
  } else {
    fail(Code::expected_name, span_of(token),
         fmt::format("expected {}, found {}", what, describe(token)));
  }
  return Name::none;
}

void ParserBase::skip_group() {
  const Token& token = peek();
  if (token.payload > index_ &&
      (token.kind == TokenKind::left_paren || token.kind == TokenKind::left_brace ||
       token.kind == TokenKind::left_bracket || token.kind == TokenKind::string_begin ||
       token.kind == TokenKind::string_expr)) {
    index_ = token.payload + std::size_t{1};
  } else {
    take();
  }
}

void ParserBase::synchronize(std::size_t begin) {
  panic_ = false;
  const std::size_t reached = index_;
  index_ = begin;
  while (index_ < reached) skip_group();
  while (!at_statement_end()) skip_group();
}

ParserBase::Nesting::Nesting(ParserBase& parser)
    : parser_(parser), fine_(++parser.nesting_ <= k_source_nesting_max) {
  if (fine_) return;
  parser
      .fail(Code::nesting_too_deep, parser.span_of(parser.peek()),
            fmt::format("this is nested more than {} levels deep", k_source_nesting_max))
      .note("give inner parts a name, or move them to a function");
}

void ParserBase::too_high(Span span) {
  fail(Code::nesting_too_deep, span,
       fmt::format("this expression has more than {} levels", k_tree_height_max))
      .note("split it: assign parts of it to variables");
}

}  // namespace weir::lang::internal
