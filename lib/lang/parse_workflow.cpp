#include "lang/internal/script_parser.hpp"

#include <fmt/format.h>

namespace weir::lang::internal {
namespace {

int workflow_rank(Word word) {
  switch (word) {
    case Word::take_: return 1;
    case Word::main_: return 2;
    case Word::emit_: return 3;
    case Word::publish_: return 4;
    case Word::on_complete: return 5;
    case Word::on_error: return 6;
    default: return 0;
  }
}

}  // namespace

void ScriptParser::workflow_takes(WorkflowDecl& node) {
  std::vector<WorkflowTake> takes(node.takes.begin(), node.takes.end());
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file) || at_section(TypedNames::yes))
      break;
    const std::size_t before = index_;
    WorkflowTake take_node;
    take_node.span = span_of(peek());
    take_node.name = expect_name("the name of an input");
    if (!panicking()) take_node.type = optional_type();
    if (!panicking() && !at_statement_end()) {
      if (!legacy_token()) {
        fail(Code::invalid_take, span_of(peek()),
             fmt::format("unexpected {} in section `take:`", describe(peek())))
            .note("inputs of a workflow are names, one per line");
      }
    }
    if (!panicking()) takes.push_back(take_node);
    end_statement(before);
    if (index_ == before) take();
  }
  node.takes = list(takes);
}

std::optional<WorkflowEmit> ScriptParser::workflow_emit(Word section) {
  WorkflowEmit result;
  result.span = span_of(peek());
  const TokenKind next = peek(1).kind;
  const bool named =
      at(TokenKind::identifier) &&
      (next == TokenKind::colon || next == TokenKind::assign || next == TokenKind::newline ||
       next == TokenKind::right_brace || next == TokenKind::semicolon);
  if (named) {
    const Token name = take();
    result.name = intern(name);
    result.span = span_of(name);
    result.type = optional_type();
    if (!panicking() && peek_line().kind == TokenKind::assign) {
      skip_newlines();
      take();
      skip_newlines();
      result.value = expression();
    } else {
      auto* const variable = make_expr<VariableExpr>(ExprKind::variable, span_of(name));
      variable->name = result.name;
      result.value = variable;
    }
    return result;
  }
  const Stmt* const parsed = statement();
  if (parsed == nullptr || panicking()) return std::nullopt;
  if (parsed->kind != StmtKind::expression) {
    complain(Code::invalid_emit, parsed->span,
             section == Word::emit_ ? "an output of a workflow is written `name` or `name = value`"
                                    : "a published output is written `name = value`");
    return std::nullopt;
  }
  result.span = parsed->span;
  result.value = parsed->as<ExpressionStmt>().value;
  result.name = ast_.names.intern("$out");
  return result;
}

std::vector<WorkflowEmit> ScriptParser::workflow_emits(Word section) {
  std::vector<WorkflowEmit> emits;
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file) || at_section(TypedNames::yes))
      break;
    const std::size_t before = index_;
    if (auto made = workflow_emit(section); made && !panicking()) emits.push_back(*made);
    end_statement(before);
    if (index_ == before) take();
  }
  return emits;
}

void ScriptParser::workflow_section(WorkflowDecl& node, const Token& label) {
  const bool entry = node.name == Name::none;
  const bool entry_section = label.word == Word::publish_ || label.word == Word::on_complete ||
                             label.word == Word::on_error;
  const bool named_section = label.word == Word::take_ || label.word == Word::emit_;
  if (workflow_rank(label.word) == 0) {
    complain(Code::section_not_here, span_of(label),
             fmt::format("a workflow has no section `{}:`", text_of(label)));
  } else if ((entry && named_section) || (!entry && entry_section)) {
    complain(Code::section_not_here, span_of(label),
             fmt::format("section `{}:` stands only in {} workflow", text_of(label),
                         entry ? "a named" : "the entry"));
  }
  switch (label.word) {
    case Word::take_: return workflow_takes(node);
    case Word::emit_: node.emits = list(workflow_emits(Word::emit_)); return;
    case Word::publish_: node.publishers = list(workflow_emits(Word::publish_)); return;
    case Word::on_complete: node.on_complete = statements(Until::section); return;
    case Word::on_error: node.on_error = statements(Until::section); return;
    case Word::main_: node.main = statements(Until::section); return;
    default: static_cast<void>(statements(Until::section)); return;
  }
}

void ScriptParser::workflow_sections(WorkflowDecl& node) {
  Block* const leading = statements(Until::section);
  if (!at_section()) {
    node.main = leading;
    return;
  }
  std::vector<Section> seen;
  while (at_section()) {
    const Token label = take_section();
    check_order(seen, label, workflow_rank);
    skip_newlines();
    workflow_section(node, label);
  }
  if (leading->statements.empty()) return;
  if (node.main == nullptr) node.main = leading;
  complain(Code::section_order, leading->statements.front()->span,
           "in a workflow with sections, statements need the label `main:` before them")
      .label(seen.front().span, "the first section")
      .edit({file_, leading->span.begin, leading->span.begin}, "main:\n");
}

void ScriptParser::workflow() {
  auto* const node = make_declaration<WorkflowDecl>(DeclKind::workflow);
  const std::uint32_t begin = peek().begin;
  node->name_span = span_of(take());
  node->typed = typed_;
  if (at(TokenKind::identifier)) {
    node->name_span = span_of(peek());
    node->name = intern(take());
  }
  skip_newlines();
  const Token opener = peek();
  if (!expect(TokenKind::left_brace, "where the body of the workflow should be")) {
    while (!at_statement_end() && !at(TokenKind::left_brace)) take();
    if (at(TokenKind::left_brace)) skip_group();
    return;
  }
  workflow_sections(*node);
  expect_closing(TokenKind::right_brace, opener);
  if (node->main == nullptr) node->main = make_stmt<Block>(StmtKind::block, node->name_span);
  add(node, begin);
  if (node->name != Name::none) return;
  if (module_->entry != nullptr) {
    complain(Code::repeated_block, node->name_span, "a script has one entry workflow")
        .label(module_->entry->name_span, "the first one");
  } else {
    module_->entry = node;
  }
}

void ScriptParser::nested_directives(Directive& directive) {
  if (directive.arguments.size() != 1 || directive.arguments.front()->kind != ExprKind::closure)
    return;
  if (ast_.names.text(directive.name) != "index") return;
  const auto& body = *directive.arguments.front()->as<ClosureExpr>().body;
  std::vector<Directive> nested;
  directives(nested, {body.statements.begin(), body.statements.end()}, "the settings of `index`");
  directive.nested = list(nested);
  directive.arguments = {};
}

std::optional<OutputTarget> ScriptParser::output_target() {
  OutputTarget result;
  result.span = span_of(peek());
  result.name = expect_name("the name of an output");
  if (!panicking()) result.type = optional_type();
  if (panicking()) return std::nullopt;
  const Token opener = peek();
  if (!expect(TokenKind::left_brace, "where the settings of an output should be"))
    return std::nullopt;
  const Block* const body = statements(Until::brace);
  expect_closing(TokenKind::right_brace, opener);
  std::vector<Directive> settings;
  directives(settings, {body->statements.begin(), body->statements.end()},
             "the settings of an output");
  for (Directive& directive : settings) nested_directives(directive);
  result.directives = list(settings);
  return result;
}

void ScriptParser::output_block() {
  auto* const node = make_declaration<OutputDecl>(DeclKind::output_block);
  const std::uint32_t begin = peek().begin;
  node->name_span = span_of(take());
  skip_newlines();
  const Token opener = take();
  std::vector<OutputTarget> targets;
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file)) break;
    const std::size_t before = index_;
    if (auto target = output_target(); target && !panicking()) targets.push_back(*target);
    end_statement(before);
    if (index_ == before) take();
  }
  expect_closing(TokenKind::right_brace, opener);
  node->targets = list(targets);
  add(node, begin);
  if (module_->output != nullptr) {
    complain(Code::repeated_block, node->name_span, "a script has one `output` block")
        .label(module_->output->name_span, "the first one");
  } else {
    module_->output = node;
  }
}

}  // namespace weir::lang::internal
