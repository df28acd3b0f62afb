#include "lang/internal/code_parser.hpp"

#include "lang/number_text.hpp"

#include <fmt/format.h>

#include <array>

// Code for older versions, and Groovy that is not part of the language: recognised so that the
// answer can say what to write instead.
namespace weir::lang::internal {
namespace {

struct LegacyWord {
  std::string_view word;
  TokenKind next;  ///< the token that must follow for the word to be meant
  Code code;
  std::string_view message;
  std::string_view note;
};

constexpr std::array k_legacy_words = {
    LegacyWord{"for", TokenKind::left_paren, Code::legacy_loop, "the language has no `for` loop",
               "iterate with a closure: `items.each { item -> ... }`; for numbers `(1..n).each { i "
               "-> ... }`"},
    LegacyWord{"while", TokenKind::left_paren, Code::legacy_loop,
               "the language has no `while` loop",
               "use a method that takes a closure, such as `each`, `collect` or `inject`, or a "
               "recursive function"},
    LegacyWord{"do", TokenKind::left_brace, Code::legacy_loop, "the language has no `do` loop",
               "use a method that takes a closure, such as `each`, `collect` or `inject`, or a "
               "recursive function"},
    LegacyWord{"switch", TokenKind::left_paren, Code::legacy_switch, "the language has no `switch`",
               "write `if (x == 'a') { ... } else if (x == 'b') { ... } else { ... }`"},
    LegacyWord{"class", TokenKind::identifier, Code::legacy_class,
               "classes cannot be declared in a script",
               "write functions; for data use a map or a `record`"},
    LegacyWord{"interface", TokenKind::identifier, Code::legacy_class,
               "interfaces cannot be declared in a script",
               "write functions; for data use a map or a `record`"},
    LegacyWord{"trait", TokenKind::identifier, Code::legacy_class,
               "traits cannot be declared in a script",
               "write functions; for data use a map or a `record`"},
    LegacyWord{"package", TokenKind::identifier, Code::legacy_keyword,
               "scripts are not in packages", "remove this line"},
    LegacyWord{"static", TokenKind::identifier, Code::legacy_declaration,
               "`static` is not part of the language",
               "declare a function with `def` at the top of the script"},
    LegacyWord{"static", TokenKind::keyword, Code::legacy_declaration,
               "`static` is not part of the language",
               "declare a function with `def` at the top of the script"},
    LegacyWord{"public", TokenKind::identifier, Code::legacy_declaration,
               "`public` is not part of the language", "leave the word out"},
    LegacyWord{"private", TokenKind::identifier, Code::legacy_declaration,
               "`private` is not part of the language", "leave the word out"},
    LegacyWord{"break", TokenKind::newline, Code::legacy_loop,
               "the language has no `break`, as it has no loops",
               "`find` and `any` stop at the first hit"},
    LegacyWord{"continue", TokenKind::newline, Code::legacy_loop,
               "the language has no `continue`, as it has no loops",
               "in a closure, `return` goes on with the next item"},
};

bool is_unit(std::string_view word) {
  return memory_unit_power(word) >= 0 || duration_unit_millis(word) > 0;
}

/// "8 G" is a size in texts, but `8.G` is none.
bool is_short_unit(std::string_view word) {
  return word.size() == 1 && memory_unit_power(std::string(word) + "B") > 0;
}

}  // namespace

// `final name`, and Groovy's `var name =`.
bool CodeParser::at_final() const {
  if (peek(1).kind != TokenKind::identifier) return false;
  return at_text("final") || (at_text("var") && peek(2).kind == TokenKind::assign);
}

bool CodeParser::legacy_statement() {
  const Token& token = peek();
  if (token.word == Word::import_) {
    const std::uint32_t begin = take().begin;
    while (!at_statement_end()) take();
    fail(Code::legacy_import, span_from(begin), "`import` is not part of the language")
        .note(
            "use the class by its full name where it is needed, as in `new "
            "groovy.json.JsonSlurper()`");
    return true;
  }
  if (token.kind == TokenKind::unexpected && text_of(token) == "@") {
    while (!at_statement_end()) skip_group();
    return true;
  }
  if (token.kind != TokenKind::identifier) return false;
  const std::string_view text = text_of(token);
  for (const LegacyWord& row : k_legacy_words) {
    if (row.word != text || peek(1).kind != row.next) continue;
    const Span span = span_of(token);
    while (!at_statement_end()) skip_group();
    fail(row.code, span, std::string(row.message)).note(std::string(row.note));
    return true;
  }
  return false;
}

// Operators that are written like two of ours. Called where an operator stands.
bool CodeParser::legacy_operator() {
  const Token& token = peek();
  const bool doubled = peek(1).kind == token.kind && adjacent(0);
  const Span pair{file_, token.begin, peek(1).end};
  if ((token.kind == TokenKind::plus || token.kind == TokenKind::minus) && doubled) {
    // `a ++b` is a sum of a and +b, as odd as it looks; `a++` and `++a` are not.
    const Token& after = peek(2);
    const bool ends = after.kind == TokenKind::newline || after.kind == TokenKind::end_of_file ||
                      after.kind == TokenKind::semicolon || after.kind == TokenKind::right_brace ||
                      after.kind == TokenKind::right_paren || after.kind == TokenKind::comma ||
                      after.kind == TokenKind::right_bracket;
    const bool begins = !ends && after.kind == TokenKind::identifier && pair.end == after.begin;
    if (!ends && !begins) return false;
    const std::string_view sign = token.kind == TokenKind::plus ? "+" : "-";
    fail(Code::legacy_increment, pair, fmt::format("`{0}{0}` is not part of the language", sign))
        .note(fmt::format("write a statement `x {}= 1`", sign));
    return true;
  }
  if ((token.kind == TokenKind::equal || token.kind == TokenKind::not_equal) &&
      peek(1).kind == TokenKind::assign && adjacent(0)) {
    fail(Code::legacy_operator, pair,
         fmt::format("`{}` is not part of the language", sources_.text(pair)))
        .edit(pair, std::string(text_of(token)));
    return true;
  }
  return false;
}

// Called where a token does not fit.
bool CodeParser::legacy_token() {
  if (legacy_operator()) return true;
  const Token& token = peek();
  const bool doubled = peek(1).kind == token.kind && adjacent(0);
  const Span pair{file_, token.begin, peek(1).end};
  if (token.kind == TokenKind::colon && doubled) {
    fail(Code::legacy_operator, pair, "method references (`::`) are not part of the language")
        .note("pass a closure: `{ v -> method(v) }`");
    return true;
  }
  if (token.kind == TokenKind::range || token.kind == TokenKind::range_exclusive) {
    if (previous().kind != TokenKind::less || previous().end != token.begin) return false;
    fail(Code::legacy_operator, {file_, previous().begin, token.end},
         "ranges without their first element are not part of the language")
        .note("write `(a + 1)..b`");
    return true;
  }
  if (token.kind == TokenKind::star) {
    spread_not_supported();
    return true;
  }
  if (token.kind == TokenKind::arrow) {
    fail(Code::legacy_operator, span_of(token), "`->` belongs to the parameters of a closure")
        .note("a closure is written `{ a, b -> a + b }`, with braces");
    return true;
  }
  if (token.kind == TokenKind::identifier && text_of(token) == "optional" &&
      (peek(1).word == Word::true_ || peek(1).word == Word::false_)) {
    fail(Code::legacy_keyword, pair, "options of an output stand behind a comma")
        .note("write `, optional: true`");
    return true;
  }
  if (token.word == Word::from_ ||
      (token.kind == TokenKind::identifier && text_of(token) == "into")) {
    fail(Code::legacy_channel_binding, span_of(token),
         fmt::format("`{}` binds channels as the first version of the language (DSL1) did",
                     text_of(token)))
        .note(
            "declare inputs and outputs without channels, and call the process in a `workflow` "
            "block with its input "
            "channels as arguments: `PROCESS(channel)`; its outputs are `PROCESS.out`");
    return true;
  }
  if (token.kind == TokenKind::unexpected && text_of(token) == "@") {
    panic_quietly();
    return true;
  }
  return false;
}

// `a?[0]`: called where a `?` stands.
bool CodeParser::legacy_safe_index() {
  if (!at(TokenKind::question) || peek().has(k_blank_before) || !adjacent(0) ||
      peek(1).kind != TokenKind::left_bracket)
    return false;
  fail(Code::legacy_operator, {file_, peek().begin, peek(1).end},
       "`?[` is not part of the language")
      .note("write `value?.get(key)`, or `value ? value[key] : null`");
  return true;
}

// `(a, b) -> a + b`: called behind the opening bracket.
bool CodeParser::legacy_lambda(const Token& opener) {
  if (opener.payload == 0 || opener.payload + 1 >= tokens_.tokens.size()) return false;
  const Token& arrow = tokens_.tokens[opener.payload + 1];
  if (arrow.kind != TokenKind::arrow) return false;
  fail(Code::legacy_operator, span_of(arrow), "`->` belongs to the parameters of a closure")
      .note("a closure is written `{ a, b -> a + b }`, with braces");
  return true;
}

// What a token after the end of a statement was meant to be.
void CodeParser::advise_on_rest(Diagnostic& problem) const {
  const Token& token = peek();
  const Token& before = previous();
  const bool number = before.kind == TokenKind::integer || before.kind == TokenKind::decimal;
  const std::string_view word = text_of(token);
  if (number && token.kind == TokenKind::identifier && is_unit(word)) {
    problem.note("a unit stands behind a dot, as in `8.GB`")
        .edit({file_, before.end, token.begin}, ".");
  } else if (number && token.kind == TokenKind::identifier && is_short_unit(word)) {
    problem.note("a unit stands behind a dot, as in `8.GB`")
        .edit({file_, before.end, token.end}, fmt::format(".{}B", word));
  } else if (before.kind == TokenKind::decimal && token.kind == TokenKind::decimal) {
    problem.note("a version is text: write it in quotes");
  }
}

// `(Type) value`: called behind the closing bracket.
bool CodeParser::legacy_cast(const Expr* inner, Span paren) {
  const Expr* name = inner;
  while (name->kind == ExprKind::property) name = name->as<PropertyExpr>().object;
  if (name->kind != ExprKind::variable) return false;
  const Name last = inner->kind == ExprKind::property ? inner->as<PropertyExpr>().name
                                                      : inner->as<VariableExpr>().name;
  const std::string_view text = ast_.names.text(last);
  const bool primitive = previous().kind == TokenKind::right_paren &&
                         tokens_.tokens[index_ - 2].kind == TokenKind::keyword;
  if (!primitive && (text.empty() || text.front() < 'A' || text.front() > 'Z')) return false;
  const TokenKind next = peek().kind;
  const bool operand = next == TokenKind::string || next == TokenKind::string_begin ||
                       next == TokenKind::integer || next == TokenKind::decimal ||
                       (next == TokenKind::identifier && !at_word(Word::in_)) ||
                       at_word(Word::new_);
  if (!operand || next == TokenKind::newline) return false;
  fail(Code::legacy_cast, paren, "a conversion is written behind the value")
      .note(fmt::format("write `value as {}`", sources_.text(inner->span)));
  return true;
}

}  // namespace weir::lang::internal
