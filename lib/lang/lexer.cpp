#include "lang/lexer.hpp"

#include "lang/codes.hpp"
#include "lang/internal/characters.hpp"
#include "lang/internal/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::lang {
namespace internal {
namespace {

struct WordRow {
  std::string_view text;
  Word word;
};

// Sorted by text.
constexpr std::array k_words = {
    WordRow{"agent", Word::agent_},
    WordRow{"as", Word::as_},
    WordRow{"assert", Word::assert_},
    WordRow{"boolean", Word::boolean_},
    WordRow{"byte", Word::byte_},
    WordRow{"catch", Word::catch_},
    WordRow{"char", Word::char_},
    WordRow{"def", Word::def_},
    WordRow{"double", Word::double_},
    WordRow{"else", Word::else_},
    WordRow{"emit", Word::emit_},
    WordRow{"enum", Word::enum_},
    WordRow{"exec", Word::exec_},
    WordRow{"false", Word::false_},
    WordRow{"float", Word::float_},
    WordRow{"from", Word::from_},
    WordRow{"if", Word::if_},
    WordRow{"import", Word::import_},
    WordRow{"in", Word::in_},
    WordRow{"include", Word::include_},
    WordRow{"includeConfig", Word::include_config},
    WordRow{"input", Word::input_},
    WordRow{"instanceof", Word::instanceof_},
    WordRow{"int", Word::int_},
    WordRow{"long", Word::long_},
    WordRow{"main", Word::main_},
    WordRow{"new", Word::new_},
    WordRow{"nextflow", Word::nextflow_},
    WordRow{"null", Word::null_},
    WordRow{"onComplete", Word::on_complete},
    WordRow{"onError", Word::on_error},
    WordRow{"output", Word::output_},
    WordRow{"params", Word::params_},
    WordRow{"process", Word::process_},
    WordRow{"prompt", Word::prompt_},
    WordRow{"publish", Word::publish_},
    WordRow{"record", Word::record_},
    WordRow{"return", Word::return_},
    WordRow{"script", Word::script_},
    WordRow{"shell", Word::shell_},
    WordRow{"short", Word::short_},
    WordRow{"stage", Word::stage_},
    WordRow{"stub", Word::stub_},
    WordRow{"take", Word::take_},
    WordRow{"throw", Word::throw_},
    WordRow{"topic", Word::topic_},
    WordRow{"true", Word::true_},
    WordRow{"try", Word::try_},
    WordRow{"tuple", Word::tuple_},
    WordRow{"when", Word::when_},
    WordRow{"workflow", Word::workflow_},
};

/// Where in `k_words` the words with each first letter begin; the last is their end.
constexpr auto k_words_from = [] {
  std::array<std::uint8_t, 27> from{};
  std::size_t row = 0;
  for (std::size_t letter = 0; letter < from.size(); ++letter) {
    while (row < k_words.size() && static_cast<std::size_t>(k_words[row].text[0] - 'a') < letter)
      ++row;
    from[letter] = static_cast<std::uint8_t>(row);
  }
  return from;
}();

struct OperatorRow {
  std::string_view text;
  TokenKind kind;
};

// Longest first, so that the first match is the longest. `>` is never joined with another `>`,
// because of `Map<String,List<Path>>`: the parser joins them.
constexpr std::array k_operators = {
    OperatorRow{">>>=", TokenKind::assign_right_unsigned},
    OperatorRow{"**=", TokenKind::assign_power},
    OperatorRow{"<<=", TokenKind::assign_left},
    OperatorRow{">>=", TokenKind::assign_right},
    OperatorRow{"<=>", TokenKind::compare},
    OperatorRow{"==~", TokenKind::match},
    OperatorRow{"..<", TokenKind::range_exclusive},
    OperatorRow{"..", TokenKind::range},
    OperatorRow{"*.", TokenKind::spread_dot},
    OperatorRow{"?.", TokenKind::safe_dot},
    OperatorRow{"?:", TokenKind::elvis},
    OperatorRow{"?=", TokenKind::assign_elvis},
    OperatorRow{"=~", TokenKind::find},
    OperatorRow{"**", TokenKind::power},
    OperatorRow{"->", TokenKind::arrow},
    OperatorRow{"==", TokenKind::equal},
    OperatorRow{"<=", TokenKind::less_equal},
    OperatorRow{">=", TokenKind::greater_equal},
    OperatorRow{"!=", TokenKind::not_equal},
    OperatorRow{"&&", TokenKind::and_and},
    OperatorRow{"||", TokenKind::or_or},
    OperatorRow{"+=", TokenKind::assign_plus},
    OperatorRow{"-=", TokenKind::assign_minus},
    OperatorRow{"*=", TokenKind::assign_star},
    OperatorRow{"/=", TokenKind::assign_slash},
    OperatorRow{"%=", TokenKind::assign_percent},
    OperatorRow{"&=", TokenKind::assign_ampersand},
    OperatorRow{"|=", TokenKind::assign_pipe},
    OperatorRow{"^=", TokenKind::assign_caret},
    OperatorRow{";", TokenKind::semicolon},
    OperatorRow{",", TokenKind::comma},
    OperatorRow{".", TokenKind::dot},
    OperatorRow{":", TokenKind::colon},
    OperatorRow{"?", TokenKind::question},
    OperatorRow{"+", TokenKind::plus},
    OperatorRow{"-", TokenKind::minus},
    OperatorRow{"*", TokenKind::star},
    OperatorRow{"/", TokenKind::slash},
    OperatorRow{"%", TokenKind::percent},
    OperatorRow{"<", TokenKind::less},
    OperatorRow{">", TokenKind::greater},
    OperatorRow{"&", TokenKind::ampersand},
    OperatorRow{"|", TokenKind::pipe},
    OperatorRow{"^", TokenKind::caret},
    OperatorRow{"~", TokenKind::tilde},
    OperatorRow{"!", TokenKind::bang},
    OperatorRow{"=", TokenKind::assign},
};

std::string_view bracket_text(TokenKind kind) {
  switch (kind) {
    case TokenKind::left_paren: return "(";
    case TokenKind::left_brace: return "{";
    case TokenKind::left_bracket: return "[";
    case TokenKind::right_paren: return ")";
    case TokenKind::right_brace: return "}";
    case TokenKind::right_bracket: return "]";
    case TokenKind::string_expr: return "${";
    default: return "";
  }
}

}  // namespace

Word word_of(std::string_view text) {
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return Word::none;
  const auto letter = static_cast<std::size_t>(text[0] - 'a');
  for (std::size_t row = k_words_from[letter]; row < k_words_from[letter + 1]; ++row) {
    if (k_words[row].text == text) return k_words[row].word;
  }
  return Word::none;
}

Lexer::Lexer(const SourceMap& sources, FileId file, Arena& arena, Diagnostics& diagnostics)
    : text_(sources.text(file)), file_(file), arena_(arena), diagnostics_(diagnostics) {}

TokenList Lexer::run() {
  if (text_.size() > k_source_bytes_max) {
    error(Code::source_too_large, 0, 0,
          fmt::format("the file has {} bytes; sources may have up to {}", text_.size(),
                      k_source_bytes_max));
    text_ = {};
  }
  out_.tokens.reserve(text_.size() / 6 + 16);
  out_.strings.emplace_back();
  if (starts_with("\xEF\xBB\xBF")) position_ = 3;
  shebang();
  while (true) {
    if (in_string()) {
      string_part();
      continue;
    }
    blanks();
    if (ended()) break;
    next();
  }
  unclosed(0);
  add(TokenKind::end_of_file, position_);
  return std::move(out_);
}

Token& Lexer::add(TokenKind kind, std::uint32_t begin) {
  Token& token = out_.tokens.emplace_back();
  token.kind = kind;
  token.begin = begin;
  token.end = position_;
  token.flags = pending_flags_;
  pending_flags_ = 0;
  return token;
}

std::uint32_t Lexer::keep(std::string_view text) {
  out_.strings.push_back(text);
  return static_cast<std::uint32_t>(out_.strings.size() - 1);
}

Diagnostic& Lexer::error(Code code, std::uint32_t begin, std::uint32_t end, std::string message) {
  return diagnostics_.error(code, span(begin, end), std::move(message));
}

void Lexer::shebang() {
  if (!starts_with("#!")) return;
  while (!ended() && at() != '\n' && at() != '\r') ++position_;
}

void Lexer::blanks() {
  const std::uint32_t begin = position_;
  while (!ended()) {
    const char c = at();
    if (c == ' ' || c == '\t' || c == '\f') {
      ++position_;
    } else if (c == '\\' && at(1) == '\n') {
      position_ += 2;
    } else if (c == '\\' && at(1) == '\r') {
      position_ += at(2) == '\n' ? 3 : 2;
    } else if (!newline_or_comment()) {
      break;
    }
  }
  if (position_ != begin) pending_flags_ |= k_blank_before;
}

void Lexer::block_comment() {
  const std::uint32_t begin = position_;
  const std::size_t end = text_.find("*/", position_ + 2);
  if (end == std::string_view::npos) {
    position_ = static_cast<std::uint32_t>(text_.size());
    swallowed_rest_ = true;
    error(Code::unterminated_comment, begin, begin + 2, "this comment has no end")
        .note("close it with `*/`");
  } else {
    position_ = static_cast<std::uint32_t>(end) + 2;
  }
}

bool Lexer::newline_or_comment() {
  const std::uint32_t begin = position_;
  const bool comment = at() == '/' && (at(1) == '/' || at(1) == '*');
  if (at() == '\n') {
    ++position_;
  } else if (at() == '\r') {
    position_ += at(1) == '\n' ? 2 : 1;
  } else if (comment && at(1) == '/') {
    while (!ended() && at() != '\n' && at() != '\r') ++position_;
  } else if (comment) {
    block_comment();
  } else {
    return false;
  }
  // Runs of line ends and comments are one token: no rule of the grammar counts them.
  if (!out_.tokens.empty() && out_.tokens.back().kind == TokenKind::newline) {
    out_.tokens.back().end = position_;
    if (!comment) out_.tokens.back().flags &= static_cast<std::uint8_t>(~k_comment);
  } else {
    Token& token = add(TokenKind::newline, begin);
    if (comment) token.flags |= k_comment;
  }
  pending_flags_ |= k_newline_before | k_blank_before;
  return true;
}

void Lexer::name() {
  const std::uint32_t begin = position_;
  bool capitalised = at() >= 'A' && at() <= 'Z';
  while (!ended()) {
    if (is_letter(at()) || is_digit(at())) {
      ++position_;
    } else if (static_cast<unsigned char>(at()) >= 0x80) {
      const CodePoint character = decode_utf8(text_, position_);
      if (character.size == 0 || !is_name_character(character.value)) break;
      position_ += character.size;
    } else {
      break;
    }
  }
  const Word word = word_of(text_.substr(begin, position_ - begin));
  const bool hard = word != Word::none && word < k_first_soft_word;
  Token& token = add(hard ? TokenKind::keyword : TokenKind::identifier, begin);
  token.word = word;
  if (capitalised) token.flags |= k_capitalised;
}

void Lexer::odd_character() {
  const std::uint32_t begin = position_;
  const CodePoint character = decode_utf8(text_, position_);
  if (character.size == 0) {
    while (!ended() && decode_utf8(text_, position_).size == 0) ++position_;
    if (!std::exchange(bad_utf8_, true))
      error(Code::invalid_utf8, begin, position_, "these bytes are not UTF-8 text");
    return;
  }
  position_ += character.size;
  const auto number = static_cast<std::uint32_t>(character.value);
  if (is_odd_blank(character.value)) {
    error(Code::unexpected_character, begin, position_,
          fmt::format("the character U+{:04X} is not a blank", number))
        .note("it looks like one; put an ordinary blank")
        .edit(span(begin, position_), " ");
    return;
  }
  if (character.value == '@') {
    error(Code::legacy_annotation, begin, position_, "annotations are not part of the language")
        .note("remove it; libraries cannot be fetched from within a script");
    add(TokenKind::unexpected, begin);
    return;
  }
  if (const char plain = plain_quote(character.value); plain != 0) {
    error(Code::unexpected_character, begin, position_,
          fmt::format("the typographic quote U+{:04X} does not begin a string", number))
        .edit(span(begin, position_), std::string(1, plain));
  } else if (character.value < 0x20 || character.value == 0x7F) {
    error(Code::unexpected_character, begin, position_,
          fmt::format("unexpected control character U+{:04X}", number));
  } else {
    error(Code::unexpected_character, begin, position_,
          fmt::format("unexpected character `{}`", text_.substr(begin, character.size)));
  }
  add(TokenKind::unexpected, begin);
}

// The next token added is what opens.
void Lexer::push(Mode mode) {
  std::uint32_t& last = last_[static_cast<std::size_t>(mode)];
  open_.push_back({mode, static_cast<std::uint32_t>(out_.tokens.size()), last});
  last = static_cast<std::uint32_t>(open_.size());
}

void Lexer::pop() {
  const Open& top = open_.back();
  last_[static_cast<std::size_t>(top.mode)] = top.before;
  open_.pop_back();
}

void Lexer::open(Mode mode, TokenKind kind) {
  const std::uint32_t begin = position_++;
  push(mode);
  add(kind, begin);
}

// Reports the brackets that are still open above position `down_to` of the stack, and forgets them.
void Lexer::unclosed(std::size_t down_to) {
  while (open_.size() > down_to) {
    Token& opener = out_.tokens[open_.back().token];
    const bool is_string = open_.back().mode == Mode::quoted || open_.back().mode == Mode::triple;
    pop();
    opener.flags |= k_unmatched;
    // What closes it may be in the string or comment that has no end.
    if (swallowed_rest_) continue;
    if (is_string) {
      error(Code::unterminated_string, opener.begin, opener.end, "this string has no end");
    } else {
      error(Code::unclosed_bracket, opener.begin, opener.end,
            fmt::format("this `{}` is never closed", bracket_text(opener.kind)));
    }
  }
}

void Lexer::close(Mode mode, TokenKind kind) {
  const std::uint32_t begin = position_++;
  const auto current = static_cast<std::uint32_t>(out_.tokens.size());
  add(kind, begin);
  // Code inside of a string cannot close what is outside.
  const std::uint32_t match = last(mode);
  if (match <= last(Mode::code)) {
    out_.tokens[current].flags |= k_unmatched;
    error(Code::unmatched_bracket, begin, position_,
          fmt::format("this `{}` closes nothing", bracket_text(kind)));
    return;
  }
  unclosed(match);
  out_.tokens[open_.back().token].payload = current;
  pop();
}

// A right brace that ends `${`.
void Lexer::close_code() {
  const std::uint32_t begin = position_++;
  const auto current = static_cast<std::uint32_t>(out_.tokens.size());
  add(TokenKind::right_brace, begin);
  out_.tokens[open_.back().token].payload = current;
  pop();
}

bool Lexer::operator_token() {
  const std::uint32_t begin = position_;
  // `!in` and `!instanceof` are operators only when the word ends there; else `!internal` could not
  // be written.
  constexpr std::string_view k_blanks = " \t\r\n";
  const char first = at();
  if (first == '!' && starts_with("!instanceof") &&
      k_blanks.find(at(11)) != std::string_view::npos) {
    position_ += 11;
    add(TokenKind::not_instanceof, begin);
    return true;
  }
  if (first == '!' && starts_with("!in") &&
      std::string_view(" \t\r\n[({").find(at(3)) != std::string_view::npos) {
    position_ += 3;
    add(TokenKind::not_in, begin);
    return true;
  }
  for (const OperatorRow& row : k_operators) {
    if (row.text[0] != first || !starts_with(row.text)) continue;
    position_ += static_cast<std::uint32_t>(row.text.size());
    add(row.kind, begin);
    if (row.kind == TokenKind::arrow && !open_.empty() && open_.back().mode == Mode::brace) {
      out_.tokens[open_.back().token].flags |= k_has_arrow;
    }
    return true;
  }
  return false;
}

void Lexer::next() {
  const char c = at();
  if (c == '$' && at(1) == '/') return dollar_slashy();
  if (is_letter(c)) return name();
  if (is_digit(c) || (c == '.' && is_digit(at(1)))) return number();
  switch (c) {
    case '"':
    case '\'': return quote(c);
    case '(': return open(Mode::paren, TokenKind::left_paren);
    case '{': return open(Mode::brace, TokenKind::left_brace);
    case '[': return open(Mode::bracket, TokenKind::left_bracket);
    case ')': return close(Mode::paren, TokenKind::right_paren);
    case ']': return close(Mode::bracket, TokenKind::right_bracket);
    case '}': {
      if (last(Mode::brace) >= last(Mode::code)) return close(Mode::brace, TokenKind::right_brace);
      unclosed(last(Mode::code));
      return close_code();
    }
    case '/':
      if (slashy()) return;
      break;
    default: break;
  }
  if (operator_token()) return;
  if (static_cast<unsigned char>(c) >= 0x80) {
    const CodePoint character = decode_utf8(text_, position_);
    if (character.size != 0 && is_name_character(character.value)) return name();
  }
  if (starts_with("#!")) {
    const std::uint32_t begin = position_;
    shebang();
    error(Code::misplaced_shebang, begin, position_,
          "a `#!` line may only be the first of the file");
    return;
  }
  odd_character();
}

}  // namespace internal

TokenList tokenize(const SourceMap& sources, FileId file, Arena& arena, Diagnostics& diagnostics) {
  return internal::Lexer(sources, file, arena, diagnostics).run();
}

}  // namespace weir::lang
