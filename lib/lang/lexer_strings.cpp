#include "lang/codes.hpp"
#include "lang/internal/characters.hpp"
#include "lang/internal/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::lang::internal {
namespace {

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// True when a `/` after this token divides: the token can end an operand.
bool ends_operand(const Token& token) {
  switch (token.kind) {
    case TokenKind::right_brace:
    case TokenKind::right_bracket:
    case TokenKind::right_paren:
    case TokenKind::string_end:
    case TokenKind::string:
    case TokenKind::integer:
    case TokenKind::decimal: return true;
    case TokenKind::identifier: return token.word != Word::in_;
    case TokenKind::keyword:
      return token.word == Word::null_ || token.word == Word::true_ || token.word == Word::false_;
    default: return false;
  }
}

}  // namespace

// A quote inside of a triple-quoted string is text unless three come together; of more than three,
// the last three end it (up to five are looked at, as upstream's lexer does).
bool Lexer::at_string_end(char mark, bool triple) const {
  if (at() != mark) return false;
  if (!triple) return true;
  if (at(1) != mark || at(2) != mark) return false;
  return !(at(3) == mark && (at(4) != mark || at(5) != mark));
}

void Lexer::escape(std::string& out) {
  const std::uint32_t begin = position_++;
  const char c = at();
  ++position_;
  switch (c) {
    case 'b': out.push_back('\b'); return;
    case 't': out.push_back('\t'); return;
    case 'n': out.push_back('\n'); return;
    case 'f': out.push_back('\f'); return;
    case 'r': out.push_back('\r'); return;
    case 's': out.push_back(' '); return;
    case '"':
    case '\'':
    case '\\':
    case '$': out.push_back(c); return;
    case '\n': return;
    case '\r':
      if (at() == '\n') ++position_;
      return;
    default: break;
  }
  if (is_octal(c)) {
    char32_t value = static_cast<char32_t>(c - '0');
    const int more = c <= '3' ? 2 : 1;
    for (int i = 0; i < more && is_octal(at()); ++i)
      value = value * 8 + static_cast<char32_t>(text_[position_++] - '0');
    append_utf8(out, value);
    return;
  }
  if (c == 'u') {
    const auto unit_at = [this](std::size_t offset) {
      char32_t value = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        const int digit = hex_value(at(offset + i));
        if (digit < 0) return char32_t{0xFFFFFFFF};
        value = value * 16 + static_cast<char32_t>(digit);
      }
      return value;
    };
    char32_t value = unit_at(0);
    if (value != 0xFFFFFFFF) {
      position_ += 4;
      const bool high = value >= 0xD800 && value <= 0xDBFF;
      const char32_t low = high && starts_with("\\u") ? unit_at(2) : 0;
      if (high && low >= 0xDC00 && low <= 0xDFFF) {
        position_ += 6;
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
      } else if (value >= 0xD800 && value <= 0xDFFF) {
        value = 0xFFFD;
      }
      append_utf8(out, value);
      return;
    }
    error(Code::invalid_escape, begin, position_, "`\\u` needs four hexadecimal digits");
    return;
  }
  if (static_cast<unsigned char>(c) >= 0x80) {
    const CodePoint character = decode_utf8(text_, position_ - 1);
    if (character.size > 1) position_ += character.size - 1;
  }
  error(Code::invalid_escape, begin, position_,
        fmt::format("`{}` is not an escape of strings", text_.substr(begin, position_ - begin)))
      .note("write `\\\\` for a backslash")
      .edit(span(begin, begin + 1), "\\\\");
  out.append(text_.substr(begin, position_ - begin));
}

bool Lexer::string_text(char mark, bool triple, bool stop_at_dollar, Token& token) {
  const std::uint32_t begin = position_;
  std::string decoded;
  bool has_escapes = false;
  std::uint32_t plain = begin;
  const auto flush = [&] { decoded.append(text_.substr(plain, position_ - plain)); };
  bool ended_well = false;
  while (!ended()) {
    const char c = at();
    if (at_string_end(mark, triple) || (stop_at_dollar && c == '$')) {
      ended_well = true;
      break;
    }
    if (!triple && (c == '\n' || c == '\r')) break;
    // A carriage return in a literal is dropped: files from Windows mean the same text.
    if (c == '\r' && at(1) == '\n') {
      flush();
      has_escapes = true;
      plain = ++position_;
    } else if (c == '\\') {
      flush();
      has_escapes = true;
      if (position_ + 1 >= text_.size()) {
        ++position_;
        plain = position_;
        break;
      }
      escape(decoded);
      position_ = std::min(position_, static_cast<std::uint32_t>(text_.size()));
      plain = position_;
    } else {
      ++position_;
    }
  }
  if (has_escapes) flush();
  token.payload = keep(has_escapes ? arena_.text(decoded) : text_.substr(begin, position_ - begin));
  return ended_well;
}

// Looks ahead for a `$` before the end mark. Each string is looked through at most twice, so this
// stays linear.
bool Lexer::string_has_interpolation(bool triple) const {
  for (std::uint32_t i = position_; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\\') {
      ++i;
    } else if (c == '$') {
      return true;
    } else if (c == '"') {
      if (!triple || text_.substr(i, 3) == "\"\"\"") return false;
    } else if (!triple && (c == '\n' || c == '\r')) {
      return false;
    }
  }
  return false;
}

void Lexer::quoted_literal(char mark, bool triple) {
  const std::uint32_t width = triple ? 3 : 1;
  const std::uint32_t begin = position_;
  position_ += width;
  Token token;
  const bool ended_well = string_text(mark, triple, false, token);
  if (ended_well) position_ += width;
  Token& added = add(TokenKind::string, begin);
  added.payload = token.payload;
  if (ended_well) return;
  added.flags |= k_failed;
  swallowed_rest_ = triple;
  auto& problem = error(Code::unterminated_string, begin, triple ? begin + 3 : position_,
                        "this string has no end");
  if (!triple) problem.note("text over several lines needs three quotes on each side");
}

void Lexer::quote(char mark) {
  const bool triple = at(1) == mark && at(2) == mark;
  const std::uint32_t begin = position_;
  if (mark == '"') {
    position_ += triple ? 3 : 1;
    const bool interpolated = string_has_interpolation(triple);
    position_ = begin;
    if (interpolated) {
      position_ += triple ? 3 : 1;
      push(triple ? Mode::triple : Mode::quoted);
      add(TokenKind::string_begin, begin);
      return;
    }
  }
  quoted_literal(mark, triple);
}

void Lexer::string_dollar(bool triple) {
  const std::uint32_t begin = position_;
  if (at(1) == '{') {
    position_ += 2;
    push(Mode::code);
    add(TokenKind::string_expr, begin);
    return;
  }
  const auto name_part = [this](std::size_t offset) {
    std::size_t length = 0;
    while (true) {
      const char c = at(offset + length);
      if (c != '$' && (is_letter(c) || (length > 0 && is_digit(c)))) {
        ++length;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x80) break;
      const CodePoint character = decode_utf8(text_, position_ + offset + length);
      if (character.size == 0 || !is_name_character(character.value)) break;
      length += character.size;
    }
    return length;
  };
  std::size_t length = name_part(1);
  if (length == 0) {
    ++position_;
    error(Code::bare_dollar, begin, position_,
          "a `$` in a string must be followed by a name or `{`")
        .note(triple ? "write `\\$` when the shell shall see it"
                     : "write `\\$` for the character itself")
        .edit(span(begin, begin), "\\");
    add(TokenKind::string_text, begin).payload = keep(text_.substr(begin, 1));
    return;
  }
  ++length;
  while (at(length) == '.') {
    const std::size_t more = name_part(length + 1);
    if (more == 0) break;
    length += more + 1;
  }
  position_ += static_cast<std::uint32_t>(length);
  add(TokenKind::string_path, begin);
}

// The next piece of an interpolated string: text, $name, ${ or its end.
void Lexer::string_part() {
  const bool triple = open_.back().mode == Mode::triple;
  const std::uint32_t begin = position_;
  if (at_string_end('"', triple) && !ended()) {
    position_ += triple ? 3 : 1;
    out_.tokens[open_.back().token].payload = static_cast<std::uint32_t>(out_.tokens.size());
    pop();
    add(TokenKind::string_end, begin);
    return;
  }
  if (at() == '$' && !ended()) return string_dollar(triple);
  Token token;
  const bool ended_well = string_text('"', triple, true, token);
  if (position_ > begin) add(TokenKind::string_text, begin).payload = token.payload;
  if (ended_well) return;
  Token& opener = out_.tokens[open_.back().token];
  opener.flags |= k_failed;
  opener.payload = static_cast<std::uint32_t>(out_.tokens.size());
  pop();
  swallowed_rest_ = triple;
  auto& problem =
      error(Code::unterminated_string, opener.begin, opener.end, "this string has no end");
  if (!triple) problem.note("text over several lines needs three quotes on each side");
  add(TokenKind::string_end, position_);
}

void Lexer::slashy_body(std::uint32_t end, bool escapes) {
  const std::uint32_t begin = position_;
  const std::string_view raw = text_.substr(begin + 1, end - begin - 1);
  std::string_view value = raw;
  if (escapes) {
    std::string decoded;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size() && raw[i + 1] == '/') ++i;
      decoded.push_back(raw[i]);
    }
    value = arena_.text(decoded);
  }
  position_ = end + 1;
  Token& token = add(TokenKind::string, begin);
  token.flags |= k_slashy;
  token.payload = keep(value);
  for (std::size_t i = 0; i + 1 < raw.size(); ++i) {
    if (raw[i] != '$' || (!is_letter(raw[i + 1]) && raw[i + 1] != '{') || raw[i + 1] == '$')
      continue;
    const auto dollar = begin + 1 + static_cast<std::uint32_t>(i);
    error(Code::slashy_interpolation, dollar, dollar + 2,
          "a /slashy/ string cannot have interpolated values")
        .note("use a double-quoted string, with each backslash doubled");
    token.flags |= k_failed;
    return;
  }
}

// `$/ text /$` is Groovy's.
void Lexer::dollar_slashy() {
  const std::uint32_t begin = position_;
  const std::size_t end =
      dollar_slashy_ends_ ? text_.find("/$", begin + 2) : std::string_view::npos;
  dollar_slashy_ends_ = end != std::string_view::npos;
  position_ = dollar_slashy_ends_ ? static_cast<std::uint32_t>(end) + 2 : begin + 2;
  error(Code::legacy_string, begin, begin + 2,
        "strings between `$/` and `/$` are not part of the language")
      .note("use three quotes on each side, with each backslash doubled");
  Token& token = add(TokenKind::string, begin);
  token.flags |= k_failed;
  token.payload = keep({});
}

// A string /.../ when one can begin here. Deviation: it must end on its line, so that a line may
// begin with a division.
bool Lexer::slashy() {
  const Token* before = out_.tokens.empty() ? nullptr : &out_.tokens.back();
  if (before != nullptr && ends_operand(*before)) return false;
  bool escapes = false;
  for (std::uint32_t i = position_ + 1; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\n' || c == '\r') break;
    if (c == '\\' && i + 1 < text_.size() && text_[i + 1] == '/') {
      escapes = true;
      ++i;
    } else if (c == '/') {
      slashy_body(i, escapes);
      return true;
    }
  }
  if (before == nullptr || before->kind == TokenKind::newline) return false;
  const std::uint32_t begin = position_;
  while (!ended() && at() != '\n' && at() != '\r') ++position_;
  error(Code::slashy_lines, begin, position_, "this /slashy/ string does not end on its line")
      .note("text over several lines needs three quotes on each side");
  Token& token = add(TokenKind::string, begin);
  token.flags |= k_slashy | k_failed;
  token.payload = keep(text_.substr(begin + 1, position_ - begin - 1));
  return true;
}

}  // namespace weir::lang::internal
