#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::lang {

enum class TokenKind : std::uint8_t {
  end_of_file,
  newline,     ///< one or more line ends and comments
  identifier,  ///< also soft keywords: see Token::word
  keyword,     ///< a hard keyword: see Token::word
  integer,
  decimal,
  string,        ///< without interpolation; payload is its text
  string_begin,  ///< of an interpolated string
  string_text,   ///< payload
  string_path,   ///< $a.b.c
  string_expr,   ///< ${
  string_end,
  // Brackets. Of an opening one, payload is the index of its partner, or 0.
  left_paren,
  right_paren,
  left_brace,
  right_brace,
  left_bracket,
  right_bracket,
  semicolon,
  comma,
  dot,
  safe_dot,
  spread_dot,
  colon,
  question,
  elvis,
  arrow,
  range,
  range_exclusive,
  plus,
  minus,
  star,
  slash,
  percent,
  power,
  less,
  greater,
  less_equal,
  greater_equal,
  compare,
  equal,
  not_equal,
  find,
  match,
  ampersand,
  pipe,
  caret,
  tilde,
  bang,
  and_and,
  or_or,
  not_in,
  not_instanceof,
  // Assignments, in the order of AssignOp.
  assign,
  assign_plus,
  assign_minus,
  assign_star,
  assign_slash,
  assign_percent,
  assign_power,
  assign_ampersand,
  assign_pipe,
  assign_caret,
  assign_left,
  assign_right,
  assign_right_unsigned,
  assign_elvis,
  unexpected,  ///< a character that means nothing; reported by the lexer
};

/// Words with a meaning. Those before `k_first_soft_word` are hard keywords and cannot be names
/// (`in` can).
enum class Word : std::uint8_t {
  none,
  as_,
  assert_,
  boolean_,
  byte_,
  catch_,
  char_,
  def_,
  double_,
  else_,
  enum_,
  false_,
  float_,
  if_,
  import_,
  instanceof_,
  int_,
  long_,
  new_,
  null_,
  return_,
  short_,
  throw_,
  true_,
  try_,
  in_,
  agent_,
  emit_,
  exec_,
  from_,
  include_,
  input_,
  main_,
  nextflow_,
  on_complete,
  on_error,
  output_,
  params_,
  process_,
  prompt_,
  publish_,
  record_,
  script_,
  shell_,
  stage_,
  stub_,
  take_,
  topic_,
  tuple_,
  when_,
  workflow_,
  include_config,
};
inline constexpr Word k_first_soft_word = Word::in_;

enum TokenFlag : std::uint8_t {
  k_newline_before = 1,  ///< a newline token stands before this one
  k_blank_before = 2,    ///< blanks, newline or comment before this one
  k_capitalised = 4,     ///< an identifier that begins with a capital letter
  k_has_arrow = 8,       ///< a left brace with `->` directly inside
  k_slashy = 16,         ///< a string written /.../
  k_comment = 32,        ///< a newline token that is only a comment
  k_unmatched = 64,      ///< a bracket without partner; reported by the lexer
  k_failed = 128,        ///< a string or number with an error that was reported
};

/// 16 bytes; texts are in the source, or for strings in TokenList::strings.
struct Token {
  TokenKind kind = TokenKind::end_of_file;
  Word word = Word::none;
  std::uint8_t flags = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t payload = 0;

  [[nodiscard]] bool has(TokenFlag flag) const { return (flags & flag) != 0; }
};

struct TokenList {
  std::vector<Token> tokens;              ///< the last is end_of_file
  std::vector<std::string_view> strings;  ///< decoded; in the source or in the arena
};

}  // namespace weir::lang
