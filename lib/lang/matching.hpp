#pragma once

#include "lang/objects.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

// Regular expressions with Java's meaning, by ICU (loaded when the first pattern that needs it is
// used). A pattern without any special character is searched as plain text. Matching stops with an
// exception after so many steps of ICU's own measure.

/// Steps that one match may take; each is some ten thousand states, about 0.2 ms.
inline constexpr std::int32_t k_match_steps_max = 20'000;

/// Java's flags, as PatternObject::flags has them.
inline constexpr std::int32_t k_case_insensitive = 2;
inline constexpr std::int32_t k_multi_line = 8;
inline constexpr std::int32_t k_literal = 16;
inline constexpr std::int32_t k_dot_all = 32;

[[nodiscard]] Ref<PatternObject> make_pattern(std::string source, std::int32_t flags = 0);
[[nodiscard]] Ref<MatcherObject> make_matcher(const Value& pattern, const Value& subject);

/// The whole text matches. Throws ScriptException (PatternSyntaxException) when the pattern is
/// malformed.
[[nodiscard]] bool matches_fully(PatternObject& pattern, std::string_view text);
/// Some part of the text matches. Throws ScriptException: PatternSyntaxException, or
/// StackOverflowError when the match takes more than `steps_max` steps.
[[nodiscard]] bool matches_somewhere(PatternObject& pattern, std::string_view text,
                                     std::int32_t steps_max = k_match_steps_max);
/// Finds the next match from where the last one ended, and keeps it.
bool find_next(MatcherObject& matcher);
/// `matches()` and `lookingAt()`; keep the match.
bool match_all(MatcherObject& matcher);
bool match_front(MatcherObject& matcher);
/// Forgets the last match.
void reset(MatcherObject& matcher);

/// The text of group `group` of `match`, or null when it took no part.
[[nodiscard]] Value group_text(const MatcherObject& matcher, const MatchGroups& match,
                               std::int32_t group);
/// Number of the group named `name`. Throws ScriptException when there is none.
[[nodiscard]] std::int32_t group_number(MatcherObject& matcher, std::string_view name);
[[nodiscard]] std::int32_t group_count(const PatternObject& pattern);

/// Every match of the pattern in `text`, from the start.
[[nodiscard]] std::vector<MatchGroups> find_all(PatternObject& pattern, std::string_view text);
/// `matcher[i]`: the text, or the list of the text and its groups.
[[nodiscard]] Value match_value(const MatcherObject& matcher, const MatchGroups& match);
/// `matcher[i]` for every i.
[[nodiscard]] std::vector<Value> all_matches(const MatcherObject& matcher);

enum class Which { first, all };
/// `replaceAll` and `replaceFirst` with Java's replacement text: `$1`, `${name}`, `\$`.
[[nodiscard]] std::string replace_matches(PatternObject& pattern, std::string_view text,
                                          std::string_view replacement, Which which);
/// The same with the text that `replace` makes of each match.
[[nodiscard]] std::string replace_matches(
    PatternObject& pattern, const Value& text, Which which,
    const std::function<std::string(const MatcherObject&, const MatchGroups&)>& replace);
/// `split(regex, limit)`: trailing empty parts are dropped when `limit` is 0.
[[nodiscard]] std::vector<std::string> split_by_pattern(PatternObject& pattern,
                                                        std::string_view text, std::int32_t limit);
/// Pattern.quote and Matcher.quoteReplacement.
[[nodiscard]] std::string quote_pattern(std::string_view text);
[[nodiscard]] std::string quote_replacement(std::string_view text);

}  // namespace weir::lang
