#pragma once

#include "lang/arena.hpp"
#include "lang/diagnostics.hpp"
#include "lang/source.hpp"
#include "lang/token.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang::internal {

/// One run over one source. A stack of modes says what encloses the current place: brackets of each
/// kind, and strings, in which text is read until `${` opens code again.
class Lexer {
 public:
  Lexer(const SourceMap& sources, FileId file, Arena& arena, Diagnostics& diagnostics);
  TokenList run();

 private:
  enum class Mode : char { paren, brace, bracket, code, quoted, triple };
  struct Open {
    Mode mode;
    std::uint32_t token;   ///< index of the opening token
    std::uint32_t before;  ///< what `last_` was for this mode
  };

  // lexer.cpp: code.
  void next();
  void blanks();
  bool newline_or_comment();
  void block_comment();
  void shebang();
  void name();
  void number();
  bool operator_token();
  void open(Mode mode, TokenKind kind);
  void push(Mode mode);
  void pop();
  /// The height of the stack at the innermost open `mode`, 0 when there is none. Finding it by
  /// looking down the stack would make a file of unmatched brackets quadratic.
  [[nodiscard]] std::uint32_t last(Mode mode) const {
    return last_[static_cast<std::size_t>(mode)];
  }
  void close(Mode mode, TokenKind kind);
  void close_code();
  void unclosed(std::size_t down_to);
  void odd_character();

  // lexer_numbers.cpp.
  void digits(int base);
  bool fraction_and_exponent();
  void check_number(std::uint32_t begin, TokenKind kind);

  // lexer_strings.cpp: strings.
  void quote(char mark);
  void quoted_literal(char mark, bool triple);
  void string_part();
  void string_dollar(bool triple);
  bool slashy();
  void dollar_slashy();
  void slashy_body(std::uint32_t end, bool escapes);
  [[nodiscard]] bool string_has_interpolation(bool triple) const;
  [[nodiscard]] bool at_string_end(char mark, bool triple) const;
  /// Copies text up to the end mark (or up to `$` when `stop_at_dollar`) and decodes escapes.
  /// False: unterminated.
  bool string_text(char mark, bool triple, bool stop_at_dollar, Token& token);
  void escape(std::string& out);

  [[nodiscard]] char at(std::size_t offset = 0) const {
    return position_ + offset < text_.size() ? text_[position_ + offset] : '\0';
  }
  [[nodiscard]] bool ended() const { return position_ >= text_.size(); }
  [[nodiscard]] bool starts_with(std::string_view what) const {
    return text_.substr(position_, what.size()) == what;
  }
  [[nodiscard]] bool in_string() const {
    return !open_.empty() &&
           (open_.back().mode == Mode::quoted || open_.back().mode == Mode::triple);
  }
  [[nodiscard]] Span span(std::uint32_t begin, std::uint32_t end) const {
    return {file_, begin, end};
  }
  Token& add(TokenKind kind, std::uint32_t begin);
  std::uint32_t keep(std::string_view text);
  Diagnostic& error(Code code, std::uint32_t begin, std::uint32_t end, std::string message);

  std::string_view text_;
  FileId file_;
  Arena& arena_;
  Diagnostics& diagnostics_;
  TokenList out_;
  std::vector<Open> open_;
  std::array<std::uint32_t, 6> last_{};  ///< by mode
  std::uint32_t position_ = 0;
  std::uint8_t pending_flags_ = 0;  ///< for the next token
  bool bad_utf8_ = false;           ///< reported once per file
  bool swallowed_rest_ = false;     ///< a string or comment without end took the rest of the file
  bool dollar_slashy_ends_ = true;  ///< false once no `/$` was found in the rest of the file
};

/// The word a name is, or Word::none.
[[nodiscard]] Word word_of(std::string_view text);

}  // namespace weir::lang::internal
