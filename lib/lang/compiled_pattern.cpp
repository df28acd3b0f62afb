#include "lang/internal/compiled_pattern.hpp"

#include "base/dynamic_library.hpp"
#include "lang/exceptions.hpp"
#include "lang/utf16.hpp"

#include <unicode/uregex.h>
#include <unicode/uvernum.h>

// ICU's regular expressions, loaded when the first pattern needs them.

namespace weir::lang {
namespace {

#define WEIR_TEXT_OF_VALUE(value) #value
#define WEIR_TEXT_OF(value) WEIR_TEXT_OF_VALUE(value)

constexpr std::int32_t k_known_flags =
    k_case_insensitive | k_multi_line | k_dot_all | 4 /* COMMENTS */ | 1 /* UNIX_LINES */;

/// The functions of libicui18n that are used; names carry the version that the headers say.
struct Icu {
  base::DynamicLibrary library{"libicui18n.so." U_ICU_VERSION_SHORT, "libicu" U_ICU_VERSION_SHORT};
#define WEIR_ICU_FUNCTION(name) \
  decltype(::name)* name = library.function<decltype(::name)>(WEIR_TEXT_OF(name))
  WEIR_ICU_FUNCTION(uregex_open);
  WEIR_ICU_FUNCTION(uregex_close);
  WEIR_ICU_FUNCTION(uregex_setText);
  WEIR_ICU_FUNCTION(uregex_setTimeLimit);
  WEIR_ICU_FUNCTION(uregex_matches);
  WEIR_ICU_FUNCTION(uregex_lookingAt);
  WEIR_ICU_FUNCTION(uregex_find);
  WEIR_ICU_FUNCTION(uregex_start);
  WEIR_ICU_FUNCTION(uregex_end);
  WEIR_ICU_FUNCTION(uregex_groupCount);
  WEIR_ICU_FUNCTION(uregex_groupNumberFromName);
#undef WEIR_ICU_FUNCTION
};

const Icu& icu() {
  static const Icu functions;
  return functions;
}

const char* explanation(UErrorCode status) {
  switch (status) {
    case U_REGEX_RULE_SYNTAX: return "syntax error";
    case U_REGEX_BAD_ESCAPE_SEQUENCE: return "unknown escape sequence";
    case U_REGEX_PROPERTY_SYNTAX: return "unknown property";
    case U_REGEX_UNIMPLEMENTED: return "not supported";
    case U_REGEX_MISMATCHED_PAREN: return "unbalanced parentheses";
    case U_REGEX_NUMBER_TOO_BIG: return "number too large";
    case U_REGEX_BAD_INTERVAL: return "malformed repetition";
    case U_REGEX_MAX_LT_MIN: return "repetition whose maximum is below its minimum";
    case U_REGEX_INVALID_BACK_REF: return "reference to a group that does not exist";
    case U_REGEX_INVALID_FLAG: return "unknown flag";
    case U_REGEX_LOOK_BEHIND_LIMIT: return "look-behind of unbounded length is not supported";
    case U_REGEX_MISSING_CLOSE_BRACKET: return "missing ']'";
    case U_REGEX_INVALID_RANGE: return "range whose end is below its beginning";
    case U_REGEX_INVALID_CAPTURE_GROUP_NAME: return "unknown group name";
    default: return "not a valid pattern";
  }
}

void check_match(UErrorCode status, const std::string& source) {
  if (U_SUCCESS(status)) return;
  if (status == U_REGEX_TIME_OUT || status == U_REGEX_STACK_OVERFLOW) {
    throw script_error(
        "StackOverflowError",
        "the pattern '" + source + "' takes too long on this text; avoid nested repetitions");
  }
  throw script_error("PatternSyntaxException", "the pattern '" + source + "' failed");
}

}  // namespace

CompiledPattern::CompiledPattern(std::string_view source, std::int32_t flags) : source_(source) {
  const bool literal = (flags & k_literal) != 0;
  const std::optional<std::string> plain = literal ? std::string(source) : plain_text_of(source);
  if (plain && (flags & k_case_insensitive) == 0 && (flags & 4) == 0) {
    plain_ = to_utf16(*plain);
    return;
  }
  const std::u16string pattern =
      to_utf16(literal ? quote_pattern(source) : translate_pattern(source));
  UErrorCode status = U_ZERO_ERROR;
  UParseError place{};
  regex_ = icu().uregex_open(pattern.data(), static_cast<std::int32_t>(pattern.size()),
                             static_cast<std::uint32_t>(flags & k_known_flags), &place, &status);
  if (U_FAILURE(status)) {
    throw script_error("PatternSyntaxException", std::string(explanation(status)) + " near index " +
                                                     std::to_string(place.offset) + " of '" +
                                                     source_ + "'");
  }
  group_count_ = icu().uregex_groupCount(regex_, &status);
}

CompiledPattern::~CompiledPattern() {
  if (regex_ != nullptr) icu().uregex_close(regex_);
}

std::optional<MatchGroups> CompiledPattern::match_plain(const std::u16string& text,
                                                        std::int32_t from, Anchor anchor) const {
  std::size_t at = 0;
  if (anchor == Anchor::none) {
    at = text.find(*plain_, static_cast<std::size_t>(from));
    if (at == std::u16string::npos) return std::nullopt;
  } else if (text.compare(0, plain_->size(), *plain_) != 0 ||
             (anchor == Anchor::both && text.size() != plain_->size())) {
    return std::nullopt;
  }
  const auto begin = static_cast<std::int32_t>(at);
  return MatchGroups{{{begin, begin + static_cast<std::int32_t>(plain_->size())}}};
}

std::optional<MatchGroups> CompiledPattern::match(const std::u16string& text, std::int32_t from,
                                                  Anchor anchor, std::int32_t steps_max) const {
  if (plain_) return match_plain(text, from, anchor);
  UErrorCode status = U_ZERO_ERROR;
  icu().uregex_setTimeLimit(regex_, steps_max, &status);
  icu().uregex_setText(regex_, text.data(), static_cast<std::int32_t>(text.size()), &status);
  UBool found = 0;
  switch (anchor) {
    case Anchor::none: found = icu().uregex_find(regex_, from, &status); break;
    case Anchor::front: found = icu().uregex_lookingAt(regex_, 0, &status); break;
    case Anchor::both: found = icu().uregex_matches(regex_, 0, &status); break;
  }
  check_match(status, source_);
  if (found == 0) return std::nullopt;
  MatchGroups groups;
  for (std::int32_t group = 0; group <= group_count_; ++group) {
    const std::int32_t begin = icu().uregex_start(regex_, group, &status);
    groups.bounds.emplace_back(begin, icu().uregex_end(regex_, group, &status));
  }
  return groups;
}

std::int32_t CompiledPattern::group_number(std::string_view name) const {
  if (regex_ == nullptr) return -1;
  const std::u16string wide = to_utf16(name);
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t number = icu().uregex_groupNumberFromName(
      regex_, wide.data(), static_cast<std::int32_t>(wide.size()), &status);
  return U_FAILURE(status) ? -1 : number;
}

}  // namespace weir::lang
