#include "lang/internal/script_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::lang {
namespace internal {

ScriptParser::ScriptParser(ParseContext context, FileId file)
    : CodeParser(context, file), module_(std::make_unique<Module>()), typed_(types_enabled()) {
  module_->file = file;
  module_->path = std::string(context.sources.name(file));
  module_->typed = typed_;
}

// The flag changes how inputs and outputs are read, so it is looked for before anything is parsed.
bool ScriptParser::types_enabled() const {
  const std::vector<Token>& all = tokens_.tokens;
  for (std::size_t i = 0; i + 6 < all.size(); ++i) {
    if (all[i].word != Word::nextflow_ || all[i + 1].kind != TokenKind::dot) continue;
    const std::string_view scope = text_of(all[i + 2]);
    if ((scope == "enable" || scope == "preview") && text_of(all[i + 4]) == "types" &&
        all[i + 5].kind == TokenKind::assign && all[i + 6].word == Word::true_) {
      return true;
    }
  }
  return false;
}

void ScriptParser::add(Declaration* declaration, std::uint32_t begin) {
  declaration->span = span_from(begin);
  module_->declarations.push_back(declaration);
}

// At `name.a.b =`, with `name` the current token.
bool ScriptParser::at_assignment_of_path() const {
  std::size_t i = 1;
  while (peek(i).kind == TokenKind::dot &&
         (peek(i + 1).kind == TokenKind::identifier || peek(i + 1).kind == TokenKind::keyword)) {
    i += 2;
  }
  if (i == 1) return false;
  if (peek(i).kind == TokenKind::newline) ++i;
  return peek(i).kind == TokenKind::assign;
}

bool ScriptParser::at_function() const {
  const bool with_def = at_word(Word::def_);
  std::size_t i = with_def ? 1 : 0;
  if (const std::size_t length = type_length(i);
      length > 0 && peek(i + length).kind == TokenKind::identifier) {
    i += length;
  } else if (!with_def) {
    return false;
  }
  if (peek(i).kind != TokenKind::identifier || peek(i + 1).kind != TokenKind::left_paren)
    return false;
  if (with_def) return true;
  const std::size_t close = peek(i + 1).payload;
  if (close == 0) return false;
  const std::size_t after =
      close + 1 < tokens_.tokens.size() && tokens_.tokens[close + 1].kind == TokenKind::newline
          ? close + 2
          : close + 1;
  return after < tokens_.tokens.size() && tokens_.tokens[after].kind == TokenKind::left_brace;
}

bool ScriptParser::declaration_item() {
  const bool name_follows = peek(1).kind == TokenKind::identifier && !peek(1).has(k_newline_before);
  const std::size_t brace = peek(1).kind == TokenKind::newline ? 2 : 1;
  const bool brace_follows = peek(brace).kind == TokenKind::left_brace;
  switch (peek().word) {
    case Word::nextflow_:
      if (!at_assignment_of_path()) return false;
      feature_flag();
      return true;
    case Word::include_:
      if (peek(1).kind == TokenKind::dot || peek(1).kind == TokenKind::assign) return false;
      include();
      return true;
    case Word::params_:
      if (brace_follows)
        params_block();
      else if (at_assignment_of_path())
        legacy_param();
      else
        return false;
      return true;
    case Word::record_:
      if (!name_follows) return false;
      record_block();
      return true;
    case Word::enum_: enum_block(); return true;
    case Word::agent_:
      if (!name_follows) return false;
      agent();
      return true;
    case Word::process_:
      if (!name_follows && peek(1).kind != TokenKind::string && peek(1).kind != TokenKind::keyword)
        return false;
      process();
      return true;
    case Word::workflow_:
      if (!name_follows && !brace_follows) return false;
      workflow();
      return true;
    case Word::output_:
      if (!brace_follows) return false;
      output_block();
      return true;
    default:
      if (!at_function()) return false;
      function();
      return true;
  }
}

void ScriptParser::item() {
  const std::size_t begin = index_;
  if (!declaration_item()) {
    if (Stmt* const parsed = statement(); parsed != nullptr && !panicking())
      statements_.push_back(parsed);
  }
  end_statement(begin);
}

void ScriptParser::mixed_statements() {
  const Declaration& declaration = *module_->declarations.front();
  const std::string_view text = sources_.text(statements_.front()->span);
  auto& problem = diagnostics_.error(Code::mixed_statements, statements_.front()->span,
                                     "a statement cannot stand beside declarations");
  problem.label(
      {file_, declaration.span.begin, std::min(declaration.span.end, declaration.span.begin + 8)},
      "the first declaration");
  if (statements_.size() > 1) {
    problem.note(fmt::format(
        "this holds for {} more statements of this script, the next in line {}",
        statements_.size() - 1, sources_.position(file_, statements_[1]->span.begin).line));
  }
  if (text.starts_with("workflow.on")) {
    problem.note(
        "move it into the entry workflow: a section `onComplete:` or `onError:`, or an assignment "
        "`workflow.onComplete = { ... }`");
  } else {
    problem.note(
        "move statements into the entry workflow: `workflow { ... }`; values that functions and "
        "processes use "
        "become arguments, or parameters `params.x = ...`");
  }
}

void ScriptParser::implicit_entry() {
  auto* const entry = make_declaration<WorkflowDecl>(DeclKind::workflow);
  entry->implicit = true;
  entry->typed = typed_;
  entry->main = make_stmt<Block>(StmtKind::block, statements_.front()->span);
  entry->main->span = join(statements_.front()->span, statements_.back()->span);
  entry->main->statements = list(statements_);
  entry->span = entry->main->span;
  module_->declarations.push_back(entry);
  module_->entry = entry;
}

std::unique_ptr<Module> ScriptParser::run() {
  while (true) {
    skip_separators();
    if (at(TokenKind::end_of_file)) break;
    const std::size_t before = index_;
    if (at(TokenKind::right_brace) || at(TokenKind::right_paren) || at(TokenKind::right_bracket)) {
      take();  // closes nothing; reported by the lexer
      continue;
    }
    item();
    if (index_ == before) take();
  }
  const bool only_statements = std::all_of(
      module_->declarations.begin(), module_->declarations.end(),
      [](const Declaration* declaration) { return declaration->kind == DeclKind::feature_flag; });
  if (!statements_.empty() && only_statements)
    implicit_entry();
  else if (!statements_.empty())
    mixed_statements();
  return std::move(module_);
}

}  // namespace internal

std::unique_ptr<Module> parse_script(ParseContext context, FileId file) {
  return internal::ScriptParser(context, file).run();
}

Expr* parse_expression(ParseContext context, FileId file) {
  return internal::CodeParser(context, file).whole_expression();
}

}  // namespace weir::lang
