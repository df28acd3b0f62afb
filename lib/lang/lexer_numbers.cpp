#include "lang/codes.hpp"
#include "lang/internal/characters.hpp"
#include "lang/internal/lexer.hpp"

#include <fmt/format.h>

// Forms: 12 1_000 0x1F 0b101 017, suffixes l i g; 1.5 .5 1e3 1f, suffixes f d g. The token keeps
// the text; the parser converts it. `1.` is never taken as a fraction, since `4.GB` and `1..5`
// follow.
namespace weir::lang::internal {

void Lexer::digits(int base) {
  while (at() == '_' || (hex_value(at()) >= 0 && hex_value(at()) < base)) ++position_;
}

bool Lexer::fraction_and_exponent() {
  bool decimal = false;
  if (at() == '.' && is_digit(at(1))) {
    decimal = true;
    ++position_;
    digits(10);
  }
  const bool sign = at(1) == '+' || at(1) == '-';
  if ((at() == 'e' || at() == 'E') && is_digit(at(sign ? 2 : 1))) {
    decimal = true;
    position_ += sign ? 2 : 1;
    digits(10);
  }
  return decimal;
}

void Lexer::check_number(std::uint32_t begin, TokenKind kind) {
  const std::uint32_t digits_end = position_;
  while (is_letter(at()) || is_digit(at())) ++position_;
  const std::string_view text = text_.substr(begin, position_ - begin);
  std::string problem;
  if (position_ != digits_end) {
    problem = fmt::format("`{}` is not a number", text);
  } else if (text.find("_.") != std::string_view::npos ||
             text.find("._") != std::string_view::npos || text.back() == '_') {
    problem = fmt::format("in `{}` a `_` stands where no digit follows", text);
  }
  Token& token = add(kind, begin);
  if (problem.empty()) return;
  token.flags |= k_failed;
  error(Code::invalid_number, begin, position_, std::move(problem));
}

void Lexer::number() {
  const std::uint32_t begin = position_;
  const auto suffix = [this](std::string_view letters) {
    if (ended() || letters.find(at()) == std::string_view::npos) return false;
    ++position_;
    return true;
  };
  const char marker = static_cast<char>(at(1) | 0x20);
  if (at() == '0' && (marker == 'x' || marker == 'b') && at(1) != '\0') {
    position_ += 2;
    digits(marker == 'x' ? 16 : 2);
    if (position_ == begin + 2) {
      while (is_letter(at()) || is_digit(at())) ++position_;
      error(Code::invalid_number, begin, position_,
            fmt::format("`{}` has no digits", text_.substr(begin, position_ - begin)));
      add(TokenKind::integer, begin).flags |= k_failed;
      return;
    }
    static_cast<void>(suffix("lLiIgG"));
    return check_number(begin, TokenKind::integer);
  }
  digits(10);
  const std::uint32_t whole_end = position_;
  bool decimal = fraction_and_exponent();
  decimal = suffix("fFdD") || decimal;
  static_cast<void>(suffix(decimal ? "gG" : "lLiIgG"));
  const std::string_view whole = text_.substr(begin, whole_end - begin);
  if (!decimal && whole.size() > 1 && whole[0] == '0' &&
      whole.find_first_of("89") != std::string_view::npos) {
    error(Code::invalid_number, begin, position_,
          fmt::format("`{}` is octal and cannot have this digit", whole))
        .note("a number that begins with 0 is octal; leave the 0 out for a decimal number");
    add(TokenKind::integer, begin).flags |= k_failed;
    return;
  }
  check_number(begin, decimal ? TokenKind::decimal : TokenKind::integer);
}

}  // namespace weir::lang::internal
