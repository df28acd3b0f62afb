#include "lang/internal/config_parser.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>

namespace weir::lang {
namespace internal {

template <typename T>
T* ConfigParser::make_config(ConfigKind kind) {
  T* const node = ast_.arena.make<T>();
  node->kind = kind;
  node->span = span_of(peek());
  return node;
}

bool ConfigParser::at_path() const {
  return at(TokenKind::identifier) || at(TokenKind::keyword) ||
         (at(TokenKind::string) && !peek().has(k_slashy));
}

Name ConfigParser::path_part() {
  if (at(TokenKind::string) && !peek().has(k_slashy)) return ast_.names.intern(string_of(take()));
  if (at(TokenKind::identifier) || at(TokenKind::keyword)) return intern(take());
  fail(Code::expected_name, span_of(peek()),
       fmt::format("expected the name of a setting, found {}", describe(peek())));
  return Name::none;
}

bool ConfigParser::at_block() const {
  const std::size_t brace = peek(1).kind == TokenKind::newline ? 2 : 1;
  return at_path() && peek(brace).kind == TokenKind::left_brace;
}

// `plugins { id 'x' }`: the only block that holds commands, not settings.
bool ConfigParser::at_apply_block() const {
  return text_of(peek()) == "plugins";
}

ConfigStmt* ConfigParser::include() {
  auto* const node = make_config<ConfigInclude>(ConfigKind::include);
  take();
  node->source = expression();
  node->span = span_from(node->span.begin);
  return node;
}

ConfigStmt* ConfigParser::assignment() {
  auto* const node = make_config<ConfigAssign>(ConfigKind::assign);
  std::vector<Name> path{path_part()};
  while (!panicking() && accept(TokenKind::dot)) path.push_back(path_part());
  node->path = list(path);
  node->path_span = span_from(node->span.begin);
  if (panicking()) return node;
  if (peek_line().kind != TokenKind::assign) {
    if (at_statement_end()) {
      fail(Code::config_incomplete, node->path_span, "a setting needs a value: `name = value`");
    } else {
      const std::uint32_t name_end = node->path_span.end;
      fail_unexpected("where `=` or a block should be").edit({file_, name_end, name_end}, " =");
    }
    return node;
  }
  skip_newlines();
  take();
  skip_newlines();
  node->value = expression();
  if (!panicking() && at(TokenKind::assign)) {
    fail(Code::legacy_assign_expression, span_of(peek()),
         "an assignment is a statement, not an expression");
  }
  node->span = span_from(node->span.begin);
  return node;
}

namespace {

/// Words of the language that can name nothing.
bool is_reserved(Word word) {
  switch (word) {
    case Word::as_:
    case Word::assert_:
    case Word::catch_:
    case Word::def_:
    case Word::else_:
    case Word::enum_:
    case Word::if_:
    case Word::import_:
    case Word::instanceof_:
    case Word::new_:
    case Word::return_:
    case Word::throw_: return true;
    default: return false;
  }
}

}  // namespace

ConfigStmt* ConfigParser::block() {
  auto* const node = make_config<ConfigBlock>(ConfigKind::block);
  if (is_reserved(peek().word)) {
    fail_unexpected("where the name of a scope should be");
    return node;
  }
  node->name_span = span_of(peek());
  node->name = path_part();
  if (const std::string_view name = ast_.names.text(node->name);
      name.size() > 1 && name.front() == '$') {
    const std::string selector = fmt::format("withName: '{}'", name.substr(1));
    diagnostics_
        .warning(Code::deprecated_selector, node->name_span,
                 fmt::format("`{}` selects no process any more, and nothing reads it", name))
        .note(fmt::format("write `{} {{ ... }}`", selector))
        .edit(node->name_span, selector);
  }
  skip_newlines();
  const Token opener = take();
  const Nesting nesting(*this);
  if (!nesting.fine()) return node;
  node->body = list(body(Place::block));
  expect_closing(TokenKind::right_brace, opener);
  node->span = span_from(node->span.begin);
  return node;
}

ConfigStmt* ConfigParser::apply_block() {
  auto* const node = make_config<ConfigApply>(ConfigKind::apply);
  node->name_span = span_of(peek());
  node->name = path_part();
  skip_newlines();
  const Token opener = take();
  std::vector<CallExpr*> calls;
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file)) break;
    const std::size_t before = index_;
    const Stmt* const parsed = statement();
    if (parsed != nullptr && !panicking()) {
      Expr* const value =
          parsed->kind == StmtKind::expression ? parsed->as<ExpressionStmt>().value : nullptr;
      if (value != nullptr && value->kind == ExprKind::call && value->as<CallExpr>().command) {
        calls.push_back(&value->as<CallExpr>());
      } else {
        complain(
            Code::config_invalid_statement, parsed->span,
            fmt::format("in `{}` each line is a name and its value", ast_.names.text(node->name)));
      }
    }
    end_statement(before);
    if (index_ == before) take();
  }
  expect_closing(TokenKind::right_brace, opener);
  node->calls = list(calls);
  node->span = span_from(node->span.begin);
  return node;
}

ConfigStmt* ConfigParser::selector(Place place) {
  auto* const node = make_config<ConfigSelector>(ConfigKind::selector);
  const Token word = take();
  take();  // the colon
  const std::string_view text = text_of(word);
  if (text == "withName") {
    node->selector = SelectorKind::with_name;
  } else if (text == "withLabel") {
    node->selector = SelectorKind::with_label;
  } else {
    complain(Code::config_unknown_selector, span_of(word),
             fmt::format("there is no selector `{}:`", text))
        .note("possible are `withName:` and `withLabel:`");
  }
  if (place == Place::top) {
    complain(Code::config_selector_place, span_of(word),
             "a selector must stand inside of `process { }`");
  }
  skip_newlines();
  node->pattern_span = span_of(peek());
  if (at(TokenKind::string_begin)) {
    fail(Code::unexpected_token, span_of(peek()),
         "the pattern of a selector must be a plain string");
    return node;
  }
  if (at(TokenKind::string)) {
    node->pattern = string_of(peek());
    take();
  } else {
    node->pattern = text_of(peek());
    path_part();
  }
  skip_newlines();
  const Token opener = peek();
  if (panicking() || !expect(TokenKind::left_brace, "where the settings of the selector should be"))
    return node;
  const Nesting nesting(*this);
  if (!nesting.fine()) return node;
  node->body = list(body(Place::block));
  expect_closing(TokenKind::right_brace, opener);
  node->span = span_from(node->span.begin);
  return node;
}

// To the end of a statement whose blocks may begin on lines of their own.
void ConfigParser::skip_statement() {
  while (true) {
    while (!at_statement_end()) skip_group();
    const bool goes_on = peek_line().kind == TokenKind::left_brace ||
                         peek_line().word == Word::catch_ || text_of(peek_line()) == "finally";
    if (!goes_on) return;
    skip_newlines();
  }
}

// One mistake is one error: what a refused statement declares is no unknown name afterwards.
void ConfigParser::note_refused(const Stmt* statement) {
  if (statement == nullptr || statement->kind != StmtKind::declare) return;
  for (const DeclaredVariable& variable : statement->as<DeclareStmt>().variables)
    refused_.push_back(variable.name);
}

// Statements of scripts, which older versions allowed here.
bool ConfigParser::invalid_statement() {
  const Token token = peek();
  const bool condition = token.word == Word::if_;
  const bool declares = token.word == Word::def_ || at_typed_declaration();
  const bool statement_word = condition || declares || token.word == Word::try_ ||
                              token.word == Word::return_ || token.word == Word::throw_ ||
                              token.word == Word::assert_;
  if (!statement_word) return legacy_statement();
  if (token.word == Word::def_ && peek(2).kind == TokenKind::left_paren) {
    take();
    if (at(TokenKind::identifier)) refused_.push_back(ast_.names.intern(text_of(peek())));
    complain(Code::legacy_config_statement, span_of(peek()),
             "a configuration cannot declare functions")
        .note(
            "write the expression where it is used; limits of resources are set by "
            "`process.resourceLimits`");
    skip_statement();
    return true;
  }
  if (token.word == Word::try_) {
    complain(Code::legacy_config_statement, span_of(token), "a configuration cannot hold a `try`")
        .note(
            "a file that may be missing is included by `includeConfig condition ? 'a.config' : "
            "'/dev/null'`");
    skip_statement();
    return true;
  }
  const std::size_t errors = diagnostics_.errors();
  note_refused(statement());
  if (diagnostics_.errors() > errors) return true;
  const Span span = span_of(token);
  auto& problem = complain(
      Code::legacy_config_statement, span,
      condition ? "a configuration cannot hold an `if`"
                : fmt::format("a configuration cannot hold this statement (`{}`)", text_of(token)));
  if (condition) {
    problem.note(
        "choose the value instead: `name = condition ? a : b`; to include a file under a "
        "condition, write "
        "`includeConfig condition ? 'a.config' : '/dev/null'`; alternatives belong into `profiles "
        "{ }`");
  } else if (declares) {
    problem.note(
        "make it a parameter (`params.x = ...`), or write the value where it is used; in a closure "
        "`def` is "
        "allowed");
  }
  return true;
}

ConfigStmt* ConfigParser::item(Place place) {
  if (at_word(Word::include_config) && peek(1).kind != TokenKind::assign &&
      peek(1).kind != TokenKind::dot) {
    return include();
  }
  if (at(TokenKind::identifier) && peek(1).kind == TokenKind::colon) return selector(place);
  // A setting may be called like a keyword; then `=`, `.` or a block follows.
  const TokenKind next = peek(1).kind;
  const bool setting = at_path() && !at_word(Word::try_) &&
                       (next == TokenKind::assign || next == TokenKind::dot || at_block());
  if (!setting && invalid_statement()) return nullptr;
  if (!at_path()) {
    fail_unexpected("where a setting should be");
    return nullptr;
  }
  if (at_block()) return at_apply_block() ? apply_block() : block();
  return assignment();
}

std::vector<ConfigStmt*> ConfigParser::body(Place place) {
  std::vector<ConfigStmt*> items;
  while (true) {
    skip_separators();
    if (at(TokenKind::end_of_file)) break;
    if (at(TokenKind::right_brace)) {
      if (place == Place::block && !peek().has(k_unmatched)) break;
      take();
      continue;
    }
    const std::size_t before = index_;
    if (ConfigStmt* const made = item(place); made != nullptr && !panicking())
      items.push_back(made);
    end_statement(before);
    if (index_ == before) take();
  }
  return items;
}

ConfigFile* ConfigParser::run() {
  auto* const file = ast_.arena.make<ConfigFile>();
  file->file = file_;
  file->statements = list(body(Place::top));
  file->refused = list(refused_);
  return file;
}

}  // namespace internal

ConfigFile* parse_config(ParseContext context, FileId file) {
  return internal::ConfigParser(context, file).run();
}

}  // namespace weir::lang
