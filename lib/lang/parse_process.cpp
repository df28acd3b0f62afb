#include "lang/internal/script_parser.hpp"

#include "lang/vocabulary.hpp"

#include <fmt/format.h>

namespace weir::lang::internal {
namespace {

/// Sections stand in this order; outputs (and topics) may also come last.
int process_rank(Word word) {
  switch (word) {
    case Word::input_: return 1;
    case Word::stage_: return 2;
    case Word::output_: return 3;
    case Word::topic_: return 4;
    case Word::when_: return 5;
    case Word::script_:
    case Word::shell_:
    case Word::exec_: return 6;
    case Word::stub_: return 7;
    default: return 0;
  }
}

bool is_string(const Stmt& statement) {
  if (statement.kind != StmtKind::expression) return false;
  const ExprKind kind = statement.as<ExpressionStmt>().value->kind;
  return kind == ExprKind::string_literal || kind == ExprKind::interpolated;
}

/// From the first statement to the last: comments before and behind change no task.
Span code_span(const Block& block) {
  if (block.statements.empty()) return block.span;
  return join(block.statements.front()->span, block.statements.back()->span);
}

}  // namespace

struct ScriptParser::ProcessParts {
  std::vector<Stmt*> leading;  ///< statements before the first label
  std::vector<Section> sections;
  bool complained = false;  ///< about a missing script: label
};

void ScriptParser::check_order(std::vector<Section>& seen, const Token& label, int (*rank)(Word)) {
  const int own = rank(label.word);
  for (const Section& earlier : seen) {
    const int other = rank(earlier.word);
    if (other == own) {
      complain(Code::repeated_section, span_of(label),
               fmt::format("a second section `{}:`", text_of(label)))
          .label(earlier.span, "the first one");
      break;
    }
    const bool may_come_last = rank == process_rank && (own == 3 || own == 4) && other >= 6;
    if (other > own && !may_come_last) {
      complain(Code::section_order, span_of(label),
               fmt::format("section `{}:` must stand before `{}:`", text_of(label),
                           sources_.text(earlier.span)))
          .label(earlier.span, "the later section");
      break;
    }
  }
  seen.push_back({label.word, span_of(label)});
}

std::vector<Stmt*> ScriptParser::section_statements() {
  const Block* const block = statements(Until::section);
  return {block->statements.begin(), block->statements.end()};
}

// A string where none belongs is a script without its label.
bool ScriptParser::missing_script(const Stmt& statement) {
  if (!is_string(statement)) return false;
  const std::string margin(sources_.position(file_, statement.span.begin).column - 1, ' ');
  complain(Code::legacy_missing_script, {file_, statement.span.begin, statement.span.begin + 3},
           "the script of a process needs the label `script:` before it")
      .note("only a process without any other section or directive may leave it out")
      .edit({file_, statement.span.begin, statement.span.begin}, "script:\n" + margin);
  return true;
}

std::optional<Directive> ScriptParser::directive(const Stmt& statement, std::string_view what) {
  Directive result;
  result.span = statement.span;
  if (statement.kind != StmtKind::expression) {
    const bool assigns = statement.kind == StmtKind::assign;
    auto& problem = complain(Code::legacy_directive_statement, statement.span,
                             fmt::format("a statement cannot stand among {}", what));
    if (assigns)
      problem.note("a setting is written without `=`: `cpus 4`");
    else
      problem.note("give the setting a value that is computed: `cpus { condition ? 4 : 1 }`");
    return std::nullopt;
  }
  const Expr& value = *statement.as<ExpressionStmt>().value;
  if (value.kind == ExprKind::call) {
    const auto& call = value.as<CallExpr>();
    if (call.object == nullptr && call.callee == nullptr) {
      result.name = call.name;
      result.name_span = call.name_span;
      result.arguments = call.arguments;
      result.named = call.named;
      return result;
    }
  } else if (value.kind == ExprKind::variable) {
    result.name = value.as<VariableExpr>().name;
    result.name_span = value.span;
    return result;
  } else if (value.kind == ExprKind::binary && value.as<BinaryExpr>().op == BinaryOp::subtract &&
             value.as<BinaryExpr>().left->kind == ExprKind::variable) {
    // `maxErrors -1` reads like a difference.
    const auto& difference = value.as<BinaryExpr>();
    auto* const negative =
        make_expr<UnaryExpr>(ExprKind::unary, join(difference.op_span, difference.right->span));
    negative->op = UnaryOp::minus;
    negative->operand = difference.right;
    result.name = difference.left->as<VariableExpr>().name;
    result.name_span = difference.left->span;
    result.arguments = list(std::vector<Expr*>{negative});
    return result;
  }
  complain(Code::invalid_directive, value.span,
           fmt::format("{} must be written as `name value, option: value`", what));
  return std::nullopt;
}

void ScriptParser::directives(std::vector<Directive>& out, const std::vector<Stmt*>& statements,
                              std::string_view what) {
  for (const Stmt* statement : statements) {
    if (auto made = directive(*statement, what)) out.push_back(*made);
  }
}

void ScriptParser::process_code(ProcessDecl& node, const Token& label) {
  Block* const block = statements(Until::section);
  if (label.word == Word::stub_) {
    node.stub = block;
    node.stub_span = code_span(*block);
    return;
  }
  node.script = block;
  node.script_span = code_span(*block);
  node.script_kind = label.word == Word::exec_    ? ScriptKind::exec
                     : label.word == Word::shell_ ? ScriptKind::shell
                                                  : ScriptKind::script;
}

void ScriptParser::process_section(ProcessDecl& node, ProcessParts& parts, const Token& label) {
  switch (label.word) {
    case Word::input_: return process_inputs(node);
    case Word::output_: return process_outputs(node);
    case Word::stage_: node.stages = list(section_statements()); return;
    case Word::topic_: node.topics = list(section_statements()); return;
    case Word::when_: {
      const std::vector<Stmt*> conditions = section_statements();
      for (const Stmt* statement : conditions) {
        if (node.when == nullptr && statement->kind == StmtKind::expression) {
          node.when = statement->as<ExpressionStmt>().value;
        } else if (missing_script(*statement)) {
          parts.complained = true;
        } else {
          complain(Code::unexpected_token, statement->span, "section `when:` holds one condition");
        }
      }
      return;
    }
    case Word::script_:
    case Word::shell_:
    case Word::exec_:
    case Word::stub_: return process_code(node, label);
    default:
      complain(Code::section_not_here, span_of(label),
               fmt::format("a process has no section `{}:`", text_of(label)));
      static_cast<void>(section_statements());
  }
}

void ScriptParser::process_sections(ProcessDecl& node, ProcessParts& parts) {
  parts.leading = section_statements();
  while (at_section()) {
    const Token label = take_section();
    check_order(parts.sections, label, process_rank);
    const std::size_t errors = diagnostics_.errors();
    skip_newlines();
    process_section(node, parts, label);
    parts.complained = parts.complained || diagnostics_.errors() > errors;
  }
}

// A body without labels is the script, unless it begins with directives.
void ScriptParser::process_bare(ProcessDecl& node, ProcessParts& parts) {
  for (const Stmt* statement : parts.leading) {
    if (statement->kind != StmtKind::expression) continue;
    const Expr& value = *statement->as<ExpressionStmt>().value;
    const bool command = value.kind == ExprKind::call && value.as<CallExpr>().command;
    if (!command || find_directive(ast_.names.text(value.as<CallExpr>().name)) == nullptr) continue;
    const Stmt& last = *parts.leading.back();
    if (!missing_script(last)) {
      complain(Code::legacy_missing_script, node.name_span,
               "this process has no `script:` section");
    }
    return;
  }
  auto* const block = make_stmt<Block>(StmtKind::block, parts.leading.front()->span);
  block->statements = list(parts.leading);
  block->span = join(parts.leading.front()->span, parts.leading.back()->span);
  for (const Stmt* statement : parts.leading) raise(block, statement);
  node.script = block;
  node.script_span = block->span;
}

void ScriptParser::process_finish(ProcessDecl& node, ProcessParts& parts) {
  if (parts.sections.empty() && !parts.leading.empty()) {
    process_bare(node, parts);
  } else {
    std::vector<Stmt*> settings;
    for (Stmt* const statement : parts.leading) {
      if (missing_script(*statement))
        parts.complained = true;
      else
        settings.push_back(statement);
    }
    std::vector<Directive> made;
    directives(made, settings, "the directives of a process");
    node.directives = list(made);
    if (node.script == nullptr && !parts.complained) {
      complain(Code::missing_body, node.name_span,
               "this process has no `script:` or `exec:` section");
    }
  }
  if (node.script == nullptr) node.script = make_stmt<Block>(StmtKind::block, node.name_span);
}

void ScriptParser::process() {
  auto* const node = make_declaration<ProcessDecl>(DeclKind::process);
  const std::uint32_t begin = take().begin;
  node->typed = typed_;
  node->name_span = span_of(peek());
  if (at(TokenKind::string)) {
    complain(Code::expected_name, span_of(peek()), "the name of a process stands without quotes")
        .edit(span_of(peek()), std::string(string_of(peek())));
    node->name = ast_.names.intern(string_of(take()));
  } else {
    node->name = expect_name("the name of a process");
  }
  skip_newlines();
  const Token opener = peek();
  if (panicking() || !expect(TokenKind::left_brace, "after the name of a process")) {
    // Its content cannot be understood as statements of the script.
    panic_quietly();
    while (!at_statement_end() && !at(TokenKind::left_brace)) take();
    if (at(TokenKind::left_brace)) skip_group();
    return;
  }
  ProcessParts parts;
  const std::size_t errors = diagnostics_.errors();
  process_sections(*node, parts);
  parts.complained = parts.complained || diagnostics_.errors() > errors;
  expect_closing(TokenKind::right_brace, opener);
  process_finish(*node, parts);
  add(node, begin);
}

}  // namespace weir::lang::internal
