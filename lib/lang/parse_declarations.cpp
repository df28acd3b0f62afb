#include "lang/internal/script_parser.hpp"

#include <fmt/format.h>

namespace weir::lang::internal {

void ScriptParser::feature_flag() {
  auto* const node = make_declaration<FeatureFlagDecl>(DeclKind::feature_flag);
  const std::uint32_t begin = take().begin;
  while (accept(TokenKind::dot)) take();
  node->name_span = span_from(begin);
  node->name = ast_.names.intern(sources_.text(node->name_span));
  skip_newlines();
  take();  // =
  skip_newlines();
  node->value = expression();
  const ExprKind kind = node->value->kind;
  const bool literal = kind == ExprKind::bool_literal || kind == ExprKind::integer_literal ||
                       kind == ExprKind::number_literal || kind == ExprKind::string_literal;
  if (!literal && !panicking()) {
    complain(Code::feature_flag_value, node->value->span,
             "the value of a feature flag must be a literal");
  }
  add(node, begin);
}

void ScriptParser::include_names(std::vector<IncludeEntry>& entries) {
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file)) return;
    IncludeEntry entry;
    entry.span = span_of(peek());
    entry.name = expect_name("the name of what is included");
    entry.alias = entry.name;
    entry.alias_span = entry.span;
    if (!panicking() && at_word(Word::as_)) {
      take();
      entry.alias_span = span_of(peek());
      entry.alias = expect_name("the new name");
    }
    if (panicking()) return;
    entries.push_back(entry);
    if (at(TokenKind::comma)) {
      fail(Code::invalid_include, span_of(peek()),
           "included names are separated by `;` or a newline")
          .edit(span_of(peek()), " ;");
      return;
    }
    if (!at(TokenKind::newline) && !at(TokenKind::semicolon) && !at(TokenKind::right_brace)) {
      fail_unexpected("in the names of an `include`");
      return;
    }
  }
}

void ScriptParser::include_source(IncludeDecl& node) {
  node.source_span = span_of(peek());
  if (at(TokenKind::string) && !peek().has(k_slashy)) {
    node.source = string_of(take());
  } else if (at(TokenKind::string_begin)) {
    fail(Code::invalid_include, span_of(peek()),
         "the source of an `include` must be a plain string")
        .note(
            "it is read before any value is known; write the path out, with `./` relative to this "
            "script");
  } else {
    fail(Code::invalid_include, span_of(peek()),
         fmt::format("expected the source of the `include` as a string, found {}",
                     describe(peek())));
  }
}

// The clauses that older versions allowed behind the source.
void ScriptParser::include_rest() {
  const bool clause =
      at_text("addParams") || (at_word(Word::params_) && !peek().has(k_newline_before));
  if (!clause) return;
  const std::uint32_t begin = previous().end;
  const Span span = span_of(take());
  if (at(TokenKind::left_paren)) skip_group();
  complain(Code::legacy_include_params, span,
           fmt::format("an `include` has no `{}` any more", sources_.text(span)))
      .note(
          "pass these values as arguments: give the workflow or process an input for each of them")
      .edit(span_from(begin), "");
}

void ScriptParser::include_without_braces() {
  const Token& next = peek();
  if (next.kind == TokenKind::string) {
    fail(Code::legacy_include_form, span_of(next), "an `include` must name what it includes")
        .note("write `include { NAME } from './path'`");
  } else if (next.kind == TokenKind::identifier) {
    const Span name = span_of(next);
    fail(Code::legacy_include_form, name, "the names of an `include` stand in braces")
        .edit({file_, name.begin, name.begin}, "{ ")
        .edit({file_, name.end, name.end}, " }");
  } else {
    fail_unexpected("after `include`");
  }
}

void ScriptParser::include() {
  auto* const node = make_declaration<IncludeDecl>(DeclKind::include);
  const std::uint32_t begin = take().begin;
  if (!at(TokenKind::left_brace)) {
    include_without_braces();
    return;
  }
  const Token opener = take();
  const std::size_t names_begin = index_;
  std::vector<IncludeEntry> entries;
  include_names(entries);
  if (panicking()) {
    // Goes on behind the names, so that the included names are known.
    synchronize(names_begin);
    while (!at(TokenKind::right_brace) && !at(TokenKind::end_of_file)) skip_group();
  }
  expect_closing(TokenKind::right_brace, opener);
  if (!panicking()) {
    if (at_word(Word::from_))
      take();
    else
      fail_unexpected("where `from` and the source of the `include` should be");
  }
  if (!panicking()) include_source(*node);
  if (!panicking()) include_rest();
  node->entries = list(entries);
  add(node, begin);
}

FieldDecl ScriptParser::field() {
  FieldDecl result;
  result.span = span_of(peek());
  result.name = expect_name("a name");
  if (!panicking()) result.type = optional_type();
  return result;
}

void ScriptParser::params_block() {
  auto* const node = make_declaration<ParamsDecl>(DeclKind::params_block);
  node->name_span = span_of(peek());
  const std::uint32_t begin = take().begin;
  skip_newlines();
  const Token opener = take();
  std::vector<FieldDecl> fields;
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file)) break;
    const std::size_t before = index_;
    FieldDecl row = field();
    if (!panicking() && accept(TokenKind::assign)) row.default_value = expression();
    if (!panicking() && !at_statement_end()) {
      fail(Code::invalid_param, span_of(peek()),
           fmt::format("unexpected {} in the declaration of a parameter", describe(peek())))
          .note("a parameter is declared as `name: Type = default`");
    }
    if (!panicking()) fields.push_back(row);
    end_statement(before);
    if (index_ == before) take();
  }
  expect_closing(TokenKind::right_brace, opener);
  node->fields = list(fields);
  add(node, begin);
  if (module_->params != nullptr) {
    complain(Code::repeated_block, node->name_span, "a script has one `params` block")
        .label(module_->params->name_span, "the first one");
  } else {
    module_->params = node;
  }
}

void ScriptParser::legacy_param() {
  auto* const node = make_declaration<LegacyParamDecl>(DeclKind::legacy_param);
  const std::uint32_t begin = take().begin;
  std::vector<Name> path;
  while (accept(TokenKind::dot)) path.push_back(intern(take()));
  node->name = path.front();
  node->name_span = span_from(begin);
  skip_newlines();
  take();  // =
  skip_newlines();
  node->path = list(path);
  node->value = expression();
  add(node, begin);
}

void ScriptParser::record_block() {
  auto* const node = make_declaration<RecordDecl>(DeclKind::record);
  const std::uint32_t begin = take().begin;
  node->name_span = span_of(peek());
  node->name = intern(take());
  skip_newlines();
  const Token opener = peek();
  if (!expect(TokenKind::left_brace, "where the fields of a record should be")) return;
  std::vector<FieldDecl> fields;
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file)) break;
    const std::size_t before = index_;
    const FieldDecl row = field();
    if (!panicking()) fields.push_back(row);
    end_statement(before);
    if (index_ == before) take();
  }
  expect_closing(TokenKind::right_brace, opener);
  node->fields = list(fields);
  add(node, begin);
}

void ScriptParser::enum_block() {
  auto* const node = make_declaration<EnumDecl>(DeclKind::enumeration);
  const std::uint32_t begin = take().begin;
  node->name_span = span_of(peek());
  node->name = expect_name("the name of an enum");
  if (panicking()) return;
  skip_newlines();
  const Token opener = peek();
  if (!expect(TokenKind::left_brace, "where the values of an enum should be")) return;
  std::vector<FieldDecl> values;
  skip_newlines();
  while (!panicking() && !at(TokenKind::right_brace)) {
    FieldDecl value;
    value.span = span_of(peek());
    value.name = expect_name("a value of the enum");
    if (panicking()) break;
    values.push_back(value);
    skip_newlines();
    if (!accept(TokenKind::comma)) break;
    skip_newlines();
  }
  skip_newlines();
  if (!panicking()) expect_closing(TokenKind::right_brace, opener);
  node->values = list(values);
  add(node, begin);
}

void ScriptParser::function() {
  auto* const node = make_declaration<FunctionDecl>(DeclKind::function);
  const std::uint32_t begin = peek().begin;
  if (at_word(Word::def_)) take();
  if (const std::size_t length = type_length(0);
      length > 0 && peek(length).kind == TokenKind::identifier) {
    node->returns = type();
  }
  node->name_span = span_of(peek());
  node->name = expect_name("the name of a function");
  const Token opener = take();
  const std::vector<Parameter> taken = parameters(TokenKind::right_paren);
  if (!panicking()) expect_closing(TokenKind::right_paren, opener);
  if (!panicking() && accept(TokenKind::arrow)) node->returns = type();
  skip_newlines();
  node->parameters = list(taken);
  node->body = make_stmt<Block>(StmtKind::block, span_of(peek()));
  if (!panicking() && at(TokenKind::left_brace))
    node->body = braced_block();
  else if (!panicking())
    fail_unexpected("where the body of the function should be");
  add(node, begin);
}

void ScriptParser::agent() {
  const std::uint32_t begin = take().begin;
  take();
  const Span span = span_from(begin);
  skip_newlines();
  if (at(TokenKind::left_brace)) skip_group();
  complain(Code::unsupported_agent, span, "weir does not run agents");
}

}  // namespace weir::lang::internal
