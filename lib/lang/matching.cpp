#include "lang/matching.hpp"

#include "lang/exceptions.hpp"
#include "lang/internal/compiled_pattern.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <unordered_map>

namespace weir::lang {
namespace {

constexpr std::size_t k_kept_patterns_max = 512;

/// Patterns are often written as text at the place of use; each text is compiled once.
std::shared_ptr<const CompiledPattern> compile(const std::string& source, std::int32_t flags) {
  thread_local std::unordered_map<std::string, std::shared_ptr<const CompiledPattern>> kept;
  std::string key = std::to_string(flags) + ":" + source;
  const auto found = kept.find(key);
  if (found != kept.end()) return found->second;
  if (kept.size() >= k_kept_patterns_max) kept.clear();
  const auto compiled = std::make_shared<const CompiledPattern>(source, flags);
  kept.emplace(std::move(key), compiled);
  return compiled;
}

const CompiledPattern& compiled(PatternObject& pattern) {
  if (pattern.compiled == nullptr) pattern.compiled = compile(pattern.source, pattern.flags);
  return *pattern.compiled;
}

/// Where the search goes on behind a match: a step further when it was empty.
std::int32_t behind(const MatchGroups& match, const std::u16string& text) {
  const auto [begin, end] = match.bounds[0];
  if (end > begin) return end;
  const auto at = static_cast<std::size_t>(end);
  const bool pair = at + 1 < text.size() && text[at] >= 0xD800 && text[at] < 0xDC00;
  return end + (pair ? 2 : 1);
}

std::vector<MatchGroups> matches_in(const CompiledPattern& pattern, const std::u16string& text,
                                    std::size_t limit = static_cast<std::size_t>(-1)) {
  std::vector<MatchGroups> matches;
  std::int32_t from = 0;
  while (from <= static_cast<std::int32_t>(text.size()) && matches.size() < limit) {
    std::optional<MatchGroups> match = pattern.match(text, from, CompiledPattern::Anchor::none);
    if (!match) break;
    from = behind(*match, text);
    matches.push_back(std::move(*match));
  }
  return matches;
}

std::string part(const std::u16string& text, std::int32_t begin, std::int32_t end) {
  return to_utf8(std::u16string_view(text).substr(static_cast<std::size_t>(begin),
                                                  static_cast<std::size_t>(end - begin)));
}

/// A replacement text with its group references filled in.
std::string filled(const CompiledPattern& pattern, std::string_view replacement,
                   const std::u16string& text, const MatchGroups& match) {
  std::string result;
  const auto put_group = [&](std::int32_t group) {
    const auto [begin, end] = match.bounds[static_cast<std::size_t>(group)];
    if (begin >= 0) result += part(text, begin, end);
  };
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] == '\\' && i + 1 < replacement.size()) {
      result += replacement[++i];
    } else if (replacement[i] != '$') {
      result += replacement[i];
    } else if (i + 1 < replacement.size() && replacement[i + 1] == '{') {
      const std::size_t end = replacement.find('}', i);
      const std::string_view name = replacement.substr(i + 2, end - i - 2);
      const std::int32_t group = end == std::string_view::npos ? -1 : pattern.group_number(name);
      if (group < 0)
        throw script_error("IllegalArgumentException",
                           "No group with name {" + std::string(name) + "}");
      put_group(group);
      i = end;
    } else {
      std::size_t digits = 0;
      std::int32_t group = -1;
      while (i + 1 + digits < replacement.size() && replacement[i + 1 + digits] >= '0' &&
             replacement[i + 1 + digits] <= '9') {
        const std::int32_t next = std::max(group, 0) * 10 + (replacement[i + 1 + digits] - '0');
        if (digits > 0 && next > pattern.group_count()) break;
        group = next;
        ++digits;
      }
      if (digits == 0)
        throw script_error("IllegalArgumentException", "Illegal group reference in '" +
                                                           std::string(replacement) +
                                                           "'; write \\$ for a dollar sign");
      if (group > pattern.group_count())
        throw script_error("IndexOutOfBoundsException", "No group " + std::to_string(group));
      put_group(group);
      i += digits;
    }
  }
  return result;
}

/// The text with each match replaced by what `make` gives for it.
template <typename Make>
std::string replaced(const std::u16string& text, const std::vector<MatchGroups>& matches,
                     const Make& make) {
  std::string result;
  std::int32_t done = 0;
  for (const MatchGroups& match : matches) {
    result += part(text, done, match.bounds[0].first);
    result += make(match);
    done = match.bounds[0].second;
  }
  return result + part(text, done, static_cast<std::int32_t>(text.size()));
}

const std::u16string& units_of(MatcherObject& matcher) {
  if (matcher.units.empty()) matcher.units = to_utf16(matcher.subject.text());
  return matcher.units;
}

bool keep(MatcherObject& matcher, std::optional<MatchGroups> match, const std::u16string& text) {
  matcher.current = std::move(match);
  if (matcher.current) matcher.next_start = behind(*matcher.current, text);
  return matcher.current.has_value();
}

}  // namespace

Ref<PatternObject> make_pattern(std::string source, std::int32_t flags) {
  return make<PatternObject>(std::move(source), flags);
}

Ref<MatcherObject> make_matcher(const Value& pattern, const Value& subject) {
  if (pattern.is_null() || subject.is_null())
    throw script_error("NullPointerException", "a pattern cannot be matched with null");
  const Ref<PatternObject> compiled_pattern = pattern.kind() == Kind::pattern
                                                  ? Ref<PatternObject>(pattern.as<PatternObject>())
                                                  : make_pattern(to_text(pattern));
  static_cast<void>(
      compiled(*compiled_pattern));  // a malformed pattern is reported where it is written
  return make<MatcherObject>(compiled_pattern,
                             subject.is_string() ? subject : Value::string(to_text(subject)));
}

bool matches_fully(PatternObject& pattern, std::string_view text) {
  return compiled(pattern).match(to_utf16(text), 0, CompiledPattern::Anchor::both).has_value();
}

bool matches_somewhere(PatternObject& pattern, std::string_view text, std::int32_t steps_max) {
  return compiled(pattern)
      .match(to_utf16(text), 0, CompiledPattern::Anchor::none, steps_max)
      .has_value();
}

bool find_next(MatcherObject& matcher) {
  const std::u16string& text = units_of(matcher);
  if (matcher.next_start > static_cast<std::int32_t>(text.size())) {
    matcher.current.reset();
    return false;
  }
  return keep(
      matcher,
      compiled(*matcher.pattern).match(text, matcher.next_start, CompiledPattern::Anchor::none),
      text);
}

bool match_all(MatcherObject& matcher) {
  const std::u16string& text = units_of(matcher);
  return keep(matcher, compiled(*matcher.pattern).match(text, 0, CompiledPattern::Anchor::both),
              text);
}

bool match_front(MatcherObject& matcher) {
  const std::u16string& text = units_of(matcher);
  return keep(matcher, compiled(*matcher.pattern).match(text, 0, CompiledPattern::Anchor::front),
              text);
}

void reset(MatcherObject& matcher) {
  matcher.current.reset();
  matcher.next_start = 0;
}

Value group_text(const MatcherObject& matcher, const MatchGroups& match, std::int32_t group) {
  const auto [begin, end] = match.bounds.at(static_cast<std::size_t>(group));
  if (begin < 0) return {};
  return Value::string(slice(matcher.subject.get<StringObject>(), begin, end));
}

std::int32_t group_number(MatcherObject& matcher, std::string_view name) {
  const std::int32_t group = compiled(*matcher.pattern).group_number(name);
  if (group < 0)
    throw script_error("IllegalArgumentException",
                       "No group with name <" + std::string(name) + ">");
  return group;
}

std::int32_t group_count(const PatternObject& pattern) {
  return compiled(const_cast<PatternObject&>(pattern)).group_count();
}

std::vector<MatchGroups> find_all(PatternObject& pattern, std::string_view text) {
  return matches_in(compiled(pattern), to_utf16(text));
}

Value match_value(const MatcherObject& matcher, const MatchGroups& match) {
  if (match.bounds.size() == 1) return group_text(matcher, match, 0);
  std::vector<Value> groups;
  for (std::size_t i = 0; i < match.bounds.size(); ++i)
    groups.push_back(group_text(matcher, match, static_cast<std::int32_t>(i)));
  return make_list(std::move(groups));
}

std::vector<Value> all_matches(const MatcherObject& matcher) {
  std::vector<Value> values;
  for (const MatchGroups& match : find_all(*matcher.pattern, matcher.subject.text()))
    values.push_back(match_value(matcher, match));
  return values;
}

std::string replace_matches(PatternObject& pattern, std::string_view text,
                            std::string_view replacement, Which which) {
  const std::u16string wide = to_utf16(text);
  const CompiledPattern& machine = compiled(pattern);
  const std::vector<MatchGroups> matches =
      matches_in(machine, wide, which == Which::first ? 1 : static_cast<std::size_t>(-1));
  return replaced(wide, matches, [&](const MatchGroups& match) {
    return filled(machine, replacement, wide, match);
  });
}

std::string replace_matches(
    PatternObject& pattern, const Value& text, Which which,
    const std::function<std::string(const MatcherObject&, const MatchGroups&)>& replace) {
  const std::u16string wide = to_utf16(text.text());
  const Ref<MatcherObject> matcher = make<MatcherObject>(Ref<PatternObject>(&pattern), text);
  const std::vector<MatchGroups> matches =
      matches_in(compiled(pattern), wide, which == Which::first ? 1 : static_cast<std::size_t>(-1));
  return replaced(wide, matches,
                  [&](const MatchGroups& match) { return replace(*matcher, match); });
}

std::vector<std::string> split_by_pattern(PatternObject& pattern, std::string_view text,
                                          std::int32_t limit) {
  const std::u16string wide = to_utf16(text);
  std::vector<std::string> parts;
  std::int32_t done = 0;
  for (const MatchGroups& match : matches_in(compiled(pattern), wide)) {
    if (limit > 0 && static_cast<std::int32_t>(parts.size()) == limit - 1) break;
    const auto [begin, end] = match.bounds[0];
    if (end == 0) continue;  // an empty match at the front makes no part
    if (begin == static_cast<std::int32_t>(wide.size()) && begin == end) continue;
    parts.push_back(part(wide, done, begin));
    done = end;
  }
  parts.push_back(part(wide, done, static_cast<std::int32_t>(wide.size())));
  if (parts.size() == 1) return parts;  // nothing was found: the text, even an empty one
  while (limit == 0 && !parts.empty() && parts.back().empty()) parts.pop_back();
  return parts;
}

std::string quote_pattern(std::string_view text) {
  std::string quoted = "\\Q";
  std::size_t done = 0;
  for (std::size_t at = text.find("\\E"); at != std::string_view::npos;
       at = text.find("\\E", done)) {
    quoted.append(text.substr(done, at - done)).append("\\E\\\\E\\Q");
    done = at + 2;
  }
  return quoted.append(text.substr(done)).append("\\E");
}

std::string quote_replacement(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\\' || c == '$') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace weir::lang
