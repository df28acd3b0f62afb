#include "base/text.hpp"
#include "lang/internal/code_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::lang::internal {
namespace {

bool is_assignment(TokenKind kind) {
  return kind >= TokenKind::assign && kind <= TokenKind::assign_elvis;
}

/// Tokens of assignments stand in the order of this table.
constexpr AssignOp k_assign_ops[] = {
    AssignOp::assign,
    AssignOp::add,
    AssignOp::subtract,
    AssignOp::multiply,
    AssignOp::divide,
    AssignOp::remainder,
    AssignOp::power,
    AssignOp::bit_and,
    AssignOp::bit_or,
    AssignOp::bit_xor,
    AssignOp::shift_left,
    AssignOp::shift_right,
    AssignOp::shift_right_unsigned,
    AssignOp::elvis,
};

constexpr std::array k_sections = {
    SectionRow{"input", Word::input_},     SectionRow{"output", Word::output_},
    SectionRow{"stage", Word::stage_},     SectionRow{"topic", Word::topic_},
    SectionRow{"when", Word::when_},       SectionRow{"script", Word::script_},
    SectionRow{"shell", Word::shell_},     SectionRow{"exec", Word::exec_},
    SectionRow{"stub", Word::stub_},       SectionRow{"take", Word::take_},
    SectionRow{"main", Word::main_},       SectionRow{"emit", Word::emit_},
    SectionRow{"publish", Word::publish_}, SectionRow{"onComplete", Word::on_complete},
    SectionRow{"onError", Word::on_error}, SectionRow{"prompt", Word::prompt_},
};

}  // namespace

bool CodeParser::at_section(TypedNames typed_names) const {
  if (peek(1).kind != TokenKind::colon) return false;
  if (typed_names == TypedNames::yes && !peek(2).has(k_newline_before)) {
    const std::size_t length = type_length(2);
    const TokenKind after = peek(2 + length).kind;
    const bool ends = after == TokenKind::newline || after == TokenKind::assign ||
                      after == TokenKind::right_brace || after == TokenKind::semicolon;
    if (length > 0 && ends) return false;
  }
  const auto is_named = [&](const SectionRow& row) { return row.word == peek().word; };
  return std::any_of(k_sections.begin(), k_sections.end(), is_named) ||
         misspelt_section() != nullptr;
}

// `scrpt:` alone on a line is no other construct. Short names are near to too much.
const SectionRow* CodeParser::misspelt_section() const {
  const bool alone = at(TokenKind::identifier) && peek().word == Word::none &&
                     peek(1).kind == TokenKind::colon && peek(2).kind == TokenKind::newline;
  if (!alone) return nullptr;
  const std::string_view name = text_of(peek());
  for (const SectionRow& row : k_sections) {
    const std::size_t near = row.name.size() < 6 ? 1 : 2;
    if (name.size() > 3 && base::edit_distance(name, row.name) <= near) return &row;
  }
  return nullptr;
}

Token CodeParser::take_section() {
  const SectionRow* const meant = misspelt_section();
  Token label = take();
  if (meant != nullptr) {
    complain(Code::section_not_here, span_of(label),
             fmt::format("there is no section `{}:`", text_of(label)))
        .note(fmt::format("did you mean `{}:`?", meant->name))
        .edit(span_of(label), std::string(meant->name));
    label.word = meant->word;
  }
  take();  // the colon
  return label;
}

void CodeParser::end_statement(std::size_t begin) {
  if (!panicking() && !at_statement_end()) {
    if (!legacy_token()) advise_on_rest(fail_unexpected("after the statement"));
  }
  if (panicking()) synchronize(begin);
}

// What can be kept of a statement with an error: its names, so that their uses are not errors, too.
Stmt* CodeParser::salvage(Stmt* broken) {
  if (broken == nullptr) return nullptr;
  if (broken->kind == StmtKind::declare) {
    broken->as<DeclareStmt>().value = nullptr;
  } else if (broken->kind == StmtKind::assign &&
             broken->as<AssignStmt>().target->kind == ExprKind::variable) {
    broken->as<AssignStmt>().value = error_expr();
  } else {
    return nullptr;
  }
  broken->height = 2;
  return broken;
}

Block* CodeParser::statements(Until until, Labels labels) {
  auto* const block = make_stmt<Block>(StmtKind::block, span_of(peek()));
  std::vector<Stmt*> items;
  while (true) {
    skip_separators();
    if (at(TokenKind::end_of_file)) break;
    if (at(TokenKind::right_brace)) {
      // A brace that closes nothing was reported; passing over it keeps the rest of the block.
      if (!peek().has(k_unmatched)) break;
      take();
      continue;
    }
    if (until == Until::section && at_section()) break;
    const std::size_t before = index_;
    Stmt* item = statement(labels);
    if (panicking()) item = salvage(item);
    end_statement(before);
    if (item != nullptr) {
      items.push_back(item);
      raise(block, item);
    }
    if (index_ == before) take();
  }
  block->statements = list(items);
  if (!items.empty())
    block->span = join(items.front()->span, items.back()->span);
  else
    block->span.end = block->span.begin;
  return block;
}

Block* CodeParser::braced_block() {
  const Token opener = take();
  const Nesting nesting(*this);
  if (!nesting.fine()) return make_stmt<Block>(StmtKind::block, span_of(opener));
  Block* const block = statements(Until::brace);
  expect_closing(TokenKind::right_brace, opener);
  return block;
}

Block* CodeParser::block_or_statement(std::string_view what) {
  skip_newlines();
  if (at(TokenKind::left_brace)) return braced_block();
  auto* const block = make_stmt<Block>(StmtKind::block, span_of(peek()));
  if (at(TokenKind::right_brace) || at(TokenKind::end_of_file)) {
    fail_unexpected(fmt::format("where {} should be", what));
    return block;
  }
  const Nesting nesting(*this);
  if (!nesting.fine()) return block;
  if (accept(TokenKind::semicolon)) return block;
  Stmt* const only = statement();
  if (only == nullptr) return block;
  block->statements = list(std::vector<Stmt*>{only});
  block->span = only->span;
  raise(block, only);
  return block;
}

Stmt* CodeParser::if_statement() {
  auto* const node = make_stmt<IfStmt>(StmtKind::if_else, span_of(take()));
  const Token opener = peek();
  node->condition = error_expr();
  node->then = make_stmt<Block>(StmtKind::block, span_of(opener));
  if (!expect(TokenKind::left_paren, "where the condition of `if` should be")) return node;
  skip_newlines();
  node->condition = expression();
  skip_newlines();
  if (!panicking() && at(TokenKind::assign)) {
    fail(Code::legacy_assign_expression, span_of(peek()), "a condition cannot assign")
        .note("to compare, write `==`")
        .edit(span_of(peek()), "==");
  }
  if (!panicking()) expect_closing(TokenKind::right_paren, opener);
  if (!panicking()) node->then = block_or_statement("the statement of `if`");
  if (!panicking()) {
    // `else` may stand on a later line, also behind the `;` of a single statement.
    std::size_t ahead = 0;
    while (peek(ahead).kind == TokenKind::newline || peek(ahead).kind == TokenKind::semicolon)
      ++ahead;
    if (peek(ahead).word == Word::else_) {
      skip_separators();
      take();
      node->otherwise = block_or_statement("the statement of `else`");
    }
  }
  raise(node, node->condition);
  raise(node, node->then);
  raise(node, node->otherwise);
  node->span = span_from(node->span);
  return node;
}

CatchClause CodeParser::catch_clause() {
  CatchClause result;
  result.span = span_of(take());
  result.body = make_stmt<Block>(StmtKind::block, result.span);
  const Token opener = peek();
  if (!expect(TokenKind::left_paren, "after `catch`")) return result;
  std::vector<TypeRef*> types;
  const auto more_types = [&] {
    do {
      skip_newlines();
      types.push_back(type());
      skip_newlines();
    } while (!panicking() && accept(TokenKind::pipe));
  };
  skip_newlines();
  const bool type_first = type_length(0) > 0 && peek(1).kind != TokenKind::right_paren &&
                          peek(1).kind != TokenKind::colon;
  if (type_first) more_types();
  result.variable.span = span_of(peek());
  if (!panicking()) result.variable.name = expect_name("the name of the caught error");
  if (!panicking() && !type_first && accept(TokenKind::colon)) more_types();
  skip_newlines();
  if (!panicking()) expect_closing(TokenKind::right_paren, opener);
  if (!panicking()) result.body = block_or_statement("the statement of `catch`");
  result.types = list(types);
  result.span = span_from(result.span);
  return result;
}

Stmt* CodeParser::try_statement() {
  auto* const node = make_stmt<TryStmt>(StmtKind::try_catch, span_of(take()));
  node->body = block_or_statement("the statement of `try`");
  raise(node, node->body);
  std::vector<CatchClause> catches;
  while (!panicking() && peek_line().word == Word::catch_) {
    skip_newlines();
    catches.push_back(catch_clause());
    raise(node, catches.back().body);
  }
  if (!panicking() && text_of(peek_line()) == "finally") {
    skip_newlines();
    fail(Code::legacy_finally, span_of(peek()), "`finally` is not part of the language")
        .note("put what must happen after the `try`, or into the `catch` and after it");
  }
  node->catches = list(catches);
  node->span = span_from(node->span);
  return node;
}

Stmt* CodeParser::assert_statement() {
  auto* const node = make_stmt<AssertStmt>(StmtKind::assertion, span_of(take()));
  node->condition = expression();
  raise(node, node->condition);
  if (!panicking() && peek_line().kind == TokenKind::colon) {
    skip_newlines();
    take();
    skip_newlines();
    node->message = expression();
    raise(node, node->message);
  } else if (!panicking() && at(TokenKind::comma)) {
    fail_unexpected("after the condition")
        .note("the message of an `assert` stands behind a colon")
        .edit(span_of(peek()), " :");
  }
  node->span = span_from(node->span);
  return node;
}

void CodeParser::refuse_second_assignment() {
  if (panicking() || !is_assignment(peek().kind)) return;
  fail(Code::legacy_assign_expression, span_of(peek()),
       "an assignment is a statement, not an expression")
      .note("assign on a line of its own, then use the variable");
}

DeclaredVariable CodeParser::declared_name() {
  DeclaredVariable result;
  result.span = span_of(peek());
  result.name = expect_name("the name of a variable");
  if (!panicking()) result.type = optional_type();
  return result;
}

Stmt* CodeParser::declaration_rest(std::uint32_t begin,
                                   const std::vector<DeclaredVariable>& variables,
                                   bool destructures) {
  auto* const node = make_stmt<DeclareStmt>(StmtKind::declare, span_from(begin));
  node->destructures = destructures;
  node->variables = list(variables);
  if (!panicking() && peek_line().kind == TokenKind::assign) {
    skip_newlines();
    take();
    skip_newlines();
    node->value = expression();
    raise(node, node->value);
    refuse_second_assignment();
  } else if (!panicking() && destructures) {
    fail_unexpected("where `=` and a value should be");
  }
  if (!panicking() && !destructures && at(TokenKind::comma)) {
    fail(Code::legacy_declaration, span_of(peek()), "one `def` declares one variable")
        .note("write each `def` on a line of its own, or `def (a, b) = [1, 2]`");
  }
  node->span = span_from(begin);
  return node;
}

Stmt* CodeParser::declaration() {
  const std::uint32_t begin = take().begin;  // `def`, or the `final` that was complained about
  if (at(TokenKind::left_paren)) {
    const Token opener = take();
    std::vector<DeclaredVariable> variables;
    do {
      skip_newlines();
      if (const std::size_t length = type_length(0);
          length > 0 && peek(length).kind == TokenKind::identifier)
        type();
      variables.push_back(declared_name());
      skip_newlines();
    } while (!panicking() && accept(TokenKind::comma));
    if (!panicking()) expect_closing(TokenKind::right_paren, opener);
    return declaration_rest(begin, variables, true);
  }
  if (const std::size_t length = type_length(0);
      length > 0 && peek(length).kind == TokenKind::identifier) {
    return typed_declaration(begin);
  }
  const DeclaredVariable variable = declared_name();
  if (!panicking() && at(TokenKind::left_paren)) {
    fail(Code::invalid_declaration, variable.span, "a function cannot be declared inside of a body")
        .note(
            "declare it at the top of the script, or assign a closure: `def name = { a -> ... }`");
  }
  return declaration_rest(begin, {variable}, false);
}

Stmt* CodeParser::typed_declaration(std::uint32_t begin) {
  TypeRef* const type = this->type();
  DeclaredVariable variable;
  variable.span = span_of(peek());
  variable.name = expect_name("the name of a variable");
  variable.type = type;
  return declaration_rest(begin, {variable}, false);
}

bool CodeParser::at_typed_declaration() const {
  const std::size_t length = type_length(0);
  if (length == 0) return false;
  const Token& name = peek(length);
  if (name.kind != TokenKind::identifier || name.has(k_newline_before)) return false;
  const Token& after = peek(length + 1);
  const Token& beyond = after.kind == TokenKind::newline ? peek(length + 2) : after;
  return beyond.kind == TokenKind::assign || after.kind == TokenKind::newline ||
         after.kind == TokenKind::semicolon || after.kind == TokenKind::right_brace ||
         after.kind == TokenKind::end_of_file;
}

bool CodeParser::at_assign_many() const {
  if (!at(TokenKind::left_paren)) return false;
  std::size_t i = 1;
  std::size_t names = 0;
  while (true) {
    while (peek(i).kind == TokenKind::newline) ++i;
    if (peek(i).kind != TokenKind::identifier) return false;
    ++names;
    ++i;
    while (peek(i).kind == TokenKind::newline) ++i;
    if (peek(i).kind == TokenKind::right_paren) break;
    if (peek(i).kind != TokenKind::comma) return false;
    ++i;
  }
  ++i;
  if (peek(i).kind == TokenKind::newline) ++i;
  return names > 1 && peek(i).kind == TokenKind::assign;
}

Stmt* CodeParser::assign_many() {
  auto* const node = make_stmt<AssignManyStmt>(StmtKind::assign_many, span_of(take()));
  std::vector<VariableExpr*> targets;
  while (!at(TokenKind::right_paren)) {
    skip_newlines();
    auto* const target = make_expr<VariableExpr>(ExprKind::variable, span_of(peek()));
    target->name = intern(take());
    targets.push_back(target);
    skip_newlines();
    accept(TokenKind::comma);
  }
  take();
  skip_newlines();
  take();  // =
  skip_newlines();
  node->targets = list(targets);
  node->value = expression();
  raise(node, node->value);
  node->span = span_from(node->span);
  return node;
}

Stmt* CodeParser::assignment(Expr* target) {
  auto* const node = make_stmt<AssignStmt>(StmtKind::assign, target->span);
  skip_newlines();
  node->op_span = span_of(peek());
  node->op = k_assign_ops[static_cast<std::size_t>(peek().kind) -
                          static_cast<std::size_t>(TokenKind::assign)];
  take();
  node->target = target;
  const ExprKind kind = target->kind;
  if (kind != ExprKind::variable && kind != ExprKind::property && kind != ExprKind::index &&
      kind != ExprKind::error) {
    complain(Code::invalid_assignment, target->span,
             "only a variable, a property or an element can be assigned to");
  }
  skip_newlines();
  node->value = expression();
  refuse_second_assignment();
  raise(node, target);
  raise(node, node->value);
  node->span = span_from(target->span);
  return node;
}

Stmt* CodeParser::expression_statement() {
  const Token first = peek();
  Expr* value = expression();
  if (!panicking() && is_assignment(peek_line().kind)) return assignment(value);
  if (!panicking() && at(TokenKind::unexpected)) panic_quietly();
  // Only a name or a property can be called without parentheses.
  const bool callable = (value->kind == ExprKind::variable || value->kind == ExprKind::property) &&
                        first.kind != TokenKind::left_paren;
  if (!panicking() && callable && at_command_argument()) {
    value = command_call(value);
  } else if (!panicking() && value->kind == ExprKind::call && at(TokenKind::comma)) {
    command_rest(value->as<CallExpr>());
  }
  auto* const node = make_stmt<ExpressionStmt>(StmtKind::expression, span_from(first.begin));
  node->value = value;
  raise(node, value);
  return node;
}

Stmt* CodeParser::labelled_statement(Labels labels) {
  const Token label = take();
  take();  // the colon
  if (labels == Labels::no) {
    fail(Code::misplaced_label, span_of(label),
         fmt::format("a label `{}:` cannot stand here", text_of(label)))
        .note(
            "labels stand in the closures of `branch` and `multiMap`, and before the sections of a "
            "process or "
            "workflow");
    return nullptr;
  }
  const Nesting nesting(*this);
  if (!nesting.fine()) return nullptr;
  auto* const node = make_stmt<LabelledStmt>(StmtKind::labelled, span_of(label));
  node->label = intern(label);
  node->label_span = span_of(label);
  skip_newlines();
  node->statement = statement(labels);
  if (node->statement == nullptr) return nullptr;
  raise(node, node->statement);
  node->span = span_from(node->span);
  return node;
}

Stmt* CodeParser::statement(Labels labels) {
  const Nesting nesting(*this);
  if (!nesting.fine()) return nullptr;
  const Token& token = peek();
  switch (token.word) {
    case Word::if_: return if_statement();
    case Word::try_: return try_statement();
    case Word::assert_: return assert_statement();
    case Word::def_: return declaration();
    case Word::return_: {
      auto* const node = make_stmt<ReturnStmt>(StmtKind::return_value, span_of(take()));
      if (!at_statement_end()) node->value = expression();
      raise(node, node->value);
      node->span = span_from(node->span);
      return node;
    }
    case Word::throw_: {
      auto* const node = make_stmt<ThrowStmt>(StmtKind::throw_error, span_of(take()));
      node->value = expression();
      raise(node, node->value);
      node->span = span_from(node->span);
      return node;
    }
    default: break;
  }
  if (token.kind == TokenKind::identifier && peek(1).kind == TokenKind::colon)
    return labelled_statement(labels);
  if (at_final()) {
    complain(Code::legacy_declaration, span_of(token),
             fmt::format("`{}` is not part of the language", text_of(token)))
        .edit(span_of(token), "def");
    return declaration();
  }
  if (legacy_statement()) return nullptr;
  if (at_typed_declaration()) return typed_declaration(token.begin);
  if (at_assign_many()) return assign_many();
  return expression_statement();
}

}  // namespace weir::lang::internal
