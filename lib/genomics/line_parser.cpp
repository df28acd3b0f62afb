#include "genomics/line_parser.hpp"

#include "base/text.hpp"

#include <algorithm>
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

std::string_view take_column(std::string_view& rest) {
  const void* const tab = rest.empty() ? nullptr : std::memchr(rest.data(), '\t', rest.size());
  if (tab == nullptr) {
    const std::string_view column = rest;
    rest = {};
    return column;
  }
  const auto length = static_cast<std::size_t>(static_cast<const char*>(tab) - rest.data());
  const std::string_view column = rest.substr(0, length);
  rest.remove_prefix(length + 1);
  return column;
}

std::optional<std::int64_t> parse_whole_number(std::string_view text) {
  constexpr std::size_t k_digits_max = 18;
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

bool has_control_byte(std::string_view text) {
  unsigned found = 0;  // without branches, for the compiler's vector instructions
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    found |= static_cast<unsigned>(byte < ' ') & static_cast<unsigned>(byte != '\t') &
             static_cast<unsigned>(byte != '\n');
    found |= static_cast<unsigned>(byte == 0x7f);
  }
  return found != 0;
}

}  // namespace weir::genomics
