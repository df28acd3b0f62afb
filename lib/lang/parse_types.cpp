#include "lang/internal/code_parser.hpp"

#include <algorithm>

namespace weir::lang::internal {
namespace {

bool is_primitive(Word word) {
  switch (word) {
    case Word::boolean_:
    case Word::byte_:
    case Word::char_:
    case Word::double_:
    case Word::float_:
    case Word::int_:
    case Word::long_:
    case Word::short_: return true;
    default: return false;
  }
}

/// Type arguments are looked ahead over at most so many tokens.
constexpr std::size_t k_type_tokens_max = 64;

}  // namespace

// Looks at tokens only: a dotted name whose last part is capitalised (or a primitive type), type
// arguments in balanced angle brackets, `?`, `[]`.
std::size_t CodeParser::type_length(std::size_t ahead) const {
  std::size_t i = ahead;
  if (is_primitive(peek(i).word)) {
    ++i;
  } else {
    while (peek(i).kind == TokenKind::identifier && !peek(i).has(k_capitalised) &&
           peek(i + 1).kind == TokenKind::dot && i < ahead + k_type_tokens_max) {
      i += 2;
    }
    if (peek(i).kind != TokenKind::identifier || !peek(i).has(k_capitalised)) return 0;
    ++i;
    while (peek(i).kind == TokenKind::dot && peek(i + 1).kind == TokenKind::identifier &&
           peek(i + 1).has(k_capitalised) && i < ahead + k_type_tokens_max) {
      i += 2;
    }
    if (peek(i).kind == TokenKind::less) {
      int depth = 0;
      do {
        switch (peek(i).kind) {
          case TokenKind::less: ++depth; break;
          case TokenKind::greater: --depth; break;
          case TokenKind::identifier:
          case TokenKind::comma:
          case TokenKind::dot:
          case TokenKind::question: break;
          default:
            if (!is_primitive(peek(i).word)) return 0;
        }
        if (++i > ahead + k_type_tokens_max) return 0;
      } while (depth > 0);
    }
    if (peek(i).kind == TokenKind::question) ++i;
  }
  while (peek(i).kind == TokenKind::left_bracket && peek(i + 1).kind == TokenKind::right_bracket)
    i += 2;
  return i - ahead;
}

bool CodeParser::at_type_arguments() const {
  if (!at(TokenKind::less)) return false;
  int depth = 0;
  for (std::size_t i = 0; i < k_type_tokens_max; ++i) {
    const Token& token = peek(i);
    if (token.kind == TokenKind::less) {
      ++depth;
    } else if (token.kind == TokenKind::greater) {
      if (--depth == 0) return true;
    } else if (token.kind != TokenKind::identifier && token.kind != TokenKind::comma &&
               token.kind != TokenKind::dot && token.kind != TokenKind::question &&
               !is_primitive(token.word)) {
      return false;
    }
  }
  return false;
}

TypeRef* CodeParser::type(Nullable nullable) {
  TypeRef* const node = ast_.arena.make<TypeRef>();
  node->span = span_of(peek());
  const Nesting nesting(*this);
  if (!nesting.fine()) return node;
  if (is_primitive(peek().word)) {
    node->name = intern(take());
  } else if (at(TokenKind::question)) {
    node->name = intern(take());
    return node;
  } else if (at(TokenKind::identifier)) {
    const std::uint32_t begin = take().begin;
    while (at(TokenKind::dot) && peek(1).kind == TokenKind::identifier) {
      take();
      take();
    }
    node->name = ast_.names.intern(sources_.text(span_from(begin)));
    if (!previous().has(k_capitalised)) {
      fail(Code::expected_type, span_from(begin),
           "the name of a type begins with a capital letter");
      return node;
    }
  } else {
    fail(Code::expected_type, span_of(peek()), "expected a type, found " + describe(peek()));
    return node;
  }
  std::vector<TypeRef*> arguments;
  if (at_type_arguments()) {
    take();
    do {
      arguments.push_back(type());
    } while (!panicking() && accept(TokenKind::comma));
    if (!panicking()) expect(TokenKind::greater, "in the arguments of a type");
  }
  node->arguments = list(arguments);
  if (nullable == Nullable::yes) node->nullable = accept(TokenKind::question);
  while (at(TokenKind::left_bracket) && peek(1).kind == TokenKind::right_bracket) {
    take();
    take();
    node->dimensions = static_cast<std::uint8_t>(std::min<int>(node->dimensions + 1, 255));
  }
  node->span = span_from(node->span);
  return node;
}

TypeRef* CodeParser::optional_type() {
  if (!accept(TokenKind::colon)) return nullptr;
  return type();
}

}  // namespace weir::lang::internal
