#include "genomics/line_parser.hpp"

#include "base/text.hpp"
#include "genomics/read_word.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weir::genomics {

std::string LineParser::make_header(std::span<const std::string> lines) const {
  std::string header;
  for (const std::string& line : lines) {
    header += line;
    header += '\n';
  }
  return header;
}

void LineParser::order_group(std::span<TiedRecord>) const {}

namespace {

/// Of the first tab; npos when there is none. Most columns are short: two words are looked through
/// faster than memchr is called. (Which byte of a word is zero: H. S. Warren, Hacker's Delight,
/// 6-1.)
std::size_t find_tab(std::string_view text) {
  constexpr std::uint64_t k_ones = 0x0101010101010101;
  constexpr std::uint64_t k_tabs = k_ones * '\t';
  constexpr std::size_t k_short = 16;
  std::size_t at = 0;
  for (; at < k_short && text.size() - at >= sizeof k_tabs; at += sizeof k_tabs) {
    const std::uint64_t word = read_word<std::uint64_t>(text.data() + at) ^ k_tabs;
    const std::uint64_t zero = (word - k_ones) & ~word & k_ones << 7;
    if (zero != 0) return at + static_cast<std::size_t>(std::countr_zero(zero)) / 8;
  }
  return text.find('\t', at);
}

}  // namespace

std::string_view take_column(std::string_view& rest) {
  const std::size_t length = find_tab(rest);
  if (length == std::string_view::npos) {
    const std::string_view column = rest;
    rest = {};
    return column;
  }
  const std::string_view column = rest.substr(0, length);
  rest.remove_prefix(length + 1);
  return column;
}

namespace {

constexpr std::size_t k_word_digits = 8;
constexpr std::uint64_t k_zeros = 0x3030303030303030;
constexpr std::int64_t k_word_range = 100'000'000;
static_assert(std::endian::native == std::endian::little);

/// The number that eight digits are, all at once: neighbours are joined to pairs, fours, eight
/// (D. Lemire, "Quickly parsing eight digits", 2018).
std::int64_t value_of(std::uint64_t digits) {
  digits = (digits & 0x0f0f0f0f0f0f0f0f) * 2561 >> 8;
  digits = (digits & 0x00ff00ff00ff00ff) * 6553601 >> 16;
  return static_cast<std::int64_t>((digits & 0x0000ffff0000ffff) * 42949672960001 >> 32);
}

/// What is not zero when some character of a word is no digit.
std::uint64_t no_digits(std::uint64_t word) {
  constexpr std::uint64_t k_high = 0xf0f0f0f0f0f0f0f0;
  return ((word & k_high) | ((word + 0x0606060606060606) & k_high) >> 4) ^ 0x3333333333333333;
}

/// Of 8 to 15 characters, as most positions have. Without a branch that depends on their number,
/// which nobody could predict.
std::optional<std::int64_t> parse_long(std::string_view text) {
  const std::uint64_t low = read_word<std::uint64_t>(text.data() + text.size() - k_word_digits);
  const auto above_bits = static_cast<unsigned>(text.size() - k_word_digits) * 8;
  const std::uint64_t high =
      read_word<std::uint64_t>(text.data()) << 8 << (56 - above_bits) | k_zeros >> above_bits;
  if ((no_digits(low) | no_digits(high)) != 0) return std::nullopt;
  return value_of(high) * k_word_range + value_of(low);
}

}  // namespace

std::optional<std::int64_t> parse_whole_number(std::string_view text) {
  constexpr std::size_t k_digits_max = 18;
  if (text.size() >= k_word_digits && text.size() < 2 * k_word_digits) return parse_long(text);
  if (text.empty() || text.size() > k_digits_max) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

namespace {

bool has_leading_zero(std::string_view digits) {
  return digits.size() > 1 && digits.front() == '0';
}

}  // namespace

std::optional<std::int64_t> parse_position(std::string_view text) {
  return has_leading_zero(text) ? std::nullopt : parse_whole_number(text);
}

Problem position_problem(std::string_view text) {
  const bool minus = text.size() > 1 && text.front() == '-';
  const std::string_view digits = minus ? text.substr(1) : text;
  const bool number = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
  if (!number || has_leading_zero(digits)) return Problem::bad_integer;
  return minus ? Problem::negative_start : Problem::coordinate_overflow;
}

Problem column_problem(std::string_view line, std::size_t columns_min) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : line) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank && !inside) ++words;
    inside = !blank;
  }
  return words >= columns_min ? Problem::spaces_not_tabs : Problem::too_few_columns;
}

bool is_contig_name(std::string_view name) {
  if (name.empty() || name.front() == ' ' || name.back() == ' ') return false;
  bool ascii = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7f) return false;
    ascii = ascii && byte < 0x80;
  }
  return ascii || base::is_utf8(name);
}

}  // namespace weir::genomics
