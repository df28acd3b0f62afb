#include "lang/internal/code_parser.hpp"

#include <fmt/format.h>

// A path: a primary, then properties, calls, indices and trailing closures.
namespace weir::lang::internal {

Expr* CodeParser::path() {
  Expr* result = primary();
  while (!panicking()) {
    const TokenKind kind = peek().kind;
    const TokenKind ahead = peek_line().kind;
    if (ahead == TokenKind::dot || ahead == TokenKind::safe_dot || ahead == TokenKind::spread_dot) {
      skip_newlines();
      result = property_rest(result);
    } else if (kind == TokenKind::left_paren) {
      result = call_rest(result);
    } else if (kind == TokenKind::left_brace) {
      result = trailing_closure(result);
    } else if (kind == TokenKind::left_bracket && !at_map_argument(*result)) {
      result = index_rest(result);
    } else {
      break;
    }
  }
  return result;
}

Expr* CodeParser::property_rest(Expr* object) {
  const Token dot = take();
  Access access = Access::plain;
  if (dot.kind == TokenKind::safe_dot) access = Access::safe;
  if (dot.kind == TokenKind::spread_dot) access = Access::spread;
  const Token token = peek();
  Name name = Name::none;
  if (token.kind == TokenKind::identifier || token.kind == TokenKind::keyword) {
    name = intern(take());
  } else if (token.kind == TokenKind::string && !token.has(k_slashy)) {
    name = ast_.names.intern(string_of(take()));
  } else if (token.kind == TokenKind::ampersand) {
    fail(Code::legacy_operator, span_of(token),
         "method pointers (`.&`) are not part of the language")
        .note("pass a closure: `{ v -> method(v) }`");
  } else {
    fail(Code::expected_name, span_of(token),
         fmt::format("expected a property name after `{}`, found {}", text_of(dot),
                     describe(token)));
  }
  auto* const node = make_expr<PropertyExpr>(ExprKind::property, span_from(object->span));
  node->object = object;
  node->name = name;
  node->name_span = span_of(token);
  node->access = access;
  node->site = ast_.site_count++;
  raise(node, object);
  return node;
}

CallExpr* CodeParser::make_call(Expr* target) {
  auto* const call = make_expr<CallExpr>(ExprKind::call, target->span);
  call->site = ast_.site_count++;
  if (target->kind == ExprKind::variable) {
    call->name = target->as<VariableExpr>().name;
    call->name_span = target->span;
  } else if (target->kind == ExprKind::property) {
    const auto& property = target->as<PropertyExpr>();
    call->object = property.object;
    call->name = property.name;
    call->name_span = property.name_span;
    call->access = property.access;
  } else {
    call->callee = target;
  }
  raise(call, target);
  return call;
}

void CodeParser::finish_call(CallExpr* call, const std::vector<Expr*>& positional,
                             const std::vector<NamedArgument>& named) {
  call->arguments = list(positional);
  call->named = list(named);
  call->span = span_from(call->span);
  for (const Expr* argument : positional) raise(call, argument);
  for (const NamedArgument& argument : named) raise(call, argument.value);
}

Expr* CodeParser::call_rest(Expr* target) {
  CallExpr* const call = make_call(target);
  const Token opener = take();
  std::vector<Expr*> positional;
  std::vector<NamedArgument> named;
  skip_newlines();
  call_arguments(positional, named, TokenKind::right_paren);
  if (!panicking()) expect_closing(TokenKind::right_paren, opener);
  finish_call(call, positional, named);
  return call;
}

Expr* CodeParser::trailing_closure(Expr* target) {
  const bool extends = target->kind == ExprKind::call && !target->as<CallExpr>().command;
  auto* const call = extends ? &target->as<CallExpr>() : make_call(target);
  std::vector<Expr*> positional(call->arguments.begin(), call->arguments.end());
  const std::vector<NamedArgument> named(call->named.begin(), call->named.end());
  // All at once: an argument list that grew by one each time would be copied each time.
  do {
    positional.push_back(closure(Labels::yes));
  } while (!panicking() && at(TokenKind::left_brace));
  finish_call(call, positional, named);
  call->trailing_closure = true;
  return call;
}

Expr* CodeParser::index_rest(Expr* object) {
  const Token opener = take();
  auto* const node = make_expr<IndexExpr>(ExprKind::index, object->span);
  node->object = object;
  node->site = ast_.site_count++;
  raise(node, object);
  std::vector<Expr*> indices;
  skip_newlines();
  while (!panicking()) {
    indices.push_back(expression());
    raise(node, indices.back());
    if (peek_line().kind != TokenKind::comma) break;
    skip_newlines();
    take();
    skip_newlines();
  }
  skip_newlines();
  if (!panicking()) expect_closing(TokenKind::right_bracket, opener);
  node->indices = list(indices);
  node->span = span_from(object->span);
  return node;
}

bool CodeParser::at_named_argument() const {
  const Token& token = peek();
  const bool name = token.kind == TokenKind::identifier || token.kind == TokenKind::keyword ||
                    (token.kind == TokenKind::string && !token.has(k_slashy));
  return name && peek(1).kind == TokenKind::colon;
}

NamedArgument CodeParser::named_argument() {
  const Token token = take();
  NamedArgument result;
  result.key =
      token.kind == TokenKind::string ? ast_.names.intern(string_of(token)) : intern(token);
  result.key_span = span_of(token);
  take();  // the colon
  skip_newlines();
  result.value = expression();
  return result;
}

// Ends at `closing`, or for command arguments (closing is end_of_file) where no comma follows.
void CodeParser::call_arguments(std::vector<Expr*>& positional, std::vector<NamedArgument>& named,
                                TokenKind closing) {
  while (!panicking() && !at(closing)) {
    if (at(TokenKind::star)) {
      spread_not_supported();
      return;
    }
    if (at_named_argument()) {
      named.push_back(named_argument());
    } else {
      positional.push_back(expression());
      if (!panicking() && at(TokenKind::arrow)) legacy_token();
      if (!panicking()) positional.back() = unbracketed_qualifier(positional.back());
    }
    if (peek_line().kind != TokenKind::comma) break;
    skip_newlines();
    take();
    skip_newlines();
  }
  if (closing != TokenKind::end_of_file) skip_newlines();
}

// `tuple val(a), path b`: the brackets are put in, so that `b` is known and is no second error.
Expr* CodeParser::unbracketed_qualifier(Expr* word) {
  if (word->kind != ExprKind::variable) return word;
  const std::string_view name = ast_.names.text(word->as<VariableExpr>().name);
  if (name != "val" && name != "path" && name != "file" && name != "env" && name != "eval")
    return word;
  const Token& next = peek();
  if (next.kind != TokenKind::identifier && next.kind != TokenKind::string &&
      next.kind != TokenKind::string_begin)
    return word;
  CallExpr* const call = make_call(word);
  Expr* const argument = expression();
  finish_call(call, {argument}, {});
  if (panicking()) return call;
  complain(Code::invalid_input, call->span,
           fmt::format("within a tuple `{}` needs brackets around its argument", name))
      .edit(call->span, fmt::format("{}({})", name, sources_.text(argument->span)));
  return call;
}

// `name [key: value]`: a map is no index, so it is an argument of a command.
bool CodeParser::at_map_argument(const Expr& target) const {
  if (target.kind != ExprKind::variable || !peek().has(k_blank_before)) return false;
  const std::size_t first = peek(1).kind == TokenKind::newline ? 2 : 1;
  const TokenKind kind = peek(first).kind;
  return kind == TokenKind::colon ||
         ((kind == TokenKind::identifier || kind == TokenKind::string) &&
          peek(first + 1).kind == TokenKind::colon);
}

bool CodeParser::at_command_argument() const {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::identifier: return token.word != Word::in_ || peek(1).kind == TokenKind::colon;
    case TokenKind::integer:
    case TokenKind::decimal:
    case TokenKind::string:
    case TokenKind::string_begin:
    case TokenKind::bang:
    case TokenKind::tilde:
    case TokenKind::left_bracket: return true;
    case TokenKind::keyword:
      if (peek(1).kind == TokenKind::colon) return true;
      switch (token.word) {
        case Word::new_:
        case Word::null_:
        case Word::true_:
        case Word::false_: return true;
        default: return false;
      }
    default: return false;
  }
}

Expr* CodeParser::command_call(Expr* target) {
  CallExpr* const call = make_call(target);
  call->command = true;
  std::vector<Expr*> positional;
  std::vector<NamedArgument> named;
  call_arguments(positional, named, TokenKind::end_of_file);
  finish_call(call, positional, named);
  return call;
}

// `name { closure }, option: value` and `name (value), option: value` read like calls up to the
// comma.
void CodeParser::command_rest(CallExpr& call) {
  if (call.arguments.size() != 1 || !call.named.empty() || call.callee != nullptr) return;
  take();
  skip_newlines();
  std::vector<Expr*> positional(call.arguments.begin(), call.arguments.end());
  std::vector<NamedArgument> named;
  call_arguments(positional, named, TokenKind::end_of_file);
  call.command = true;
  call.trailing_closure = false;
  finish_call(&call, positional, named);
}

}  // namespace weir::lang::internal
