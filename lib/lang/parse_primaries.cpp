#include "lang/internal/code_parser.hpp"

#include "base/text.hpp"
#include "lang/internal/characters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>

namespace weir::lang::internal {
namespace {

/// Longer literals are refused: converting them would take more than linear time.
constexpr std::size_t k_number_digits_max = 2000;

/// `digits` of a number system as decimal digits (schoolbook, in groups of nine).
std::string to_decimal(std::string_view digits, std::uint32_t base) {
  constexpr std::uint64_t k_group = 1'000'000'000;
  std::vector<std::uint32_t> groups{0};
  for (const char c : digits) {
    std::uint64_t carry = static_cast<std::uint64_t>(hex_value(c));
    for (std::uint32_t& group : groups) {
      carry += std::uint64_t{group} * base;
      group = static_cast<std::uint32_t>(carry % k_group);
      carry /= k_group;
    }
    if (carry != 0) groups.push_back(static_cast<std::uint32_t>(carry));
  }
  std::string out = std::to_string(groups.back());
  for (std::size_t i = groups.size() - 1; i-- > 0;) out += fmt::format("{:09}", groups[i]);
  return out;
}

}  // namespace

void CodeParser::spread_not_supported() {
  fail(Code::legacy_spread, span_of(peek()), "the spread operator `*` is not part of the language")
      .note("list the elements: `[a, b[0], b[1]]`, or add lists: `[a] + b`");
}

Expr* CodeParser::integer(const Token& token, std::string_view text) {
  char suffix = 0;
  if (const char last = static_cast<char>(text.back() | 0x20);
      last == 'l' || last == 'i' || last == 'g') {
    suffix = last;
    text.remove_suffix(1);
  }
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char marker = static_cast<char>(text[1] | 0x20);
    base = marker == 'x' ? 16 : marker == 'b' ? 2 : 8;
    text.remove_prefix(base == 8 ? 1 : 2);
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool fits = parsed.ec == std::errc{} && value <= INT64_MAX;
  if (fits && suffix != 'g') {
    auto* const node = make_expr<IntegerLiteral>(ExprKind::integer_literal, span_of(token));
    node->value = static_cast<std::int64_t>(value);
    node->wide = suffix == 'l' || value > INT32_MAX;
    if (suffix == 'i' && value > INT32_MAX) {
      complain(Code::invalid_number, span_of(token),
               fmt::format("`{}` does not fit an Integer", text_of(token)));
    }
    return node;
  }
  if (suffix == 'l' || suffix == 'i' || text.size() > k_number_digits_max) {
    complain(Code::invalid_number, span_of(token),
             suffix == 'l'   ? fmt::format("`{}` does not fit a Long", text_of(token))
             : suffix == 'i' ? fmt::format("`{}` does not fit an Integer", text_of(token))
                             : "this number is too long");
    return error_expr();
  }
  auto* const node = make_expr<NumberLiteral>(ExprKind::number_literal, span_of(token));
  node->number = NumberKind::big_integer;
  node->text = ast_.arena.text(base == 10 ? std::string(text)
                                          : to_decimal(text, static_cast<std::uint32_t>(base)));
  node->site = ast_.site_count++;
  return node;
}

Expr* CodeParser::number() {
  const Token token = take();
  const std::string text = base::replace_all(std::string(text_of(token)), "_", "");
  if (token.has(k_failed)) return make_expr<Expr>(ExprKind::error, span_of(token));
  if (token.kind == TokenKind::integer) return integer(token, text);
  auto* const node = make_expr<NumberLiteral>(ExprKind::number_literal, span_of(token));
  const char suffix = static_cast<char>(text.back() | 0x20);
  node->number = suffix == 'f'   ? NumberKind::float32
                 : suffix == 'd' ? NumberKind::float64
                                 : NumberKind::big_decimal;
  const bool has_suffix = suffix == 'f' || suffix == 'd' || suffix == 'g';
  node->text =
      ast_.arena.text(std::string_view(text).substr(0, text.size() - (has_suffix ? 1 : 0)));
  node->site = ast_.site_count++;
  if (text.size() > k_number_digits_max)
    complain(Code::invalid_number, span_of(token), "this number is too long");
  return node;
}

Expr* CodeParser::interpolated_path(const Token& token) {
  const std::string_view text = text_of(token);
  Expr* result = nullptr;
  for (std::size_t begin = 1; begin <= text.size();) {
    const std::size_t dot = std::min(text.find('.', begin), text.size());
    const auto part_begin = token.begin + static_cast<std::uint32_t>(begin);
    const auto part_end = token.begin + static_cast<std::uint32_t>(dot);
    const Name name = ast_.names.intern(text.substr(begin, dot - begin));
    if (result == nullptr) {
      auto* const variable =
          make_expr<VariableExpr>(ExprKind::variable, {file_, part_begin, part_end});
      variable->name = name;
      result = variable;
    } else {
      auto* const property =
          make_expr<PropertyExpr>(ExprKind::property, {file_, token.begin + 1, part_end});
      property->object = result;
      property->name = name;
      property->name_span = {file_, part_begin, part_end};
      property->site = ast_.site_count++;
      raise(property, result);
      result = property;
    }
    begin = dot + 1;
  }
  return result;
}

Expr* CodeParser::interpolated_code(const Token& token) {
  skip_newlines();
  // `${-> x}` is the old way to write a value that is computed late.
  if (at(TokenKind::arrow)) {
    auto* const node = make_expr<ClosureExpr>(ExprKind::closure, span_of(peek()));
    take();
    skip_newlines();
    node->body = statements(Until::brace);
    node->site = ast_.site_count++;
    raise(node, node->body);
    if (!panicking()) expect_closing(TokenKind::right_brace, token);
    return node;
  }
  Expr* const value = expression();
  skip_newlines();
  if (!panicking()) expect_closing(TokenKind::right_brace, token);
  return value;
}

Expr* CodeParser::interpolated() {
  const Token begin = take();
  auto* const node = make_expr<Interpolated>(ExprKind::interpolated, span_of(begin));
  std::vector<Segment> segments;
  while (!panicking() && !at(TokenKind::string_end)) {
    const Token token = take();
    if (token.kind == TokenKind::string_text) {
      segments.push_back({string_of(token), nullptr});
    } else if (token.kind == TokenKind::string_path) {
      segments.push_back({{}, interpolated_path(token)});
    } else if (token.kind == TokenKind::string_expr) {
      segments.push_back({{}, interpolated_code(token)});
    } else {
      --index_;
      fail_unexpected("in a string");
    }
    if (!segments.empty() && segments.back().value != nullptr) raise(node, segments.back().value);
  }
  accept(TokenKind::string_end);
  node->segments = list(segments);
  node->span = span_from(node->span);
  return node;
}

Expr* CodeParser::map_key(Expr* key) {
  switch (key->kind) {
    case ExprKind::property:
    case ExprKind::call:
    case ExprKind::index:
    case ExprKind::unary:
    case ExprKind::binary:
      if (previous().kind == TokenKind::right_paren && sources_.text(key->span).front() == '(')
        return key;
      fail(Code::mixed_list_and_map, key->span,
           "an expression as the key of a map must stand in parentheses")
          .edit({file_, key->span.begin, key->span.begin}, "(")
          .edit({file_, key->span.end, key->span.end}, ")");
      return key;
    default: return key;
  }
}

Expr* CodeParser::list_or_map() {
  const Token opener = take();
  skip_newlines();
  if (at(TokenKind::colon) && peek(1).kind == TokenKind::right_bracket) {
    take();
    take();
    return make_expr<MapExpr>(ExprKind::map, span_from(opener.begin));
  }
  std::vector<Expr*> items;
  std::vector<MapEntry> entries;
  while (!panicking() && !at(TokenKind::right_bracket)) {
    if (at(TokenKind::star)) {
      spread_not_supported();
      break;
    }
    const Token first = peek();
    Expr* item = nullptr;
    const bool bare_key = at_named_argument() && first.kind != TokenKind::string;
    if (bare_key) {
      take();
      auto* const key = make_expr<StringLiteral>(ExprKind::string_literal, span_of(first));
      key->value = text_of(first);
      key->site = ast_.site_count++;
      item = key;
    } else {
      item = expression();
    }
    if (!panicking() && at(TokenKind::colon)) {
      if (!bare_key && first.kind != TokenKind::left_paren) map_key(item);
      take();
      skip_newlines();
      entries.push_back({item, expression()});
    } else {
      items.push_back(item);
    }
    if (!panicking() && !items.empty() && !entries.empty()) {
      fail(Code::mixed_list_and_map, span_from(first.begin),
           "a list item among the entries of a map")
          .label(span_of(opener), "the list or map begins here")
          .note("a map has only `key: value` entries, a list none");
    }
    if (peek_line().kind != TokenKind::comma) break;
    skip_newlines();
    take();
    skip_newlines();
  }
  skip_newlines();
  if (!panicking()) expect_closing(TokenKind::right_bracket, opener);
  if (!entries.empty()) {
    auto* const node = make_expr<MapExpr>(ExprKind::map, span_from(opener.begin));
    for (const MapEntry& entry : entries) {
      raise(node, entry.key);
      raise(node, entry.value);
    }
    node->entries = list(entries);
    return node;
  }
  auto* const node = make_expr<ListExpr>(ExprKind::list, span_from(opener.begin));
  for (const Expr* item : items) raise(node, item);
  node->items = list(items);
  return node;
}

Expr* CodeParser::parenthesised() {
  const Token opener = take();
  skip_newlines();
  Expr* const inner = expression();
  skip_newlines();
  if (!panicking() && at(TokenKind::comma)) static_cast<void>(legacy_lambda(opener));
  if (!panicking() && at(TokenKind::assign)) {
    fail(Code::legacy_assign_expression, span_of(peek()),
         "an assignment is a statement, not an expression")
        .note("assign on a line of its own, then use the variable; to compare, write `==`");
  }
  if (!panicking()) expect_closing(TokenKind::right_paren, opener);
  if (!panicking() && legacy_cast(inner, span_from(opener.begin))) return error_expr();
  return inner;
}

Expr* CodeParser::construct() {
  const Token begin = take();
  auto* const node = make_expr<ConstructExpr>(ExprKind::construct, span_of(begin));
  node->type = type();
  std::vector<Expr*> positional;
  std::vector<NamedArgument> named;
  if (!panicking() && at(TokenKind::left_bracket)) {
    fail_unexpected("after `new`").note("arrays are not part of the language; use a list");
  } else if (!panicking()) {
    const Token opener = peek();
    if (expect(TokenKind::left_paren, "where the arguments of `new` should be")) {
      skip_newlines();
      call_arguments(positional, named, TokenKind::right_paren);
      if (!panicking()) expect_closing(TokenKind::right_paren, opener);
    }
  }
  for (const Expr* argument : positional) raise(node, argument);
  for (const NamedArgument& argument : named) raise(node, argument.value);
  node->arguments = list(positional);
  node->named = list(named);
  node->span = span_from(begin.begin);
  if (!panicking() && at(TokenKind::left_brace)) {
    fail(Code::legacy_class, span_of(peek()), "anonymous classes are not part of the language")
        .note("a map of closures does the same: `[run: { a -> ... }]`");
  }
  return node;
}

Parameter CodeParser::parameter() {
  Parameter result;
  if (at_word(Word::def_)) take();
  const std::size_t length = type_length(0);
  if (length > 0 && peek(length).kind == TokenKind::identifier) result.type = type();
  result.span = span_of(peek());
  result.name = expect_name("the name of a parameter");
  if (!panicking() && result.type == nullptr) result.type = optional_type();
  if (!panicking() && peek_line().kind == TokenKind::assign) {
    skip_newlines();
    take();
    skip_newlines();
    result.default_value = expression();
  }
  return result;
}

std::vector<Parameter> CodeParser::parameters(TokenKind end) {
  std::vector<Parameter> result;
  skip_newlines();
  while (!panicking() && !at(end)) {
    result.push_back(parameter());
    if (peek_line().kind != TokenKind::comma) break;
    skip_newlines();
    take();
    skip_newlines();
  }
  skip_newlines();
  return result;
}

ClosureExpr* CodeParser::closure(Labels labels) {
  const Token opener = take();
  auto* const node = make_expr<ClosureExpr>(ExprKind::closure, span_of(opener));
  node->site = ast_.site_count++;
  const Nesting nesting(*this);
  node->body = make_stmt<Block>(StmtKind::block, span_of(opener));
  if (!nesting.fine()) return node;
  std::vector<Parameter> taken;
  if (opener.has(k_has_arrow)) {
    taken = parameters(TokenKind::arrow);
    if (!panicking()) expect(TokenKind::arrow, "in the parameters of a closure");
  } else {
    node->implicit_it = true;
    Parameter it;
    it.name = ast_.names.intern("it");
    it.span = span_of(opener);
    taken.push_back(it);
  }
  if (!panicking()) node->body = statements(Until::brace, labels);
  for (const Parameter& parameter : taken) {
    if (parameter.default_value != nullptr) raise(node, parameter.default_value);
  }
  for (const Stmt* statement : node->body->statements) {
    if (statement->kind == StmtKind::labelled) node->labelled = true;
  }
  node->parameters = list(taken);
  if (!panicking()) expect_closing(TokenKind::right_brace, opener);
  raise(node, node->body);
  node->span = span_from(opener.begin);
  return node;
}

Expr* CodeParser::primary() {
  const Token token = peek();
  const auto variable = [&] {
    auto* const node = make_expr<VariableExpr>(ExprKind::variable, span_of(token));
    node->name = intern(take());
    return node;
  };
  switch (token.kind) {
    case TokenKind::identifier: return variable();
    case TokenKind::integer:
    case TokenKind::decimal: return number();
    case TokenKind::string: {
      auto* const node = make_expr<StringLiteral>(ExprKind::string_literal, span_of(token));
      node->value = string_of(take());
      node->slashy = token.has(k_slashy);
      node->site = ast_.site_count++;
      return node;
    }
    case TokenKind::string_begin: return interpolated();
    case TokenKind::left_paren: return parenthesised();
    case TokenKind::left_bracket: return list_or_map();
    case TokenKind::left_brace: return closure(Labels::no);
    case TokenKind::keyword: break;
    default:
      if (legacy_token()) return error_expr();
      fail_unexpected("where an expression should be");
      return error_expr();
  }
  switch (token.word) {
    case Word::null_: take(); return make_expr<Expr>(ExprKind::null_literal, span_of(token));
    case Word::true_:
    case Word::false_: {
      auto* const node = make_expr<BoolLiteral>(ExprKind::bool_literal, span_of(take()));
      node->value = token.word == Word::true_;
      return node;
    }
    case Word::new_: return construct();
    case Word::boolean_:
    case Word::byte_:
    case Word::char_:
    case Word::double_:
    case Word::float_:
    case Word::int_:
    case Word::long_:
    case Word::short_: return variable();
    default: fail_unexpected("where an expression should be"); return error_expr();
  }
}

}  // namespace weir::lang::internal
