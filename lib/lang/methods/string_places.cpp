#include "lang/exceptions.hpp"
#include "lang/methods/method.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <algorithm>
#include <array>

// Methods of texts that go by places in them: single characters, parts between two positions,
// columns of tabulators. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

constexpr std::int64_t k_tab_columns = 8;
constexpr std::size_t k_expanded_units_max = std::size_t{128} << 20;

const StringObject& text_of(Call call) {
  return call.self.get<StringObject>();
}

std::int64_t checked_position(Call call, std::size_t index) {
  const std::int64_t at = integer_argument(call, index);
  if (at >= 0 && at < length_of(text_of(call))) return at;
  throw script_error(
      "StringIndexOutOfBoundsException",
      "index " + std::to_string(at) + ", length " + std::to_string(length_of(text_of(call))));
}

Value code_point_at(Call call) {
  const std::int64_t at = checked_position(call, 0);
  const auto first = static_cast<std::uint32_t>(unit_at(text_of(call), at));
  const bool is_pair = first >= 0xD800 && first < 0xDC00 && at + 1 < length_of(text_of(call));
  if (!is_pair) return Value::integer(static_cast<std::int32_t>(first));
  const auto second = static_cast<std::uint32_t>(unit_at(text_of(call), at + 1));
  if (second < 0xDC00 || second > 0xDFFF) return Value::integer(static_cast<std::int32_t>(first));
  return Value::integer(
      static_cast<std::int32_t>(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)));
}

Value sub_sequence(Call call) {
  const std::int64_t begin = integer_argument(call, 0);
  const std::int64_t end = integer_argument(call, 1);
  const std::int64_t length = length_of(text_of(call));
  if (begin < 0 || end > length || begin > end) {
    throw script_error("StringIndexOutOfBoundsException", "begin " + std::to_string(begin) +
                                                              ", end " + std::to_string(end) +
                                                              ", length " + std::to_string(length));
  }
  return Value::string(slice(text_of(call), begin, end));
}

/// regionMatches(offset, other, otherOffset, length), with ignoreCase in front.
Value region_matches(Call call) {
  const std::size_t shift = call.size() - 4;
  const bool ignore_case = shift == 1 && truth(call[0]);
  const std::int64_t own_begin = integer_argument(call, shift);
  const StringObject other(text_argument(call, shift + 1));
  const std::int64_t other_begin = integer_argument(call, shift + 2);
  const std::int64_t length = std::max<std::int64_t>(0, integer_argument(call, shift + 3));
  if (own_begin < 0 || other_begin < 0 || own_begin > length_of(text_of(call)) - length ||
      other_begin > length_of(other) - length)
    return Value::boolean(false);
  const std::string own = slice(text_of(call), own_begin, own_begin + length);
  const std::string wanted = slice(other, other_begin, other_begin + length);
  return Value::boolean(ignore_case ? to_lower(own) == to_lower(wanted) : own == wanted);
}

Value to_character(Call call) {
  const bool is_one = length_of(text_of(call)) >= 1;
  if (!is_one) throw script_error("StringIndexOutOfBoundsException", "index 0, length 0");
  return Value::string(slice(text_of(call), 0, 1));
}

/// Tabulators become blanks up to the next multiple of so many columns, on each line.
Value expand(Call call) {
  const std::int64_t columns = integer_argument(call, 0, k_tab_columns);
  std::u16string expanded;
  std::int64_t column = 0;
  for (const char16_t unit : to_utf16(text_of(call).text())) {
    if (unit != u'\t' || columns <= 0) {
      expanded += unit;
      column = unit == u'\n' ? 0 : column + 1;
      continue;
    }
    const std::int64_t blanks = columns - column % columns;
    if (expanded.size() + static_cast<std::size_t>(blanks) > k_expanded_units_max)
      throw script_error("OutOfMemoryError", "the expanded text would be too long");
    expanded.append(static_cast<std::size_t>(blanks), u' ');
    column += blanks;
  }
  return Value::string(to_utf8(expanded));
}

constexpr std::array k_methods = {
    Method{"codePointAt", 1, 1, code_point_at, "the number of the character at a position"},
    Method{"expand", 0, 1, expand, "with blanks for tabulators"},
    Method{"getChars", 0, 0, [](Call call) { return make_list(elements_of(call.self)); },
           "the characters"},
    Method{"regionMatches", 4, 5, region_matches, "whether parts of two texts are equal"},
    Method{"subSequence", 2, 2, sub_sequence, "the part between two positions"},
    Method{"toCharacter", 0, 0, to_character, "the first character"},
};

}  // namespace

MethodTable string_place_methods() {
  return k_methods;
}

}  // namespace weir::lang
