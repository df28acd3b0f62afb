#include "base/hash.hpp"
#include "base/text.hpp"
#include "lang/charsets.hpp"
#include "lang/encodings.hpp"
#include "lang/exceptions.hpp"
#include "lang/formatter.hpp"
#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <algorithm>
#include <array>
#include <limits>

// Methods of strings. Declared in method.hpp. What needs more than a few lines is in
// text_helpers.cpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

const std::string& text_of(Call call) {
  return call.self.text();
}
const StringObject& object_of(Call call) {
  return call.self.get<StringObject>();
}
Value text_value(std::string text) {
  return Value::string(std::move(text));
}

Value replace_by_pattern(Call call, Which which) {
  const Ref<PatternObject> pattern = pattern_argument(call, 0);
  if (!is_closure(call[1]))
    return text_value(replace_matches(*pattern, text_of(call), text_argument(call, 1), which));
  return text_value(replace_matches(
      *pattern, call.self, which, [&](const MatcherObject& matcher, const MatchGroups& match) {
        return to_text(call.interpreter.call(call[1], match_value(matcher, match)));
      }));
}

Value replace(Call call) {
  if (call[0].kind() == Kind::pattern) return replace_by_pattern(call, Which::all);
  const std::string from = text_argument(call, 0);
  const std::string to = text_argument(call, 1);
  if (!from.empty()) return text_value(base::replace_all(text_of(call), from, to));
  // An empty text is found before every character and at the end.
  std::string result = to;
  for (const char32_t c : to_code_points(text_of(call))) {
    append_utf8(result, c);
    result += to;
  }
  return text_value(std::move(result));
}

Value substring(Call call) {
  const StringObject& text = object_of(call);
  const std::int64_t length = length_of(text);
  const std::int64_t begin = integer_argument(call, 0);
  const std::int64_t end = integer_argument(call, 1, length);
  if (begin < 0 || end > length || begin > end) {
    throw script_error("StringIndexOutOfBoundsException", "begin " + std::to_string(begin) +
                                                              ", end " + std::to_string(end) +
                                                              ", length " + std::to_string(length));
  }
  return text_value(slice(text, begin, end));
}

/// The first (or, with a negative sign, last) `count` units, or the rest.
Value take(Call call, bool from_end, bool rest) {
  const std::int64_t length = length_of(object_of(call));
  const std::int64_t count = std::clamp<std::int64_t>(integer_argument(call, 0), 0, length);
  const std::int64_t cut = from_end ? length - count : count;
  const bool front = from_end == rest;
  return text_value(front ? slice(object_of(call), 0, cut) : slice(object_of(call), cut, length));
}

Value index_of(Call call, bool from_end) {
  const StringObject& text = object_of(call);
  const std::string part = text_argument(call, 0);
  const std::int64_t from =
      integer_argument(call, 1, from_end ? std::numeric_limits<std::int64_t>::max() : 0);
  if (from_end && from < 0) return Value::integer(-1);
  const auto start = static_cast<std::size_t>(std::clamp<std::int64_t>(from, 0, length_of(text)));
  const auto found_in = [&](const auto& where, const auto& what) {
    return from_end ? where.rfind(what, start) : where.find(what, start);
  };
  const std::size_t found =
      text.is_ascii() ? found_in(text.text(), part) : found_in(text.units(), to_utf16(part));
  return Value::number(found == std::string::npos ? -1 : static_cast<std::int64_t>(found));
}

Value count(Call call) {
  const std::string part = text_argument(call, 0);
  if (part.empty()) return Value::number(length_of(object_of(call)) + 1);
  std::int64_t found = 0;
  // As Groovy counts: occurrences may overlap.
  for (std::size_t at = text_of(call).find(part); at != std::string::npos;
       at = text_of(call).find(part, at + 1))
    ++found;
  return Value::number(found);
}

/// Characters are visited like the elements of a list.
Value as_characters(Call call, std::string_view method) {
  const Value characters = make_list(elements_of(call.self));
  return call.interpreter.call_method(characters, method, Arguments{call.arguments, nullptr});
}

Value split(Call call) {
  if (call.size() == 1 && is_closure(call[0])) return as_characters(call, "split");
  std::vector<std::string> parts;
  if (call.size() == 0) {
    parts = tokens_of(text_of(call), " \t\n\r\f");
  } else {
    parts = split_by_pattern(*pattern_argument(call, 0), text_of(call),
                             static_cast<std::int32_t>(integer_argument(call, 1, 0)));
  }
  return string_array(parts);
}

Value tokenize(Call call) {
  return string_list(
      tokens_of(text_of(call), call.size() == 0 ? " \t\n\r\f" : text_argument(call, 0)));
}

Value pad(Call call, bool left, bool right) {
  const std::int64_t missing = integer_argument(call, 0) - length_of(object_of(call));
  if (missing <= 0) return call.self;
  if (missing > 100'000'000)
    throw script_error("OutOfMemoryError", "the padded text would be too long");
  const std::string filler = call.has(1) ? text_argument(call, 1) : " ";
  if (filler.empty())
    throw script_error("IllegalArgumentException", "the padding must not be empty");
  const auto filled = [&](std::int64_t units) {
    std::string padding;
    const StringObject unit(filler);
    for (std::int64_t i = 0; i < units / length_of(unit); ++i) padding += filler;
    return padding + slice(unit, 0, units % length_of(unit));
  };
  const std::int64_t before = left && right ? missing / 2 : (left ? missing : 0);
  return text_value(filled(before) + text_of(call) + filled(right ? missing - before : 0));
}

Value to_number(Call call, std::string_view type) {
  return cast(call.interpreter, call.self, type);
}

Value parses(Call call, int bits) {
  return Value::boolean(parse_java_integer(base::trim(text_of(call)), bits).has_value());
}

Value is_decimal(Call call) {
  return Value::boolean(Decimal::parse(base::trim(text_of(call))).has_value());
}

Value is_double(Call call) {
  const std::string_view text = base::trim(text_of(call));
  return Value::boolean(!text.empty() && parse_java_double(text).has_value());
}

Value to_boolean(Call call) {
  const std::string text = base::to_lower_ascii(base::trim(text_of(call)));
  return Value::boolean(text == "true" || text == "y" || text == "1");
}

Value each_line(Call call) {
  std::int64_t number = call.size() == 2 ? integer_argument(call, 0) : 0;
  Value last;
  for (const std::string& line : lines_of(text_of(call))) {
    const Value& closure = call[call.size() - 1];
    last = closure_arity(closure) == 2
               ? call.interpreter.call(closure, Value::string(line), Value::number(number++))
               : call.interpreter.call(closure, Value::string(line));
  }
  return last;
}

Value find(Call call) {
  if (is_closure(call[0])) return as_characters(call, "find");
  const Ref<PatternObject> pattern = pattern_argument(call, 0);
  const Ref<MatcherObject> matcher = make_matcher(pattern, call.self);
  if (!find_next(*matcher)) return {};
  if (call.size() == 1) return group_text(*matcher, *matcher->current, 0);
  return call.interpreter.call(call[1], match_value(*matcher, *matcher->current));
}

Value find_all(Call call) {
  if (is_closure(call[0])) return as_characters(call, "findAll");
  const Ref<PatternObject> pattern = pattern_argument(call, 0);
  const Ref<MatcherObject> matcher = make_matcher(pattern, call.self);
  std::vector<Value> found;
  for (const MatchGroups& match : find_all(*pattern, text_of(call))) {
    const Value value = match_value(*matcher, match);
    found.push_back(call.size() == 2 ? call.interpreter.call(call[1], value)
                                     : group_text(*matcher, match, 0));
  }
  return make_list(std::move(found));
}

Value bytes(Call call) {
  return list_of_bytes(encoded(text_of(call), call.has(0) ? text_argument(call, 0) : "UTF-8"));
}

/// "#ff" and "0x10" too, as Integer.decode.
Value execute(Call call) {
  return run_command(call.interpreter, tokens_of(text_of(call), " \t\n\r\f"), call.arguments);
}

Value char_at(Call call) {
  const std::int64_t index = integer_argument(call, 0);
  if (index < 0 || index >= length_of(object_of(call))) {
    throw script_error("StringIndexOutOfBoundsException",
                       "index " + std::to_string(index) + ", length " +
                           std::to_string(length_of(object_of(call))));
  }
  return text_value(slice(object_of(call), index, index + 1));
}

/// What stands before or after the first occurrence of a text; the whole, or nothing, when there is
/// none.
Value around(Call call, bool before) {
  const std::string part = text_argument(call, 0);
  const std::size_t at = text_of(call).find(part);
  if (at == std::string::npos || part.empty()) return text_value("");
  return text_value(before ? text_of(call).substr(0, at) : text_of(call).substr(at + part.size()));
}

Value format(Call call) {
  return text_value(format_text(text_of(call), call.arguments));
}

Value matches(Call call) {
  return Value::boolean(matches_fully(*pattern_argument(call, 0), text_of(call)));
}

Value equals_ignoring_case(Call call) {
  return Value::boolean(!call[0].is_null() &&
                        to_lower(text_of(call)) == to_lower(to_text(call[0])));
}

Value change_first(Call call, std::string (*change)(std::string_view)) {
  if (text_of(call).empty()) return call.self;
  const StringObject& text = object_of(call);
  const std::string changed = change(slice(text, 0, 1));
  // A letter whose other case is several letters stays as it is.
  if (length_of(StringObject(changed)) != 1) return call.self;
  return text_value(changed + slice(text, 1, length_of(text)));
}

bool starts_with(const std::string& text, const std::string& part) {
  return text.compare(0, part.size(), part) == 0;
}
bool ends_with(const std::string& text, const std::string& part) {
  return text.size() >= part.size() &&
         text.compare(text.size() - part.size(), part.size(), part) == 0;
}

Value any_prefix(Call call, bool (*test)(const std::string&, const std::string&)) {
  for (std::size_t i = 0; i < call.size(); ++i) {
    for (const Value& part :
         is_collection(call[i]) ? elements_of(call[i]) : std::vector<Value>{call[i]}) {
      if (test(text_of(call), to_text(part))) return Value::boolean(true);
    }
  }
  return Value::boolean(false);
}

Value compare_ignoring_case(Call call) {
  const std::string other = to_lower(text_argument(call, 0));
  return Value::integer(compare_units(to_lower(text_of(call)), other));
}

Value contains_ignoring_case(Call call) {
  const std::string other = to_lower(text_argument(call, 0));
  // Groovy finds an empty text nowhere.
  return Value::boolean(!other.empty() && base::contains(to_lower(text_of(call)), other));
}

Value with_unix_lines(Call call) {
  const std::string text = base::replace_all(std::string(text_of(call)), "\r\n", "\n");
  return text_value(base::replace_all(text, "\r", "\n"));
}

Value starts_at(Call call) {
  const std::int64_t from = integer_argument(call, 1, 0);
  const std::string part = text_argument(call, 0);
  if (from < 0 || from > length_of(object_of(call))) return Value::boolean(false);
  const std::size_t begin = byte_offset(object_of(call), from);
  return Value::boolean(starts_with(text_of(call).substr(begin), part));
}

Value strip_margin(Call call) {
  return text_value(without_margin(text_of(call), call.has(0) ? text_argument(call, 0) : "|"));
}

Value replace_letters(Call call) {
  const std::string from = text_argument(call, 0);
  return text_value(transliterated(text_of(call), from, text_argument(call, 1)));
}

/// The last character moved by `step` in the order of Unicode: 'sample9' follows 'sample8'.
Value neighbour(Call call, int step) {
  const std::string& text = text_of(call);
  if (text.empty() || static_cast<unsigned char>(text.back()) >= 0x7f) {
    throw script_error("UnsupportedOperationException",
                       "next() and previous() want a last letter of ASCII");
  }
  std::string moved = text;
  moved.back() = static_cast<char>(moved.back() + step);
  return text_value(std::move(moved));
}

/// The characters from the beginning for which the closure holds, or what follows them.
Value while_accepted(Call call, bool keep) {
  const std::vector<Value> characters = elements_of(call.self);
  std::size_t count = 0;
  while (count < characters.size() && truth(call.interpreter.call(call[0], characters[count])))
    ++count;
  std::string text;
  for (std::size_t i = keep ? 0 : count; i < (keep ? count : characters.size()); ++i)
    text += to_text(characters[i]);
  return text_value(std::move(text));
}

/// takeBetween(enclosure), (from, to), (enclosure, occurrence), (from, to, occurrence); the first
/// occurrence is 0.
Value take_between(Call call) {
  const std::string& text = text_of(call);
  const std::string from = text_argument(call, 0);
  const bool has_end = call.has(1) && !is_number(call[1]);
  const std::string to = has_end ? text_argument(call, 1) : from;
  const std::int64_t wanted = integer_argument(call, has_end ? 2 : 1, 0);
  if (wanted < 0 || from.empty() || to.empty()) return text_value("");
  std::size_t at = 0;
  for (std::int64_t occurrence = 0;; ++occurrence) {
    const std::size_t begin = text.find(from, at);
    const std::size_t end = begin == std::string::npos ? begin : text.find(to, begin + from.size());
    if (end == std::string::npos) return text_value("");
    if (occurrence == wanted)
      return text_value(text.substr(begin + from.size(), end - begin - from.size()));
    at = end + to.size() + 1;  // as Groovy: what follows at once is no occurrence
  }
}

constexpr std::array k_methods = {
    Method{"any", 0, 1,
           [](Call call) { return as_characters(call, "any"); },
           "whether the closure holds for a character"},
    Method{"asBoolean", 0, 0,
           [](Call call) { return Value::boolean(!text_of(call).empty()); },
           "whether it is not empty"},
    Method{"bytes", 0, 1, bytes, "the bytes as integers, of UTF-8 or another charset"},
    Method{"capitalize", 0, 0,
           [](Call call) { return change_first(call, to_upper); },
           "with an upper-case first letter"},
    Method{"center", 1, 2,
           [](Call call) { return pad(call, true, true); },
           "padded on both sides to a length"},
    Method{"charAt", 1, 1, char_at, "the character at a position"},
    Method{"chars", 0, 0,
           [](Call call) { return make_list(elements_of(call.self)); },
           "the characters"},
    Method{"collect", 0, 1,
           [](Call call) { return as_characters(call, "collect"); },
           "what the closure gives for each character"},
    Method{"compareTo", 1, 1,
           [](Call call) {
             return Value::integer(compare_units(text_of(call), text_argument(call, 0)));
           },
           "the order by UTF-16 units"},
    Method{"compareToIgnoreCase", 1, 1, compare_ignoring_case, "the order regardless of case"},
    Method{"concat", 1, 1,
           [](Call call) { return text_value(text_of(call) + text_argument(call, 0)); },
           "followed by another text"},
    Method{"contains", 1, 1,
           [](Call call) {
             return Value::boolean(base::contains(text_of(call), text_argument(call, 0)));
           },
           "whether the text occurs"},
    Method{"containsIgnoreCase", 1, 1, contains_ignoring_case,
           "whether the text occurs, regardless of case"},
    Method{"contentEquals", 1, 1,
           [](Call call) { return Value::boolean(text_of(call) == text_argument(call, 0)); },
           "whether the characters are the same"},
    Method{"count", 1, 1, count, "how often the text occurs"},
    Method{"decodeBase64", 0, 0,
           [](Call call) { return list_of_bytes(base64_decode(text_of(call))); },
           "the bytes behind Base64"},
    Method{"decodeHex", 0, 0,
           [](Call call) { return list_of_bytes(hex_decode(text_of(call))); },
           "the bytes behind hexadecimal digits"},
    Method{"denormalize", 0, 0,
           with_unix_lines,
           "with this system's line ends"},
    Method{"digest", 1, 1,
           [](Call call) { return text_value(digest_hex(text_argument(call, 0), text_of(call))); },
           "a checksum by the name of its algorithm"},
    Method{"drop", 1, 1,
           [](Call call) { return take(call, false, true); },
           "without the first characters"},
    Method{"dropRight", 1, 1,
           [](Call call) { return take(call, true, true); },
           "without the last characters"},
    Method{"dropWhile", 1, 1,
           [](Call call) { return while_accepted(call, false); },
           "without the first characters for which the closure holds"},
    Method{"each", 1, 1,
           [](Call call) { as_characters(call, "each"); return call.self; },
           "calls the closure with each character"},
    Method{"eachLine", 1, 2, each_line, "calls the closure with each line"},
    Method{"eachWithIndex", 1, 1,
           [](Call call) { as_characters(call, "eachWithIndex"); return call.self; },
           "calls the closure with each character and its position"},
    Method{"endsWithIgnoreCase", 1, 1,
           [](Call call) {
             const std::string end = to_lower(text_argument(call, 0));
             return Value::boolean(!end.empty() && to_lower(text_of(call)).ends_with(end));
           },
           "whether it ends so, regardless of case"},
    Method{"startsWithIgnoreCase", 1, 1,
           [](Call call) {
             const std::string begin = to_lower(text_argument(call, 0));
             return Value::boolean(!begin.empty() && to_lower(text_of(call)).starts_with(begin));
           },
           "whether it begins so, regardless of case"},
    Method{"next", 0, 0,
           [](Call call) { return neighbour(call, 1); },
           "with the next letter at the end"},
    Method{"previous", 0, 0,
           [](Call call) { return neighbour(call, -1); },
           "with the letter before at the end"},
    Method{"encodeBase64", 0, 0,
           [](Call call) { return text_value(base64_encode(text_of(call))); },
           "the bytes as Base64"},
    Method{"encodeHex", 0, 0,
           [](Call call) { return text_value(hex_encode(text_of(call))); },
           "the bytes as hexadecimal"},
    Method{"endsWith", 1, 1,
           [](Call call) {
             return Value::boolean(ends_with(text_of(call), text_argument(call, 0)));
           },
           "whether it ends so"},
    Method{"endsWithAny", 1, -1,
           [](Call call) { return any_prefix(call, ends_with); },
           "whether it ends with one of the texts"},
    Method{"equalsIgnoreCase", 1, 1, equals_ignoring_case, "whether equal regardless of case"},
    Method{"every", 0, 1,
           [](Call call) { return as_characters(call, "every"); },
           "whether the closure holds for all characters"},
    Method{"execute", 0, 2, execute, "runs the text as a command and waits for its end"},
    Method{"find", 1, 2, find, "the first match of a pattern, or null"},
    Method{"findAll", 1, 2, find_all, "all matches of a pattern"},
    Method{"format", 0, -1, format, "fills the placeholders (%s, %d, %.2f)"},
    Method{"formatted", 0, -1, format, "fills the placeholders (%s, %d, %.2f)"},
    Method{"getAt", 1, 1,
           [](Call call) { return call.interpreter.index(call.self, call[0]); },
           "the character or part at a position or range"},
    Method{"getBytes", 0, 1, bytes, "the bytes as integers, of UTF-8 or another charset"},
    Method{"indent", 0, 1,
           [](Call call) {
             return text_value(indented(text_of(call), call.has(0) ? call[0] : Value::string(" ")));
           },
           "every line with a prefix, or so many blanks"},
    Method{"indexOf", 1, 2,
           [](Call call) { return index_of(call, false); },
           "position of the first occurrence, or -1"},
    Method{"intern", 0, 0, [](Call call) { return call.self; }, "the text"},
    Method{"inject", 1, 2,
           [](Call call) { return as_characters(call, "inject"); },
           "folds the characters into one value"},
    Method{"isAllWhitespace", 0, 0,
           [](Call call) { return Value::boolean(stripped(text_of(call), true, true).empty()); },
           "whether there is nothing but white space"},
    Method{"isBigDecimal", 0, 0, is_decimal, "whether it reads as a decimal"},
    Method{"isBigInteger", 0, 0,
           [](Call call) {
             return Value::boolean(BigInteger::parse(base::trim(text_of(call))).has_value());
           },
           "whether it reads as an integer"},
    Method{"isBlank", 0, 0,
           [](Call call) { return Value::boolean(stripped(text_of(call), true, true).empty()); },
           "whether there is nothing but white space"},
    Method{"isDouble", 0, 0, is_double, "whether it reads as a double"},
    Method{"isEmpty", 0, 0,
           [](Call call) { return Value::boolean(text_of(call).empty()); },
           "whether the length is 0"},
    Method{"isFloat", 0, 0, is_double, "whether it reads as a float"},
    Method{"isInteger", 0, 0,
           [](Call call) { return parses(call, 32); },
           "whether it reads as a 32-bit integer"},
    Method{"isLong", 0, 0,
           [](Call call) { return parses(call, 64); },
           "whether it reads as a 64-bit integer"},
    Method{"isLowerCase", 0, 0,
           [](Call call) { return Value::boolean(to_lower(text_of(call)) == text_of(call)); },
           "whether there is no upper-case letter"},
    Method{"isNumber", 0, 0, is_decimal, "whether it reads as a number"},
    Method{"isUpperCase", 0, 0,
           [](Call call) { return Value::boolean(to_upper(text_of(call)) == text_of(call)); },
           "whether there is no lower-case letter"},
    Method{"lastIndexOf", 1, 2,
           [](Call call) { return index_of(call, true); },
           "position of the last occurrence, or -1"},
    Method{"leftTrim", 0, 0,
           [](Call call) { return text_value(stripped(text_of(call), true, false)); },
           "without white space in front"},
    Method{"leftShift", 1, 1,
           [](Call call) { return text_value(text_of(call) + java_text(call[0])); },
           "followed by something, as `<<`"},
    Method{"length", 0, 0,
           [](Call call) { return Value::number(size_of(call.self)); },
           "number of UTF-16 units"},
    Method{"lines", 0, 0,
           [](Call call) { return string_list(lines_of(text_of(call))); },
           "the lines"},
    Method{"matches", 1, 1, matches, "whether the whole text matches the pattern"},
    Method{"md5", 0, 0,
           [](Call call) { return text_value(base::md5_hex(text_of(call))); },
           "the MD5 checksum"},
    Method{"minus", 1, 1,
           [](Call call) { return subtract(call.interpreter, call.self, call[0]); },
           "without the first occurrence of a text or pattern"},
    Method{"multiply", 1, 1,
           [](Call call) { return multiply(call.interpreter, call.self, call[0]); },
           "repeated"},
    Method{"normalize", 0, 0, with_unix_lines, "with line feeds as line ends"},
    Method{"padLeft", 1, 2,
           [](Call call) { return pad(call, true, false); },
           "padded in front to a length"},
    Method{"padRight", 1, 2,
           [](Call call) { return pad(call, false, true); },
           "padded behind to a length"},
    Method{"plus", 1, 1,
           [](Call call) { return add(call.interpreter, call.self, call[0]); },
           "followed by another text"},
    Method{"readLines", 0, 0,
           [](Call call) { return string_list(lines_of(text_of(call))); },
           "the lines"},
    Method{"repeat", 1, 1,
           [](Call call) { return multiply(call.interpreter, call.self, call[0]); },
           "repeated"},
    Method{"replace", 2, 2, replace, "every occurrence of a text replaced"},
    Method{"replaceAll", 2, 2,
           [](Call call) { return replace_by_pattern(call, Which::all); },
           "every match of a pattern replaced"},
    Method{"replaceFirst", 2, 2,
           [](Call call) { return replace_by_pattern(call, Which::first); },
           "the first match of a pattern replaced"},
    Method{"reverse", 0, 0,
           [](Call call) { return text_value(reversed(text_of(call))); },
           "in reverse order"},
    Method{"rightTrim", 0, 0,
           [](Call call) { return text_value(stripped(text_of(call), false, true)); },
           "without white space behind"},
    Method{"sha256", 0, 0,
           [](Call call) { return text_value(base::sha256_hex(text_of(call))); },
           "the SHA-256 checksum"},
    Method{"size", 0, 0,
           [](Call call) { return Value::number(size_of(call.self)); },
           "number of UTF-16 units"},
    Method{"split", 0, 2,
           split,
           "the parts between matches of a pattern, at white space by default"},
    Method{"startsWith", 1, 2, starts_at, "whether it begins so"},
    Method{"startsWithAny", 1, -1,
           [](Call call) { return any_prefix(call, starts_with); },
           "whether it begins with one of the texts"},
    Method{"strip", 0, 0,
           [](Call call) { return text_value(stripped(text_of(call), true, true)); },
           "without white space around"},
    Method{"stripIndent", 0, 1,
           [](Call call) {
             const std::string& text = text_of(call);
             return text_value(call.has(0) ? without_indent(text, integer_argument(call, 0))
                                           : without_indent(text));
           },
           "without the blanks that all lines begin with"},
    Method{"stripLeading", 0, 0,
           [](Call call) { return text_value(stripped(text_of(call), true, false)); },
           "without white space in front"},
    Method{"stripMargin", 0, 1, strip_margin,
           "each line without what stands before the margin sign"},
    Method{"stripTrailing", 0, 0,
           [](Call call) { return text_value(stripped(text_of(call), false, true)); },
           "without white space behind"},
    Method{"substring", 1, 2, substring, "the part between two positions"},
    Method{"take", 1, 1,
           [](Call call) { return take(call, false, false); },
           "the first characters"},
    Method{"takeAfter", 1, 1,
           [](Call call) { return around(call, false); },
           "what follows the first occurrence of a text"},
    Method{"takeBetween", 1, 3, take_between, "what stands between two texts, or two of one"},
    Method{"takeBefore", 1, 1,
           [](Call call) { return around(call, true); },
           "what precedes the first occurrence of a text"},
    Method{"takeRight", 1, 1,
           [](Call call) { return take(call, true, false); },
           "the last characters"},
    Method{"takeWhile", 1, 1,
           [](Call call) { return while_accepted(call, true); },
           "the first characters for which the closure holds"},
    Method{"toBigDecimal", 0, 0,
           [](Call call) { return to_number(call, "BigDecimal"); },
           "read as a decimal"},
    Method{"toBigInteger", 0, 0,
           [](Call call) { return to_number(call, "BigInteger"); },
           "read as an integer of any size"},
    Method{"toBoolean", 0, 0, to_boolean, "whether it says true, y or 1"},
    Method{"toCharArray", 0, 0,
           [](Call call) { return make_list(elements_of(call.self)); },
           "the characters"},
    Method{"toDouble", 0, 0,
           [](Call call) { return to_number(call, "Double"); },
           "read as a double"},
    Method{"toDuration", 0, 0,
           [](Call call) { return to_number(call, "Duration"); },
           "read as a duration"},
    Method{"toFloat", 0, 0, [](Call call) { return to_number(call, "Float"); }, "read as a float"},
    Method{"toInteger", 0, 0,
           [](Call call) { return to_number(call, "Integer"); },
           "read as a 32-bit integer"},
    Method{"toList", 0, 0,
           [](Call call) { return make_list(elements_of(call.self)); },
           "the characters"},
    Method{"toLong", 0, 0,
           [](Call call) { return to_number(call, "Long"); },
           "read as a 64-bit integer"},
    Method{"toLowerCase", 0, 1,
           [](Call call) { return text_value(to_lower(text_of(call))); },
           "in lower case"},
    Method{"toMemory", 0, 0,
           [](Call call) { return to_number(call, "MemoryUnit"); },
           "read as a memory size"},
    Method{"toPath", 0, 0, [](Call call) { return parse_path(text_of(call)); }, "as a path"},
    Method{"toSet", 0, 0,
           [](Call call) {
             return make_hash_set(elements_of(call.self));
           },
           "the characters, each once"},
    Method{"toUpperCase", 0, 1,
           [](Call call) { return text_value(to_upper(text_of(call))); },
           "in upper case"},
    Method{"tokenize", 0, 1,
           tokenize,
           "the parts between any of the separator characters, without empty ones"},
    Method{"tr", 2, 2, replace_letters, "characters replaced one by one"},
    Method{"trim", 0, 0,
           [](Call call) { return text_value(trimmed(text_of(call))); },
           "without blanks and control characters around"},
    Method{"uncapitalize", 0, 0,
           [](Call call) { return change_first(call, to_lower); },
           "with a lower-case first letter"},
};

}  // namespace

MethodTable string_methods() {
  return k_methods;
}

}  // namespace weir::lang
