#include "lang/internal/code_parser.hpp"

#include <fmt/format.h>

// Operators by precedence (Pratt). Levels, strongest first:
//   17 ~ !   16 **   15 unary + -   14 * / %   13 + -   12 << >> >>> .. ..<   11 as   10 instanceof
//   !instanceof 9 < > <= >= in !in   8 == != <=>   7 =~ ==~   6 &   5 ^   4 |   3 &&   2 ||   1 ?:
//   and ? :
// A line may begin with any of them but + - and **, which would be ambiguous or are not allowed by
// the language.
namespace weir::lang::internal {

namespace {
constexpr int k_power_not = 17;
constexpr int k_power_sign = 15;
constexpr int k_power_conditional = 1;

enum class Shape : std::uint8_t {
  binary,
  range,
  range_exclusive,
  cast,
  instance,
  not_instance,
  conditional
};
}  // namespace

struct CodeParser::Infix {
  int power = 0;
  BinaryOp op = BinaryOp::add;
  Shape shape = Shape::binary;
  std::size_t tokens = 1;  ///< `>>` is two
  bool may_begin_line = true;
};

std::optional<CodeParser::Infix> CodeParser::infix() const {
  const std::size_t skip = at(TokenKind::newline) ? 1 : 0;
  const Token& token = peek(skip);
  std::optional<Infix> found;
  const auto is_doubled = [&](std::size_t i) {
    return peek(skip + i).kind == token.kind && adjacent(skip + i - 1);
  };
  switch (token.kind) {
    case TokenKind::power: found = Infix{16, BinaryOp::power, Shape::binary, 1, false}; break;
    case TokenKind::star: found = Infix{14, BinaryOp::multiply}; break;
    case TokenKind::slash: found = Infix{14, BinaryOp::divide}; break;
    case TokenKind::percent: found = Infix{14, BinaryOp::remainder}; break;
    case TokenKind::plus: found = Infix{13, BinaryOp::add, Shape::binary, 1, false}; break;
    case TokenKind::minus: found = Infix{13, BinaryOp::subtract, Shape::binary, 1, false}; break;
    case TokenKind::range: found = Infix{12, BinaryOp::add, Shape::range}; break;
    case TokenKind::range_exclusive:
      found = Infix{12, BinaryOp::add, Shape::range_exclusive};
      break;
    case TokenKind::less:
      found = is_doubled(1) ? Infix{12, BinaryOp::shift_left, Shape::binary, 2}
                            : Infix{9, BinaryOp::less};
      break;
    case TokenKind::greater:
      if (is_doubled(1) && is_doubled(2))
        found = Infix{12, BinaryOp::shift_right_unsigned, Shape::binary, 3};
      else if (is_doubled(1))
        found = Infix{12, BinaryOp::shift_right, Shape::binary, 2};
      else
        found = Infix{9, BinaryOp::greater};
      break;
    case TokenKind::less_equal: found = Infix{9, BinaryOp::less_equal}; break;
    case TokenKind::greater_equal: found = Infix{9, BinaryOp::greater_equal}; break;
    case TokenKind::not_in: found = Infix{9, BinaryOp::not_in}; break;
    case TokenKind::not_instanceof: found = Infix{10, BinaryOp::in, Shape::not_instance}; break;
    case TokenKind::equal: found = Infix{8, BinaryOp::equal}; break;
    case TokenKind::not_equal: found = Infix{8, BinaryOp::not_equal}; break;
    case TokenKind::compare: found = Infix{8, BinaryOp::compare}; break;
    case TokenKind::find: found = Infix{7, BinaryOp::find}; break;
    case TokenKind::match: found = Infix{7, BinaryOp::match}; break;
    case TokenKind::ampersand: found = Infix{6, BinaryOp::bit_and}; break;
    case TokenKind::caret: found = Infix{5, BinaryOp::bit_xor}; break;
    case TokenKind::pipe: found = Infix{4, BinaryOp::bit_or}; break;
    case TokenKind::and_and: found = Infix{3, BinaryOp::logical_and}; break;
    case TokenKind::or_or: found = Infix{2, BinaryOp::logical_or}; break;
    case TokenKind::question:
    case TokenKind::elvis:
      found = Infix{k_power_conditional, BinaryOp::add, Shape::conditional};
      break;
    default:
      if (token.word == Word::in_) found = Infix{9, BinaryOp::in};
      if (token.word == Word::as_) found = Infix{11, BinaryOp::in, Shape::cast};
      if (token.word == Word::instanceof_) found = Infix{10, BinaryOp::in, Shape::instance};
      break;
  }
  if (found && skip == 1 && !found->may_begin_line) return std::nullopt;
  return found;
}

Expr* CodeParser::error_expr() {
  return make_expr<Expr>(ExprKind::error, span_of(peek()));
}

Expr* CodeParser::expression() {
  const Nesting nesting(*this);
  return nesting.fine() ? binary(k_power_conditional) : error_expr();
}

Expr* CodeParser::prefix() {
  const Token token = peek();
  UnaryOp op{};
  switch (token.kind) {
    case TokenKind::bang: op = UnaryOp::logical_not; break;
    case TokenKind::tilde: op = UnaryOp::bit_not; break;
    case TokenKind::plus: op = UnaryOp::plus; break;
    case TokenKind::minus: op = UnaryOp::minus; break;
    default: return path();
  }
  const bool sign = op == UnaryOp::plus || op == UnaryOp::minus;
  if (sign && legacy_operator()) return error_expr();
  const Nesting nesting(*this);
  if (!nesting.fine()) return error_expr();
  take();
  if (!sign) skip_newlines();
  Expr* const operand = binary(sign ? k_power_sign : k_power_not);
  // -2147483648 is an Integer although 2147483648 is not.
  if (op == UnaryOp::minus && operand->kind == ExprKind::integer_literal && !panicking()) {
    auto& literal = operand->as<IntegerLiteral>();
    const char suffix = sources_.text(literal.span).back();
    literal.value = -literal.value;
    literal.wide =
        suffix == 'l' || suffix == 'L' || literal.value < INT32_MIN || literal.value > INT32_MAX;
    literal.span = span_from(token.begin);
    return operand;
  }
  auto* const node = make_expr<UnaryExpr>(ExprKind::unary, span_from(token.begin));
  node->op = op;
  node->operand = operand;
  raise(node, operand);
  return node;
}

Expr* CodeParser::binary(int power_min) {
  Expr* left = prefix();
  while (!panicking()) {
    const std::optional<Infix> operation = infix();
    if (!operation || operation->power < power_min) break;
    if (legacy_operator()) return left;
    skip_newlines();
    left = infix_rest(left, *operation);
  }
  return left;
}

Expr* CodeParser::infix_rest(Expr* left, const Infix& operation) {
  const Span op_begin = span_of(peek());
  if (operation.shape == Shape::conditional) return conditional_rest(left);
  for (std::size_t i = 0; i < operation.tokens; ++i) take();
  const Span op_span = span_from(op_begin);
  if (legacy_operator()) return left;
  if (operation.shape == Shape::cast || operation.shape == Shape::instance ||
      operation.shape == Shape::not_instance) {
    return typed_rest(left, operation);
  }
  skip_newlines();
  Expr* const right = binary(operation.power + 1);
  const Span span = span_from(left->span);
  if (operation.shape != Shape::binary) {
    auto* const node = make_expr<RangeExpr>(ExprKind::range, span);
    node->from = left;
    node->to = right;
    node->exclusive = operation.shape == Shape::range_exclusive;
    raise(node, left);
    raise(node, right);
    return node;
  }
  auto* const node = make_expr<BinaryExpr>(ExprKind::binary, span);
  node->op = operation.op;
  node->op_span = op_span;
  node->left = left;
  node->right = right;
  node->site = ast_.site_count++;
  raise(node, left);
  raise(node, right);
  return node;
}

Expr* CodeParser::typed_rest(Expr* left, const Infix& operation) {
  skip_newlines();
  TypeRef* const type = this->type(Nullable::no);
  const Span span = span_from(left->span);
  if (operation.shape == Shape::cast) {
    auto* const node = make_expr<CastExpr>(ExprKind::cast, span);
    node->value = left;
    node->type = type;
    raise(node, left);
    return node;
  }
  auto* const node = make_expr<InstanceOfExpr>(ExprKind::instance_of, span);
  node->value = left;
  node->type = type;
  node->negated = operation.shape == Shape::not_instance;
  raise(node, left);
  return node;
}

Expr* CodeParser::conditional_rest(Expr* condition) {
  const Nesting nesting(*this);
  if (!nesting.fine()) return condition;
  if (accept(TokenKind::elvis)) {
    skip_newlines();
    Expr* const otherwise = binary(k_power_conditional);
    auto* const node = make_expr<ElvisExpr>(ExprKind::elvis, span_from(condition->span));
    node->value = condition;
    node->otherwise = otherwise;
    raise(node, condition);
    raise(node, otherwise);
    return node;
  }
  if (legacy_safe_index()) return condition;
  const Span question = span_of(take());
  skip_newlines();
  Expr* const then = binary(k_power_conditional);
  if (!panicking() && peek_line().kind != TokenKind::colon) {
    skip_newlines();
    fail_unexpected("where the `:` of a conditional expression should be")
        .label(question, "its `?`");
    return condition;
  }
  skip_newlines();
  accept(TokenKind::colon);
  skip_newlines();
  Expr* const otherwise = binary(k_power_conditional);
  auto* const node = make_expr<TernaryExpr>(ExprKind::ternary, span_from(condition->span));
  node->condition = condition;
  node->then = then;
  node->otherwise = otherwise;
  raise(node, condition);
  raise(node, then);
  raise(node, otherwise);
  return node;
}

Expr* CodeParser::whole_expression() {
  skip_newlines();
  Expr* const result = expression();
  skip_newlines();
  if (!panicking() && !at(TokenKind::end_of_file)) fail_unexpected("after the expression");
  return panicking() ? error_expr() : result;
}

}  // namespace weir::lang::internal
