#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/shims.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/semantics.hpp"

#include <array>

// Methods of patterns and matchers. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

PatternObject& pattern_of(Call call) {
  return call.self.get<PatternObject>();
}
MatcherObject& matcher_of(Call call) {
  return call.self.get<MatcherObject>();
}

constexpr std::array k_pattern_methods = {
    Method{"asMatchPredicate", 0, 0, [](Call call) { return call.self; }, "the pattern"},
    Method{"asPredicate", 0, 0, [](Call call) { return call.self; }, "the pattern"},
    Method{"flags", 0, 0, [](Call call) { return Value::integer(pattern_of(call).flags); },
           "the flags"},
    Method{"matcher", 1, 1, [](Call call) { return Value(make_matcher(call.self, call[0])); },
           "a matcher for a text"},
    Method{"pattern", 0, 0, [](Call call) { return Value::string(pattern_of(call).source); },
           "the text of the pattern"},
    Method{"split", 1, 2,
           [](Call call) {
             return string_array(
                 split_by_pattern(pattern_of(call), text_argument(call, 0),
                                  static_cast<std::int32_t>(integer_argument(call, 1, 0))));
           },
           "the parts between matches"},
};

const MatchGroups& current_match(Call call) {
  if (!matcher_of(call).current) throw script_error("IllegalStateException", "No match found");
  return *matcher_of(call).current;
}

/// Group by number or name; 0 when it is not given.
std::int32_t group_index(Call call) {
  if (!call.has(0)) return 0;
  if (call[0].is_string()) return group_number(matcher_of(call), call[0].text());
  const std::int64_t group = integer_argument(call, 0);
  if (group < 0 || group > group_count(*matcher_of(call).pattern))
    throw script_error("IndexOutOfBoundsException", "No group " + std::to_string(group));
  return static_cast<std::int32_t>(group);
}

Value group(Call call) {
  const MatchGroups& match = current_match(call);
  return group_text(matcher_of(call), match, group_index(call));
}

Value bound(Call call, bool end) {
  const MatchGroups& match = current_match(call);
  const auto& bounds = match.bounds[static_cast<std::size_t>(group_index(call))];
  return Value::integer(end ? bounds.second : bounds.first);
}

Value replace(Call call, Which which) {
  if (!is_closure(call[0])) {
    return Value::string(replace_matches(*matcher_of(call).pattern, matcher_of(call).subject.text(),
                                         text_argument(call, 0), which));
  }
  return Value::string(
      replace_matches(*matcher_of(call).pattern, matcher_of(call).subject, which,
                      [&](const MatcherObject& matcher, const MatchGroups& match) {
                        return to_text(call.interpreter.call(call[0], match_value(matcher, match)));
                      }));
}

Value matched_count(Call call) {
  return Value::number(static_cast<std::int64_t>(all_matches(matcher_of(call)).size()));
}

/// Every match from the start, each a matcher that stands at it.
Value results(Call call) {
  const MatcherObject& matcher = matcher_of(call);
  std::vector<Value> results;
  for (MatchGroups& match : find_all(*matcher.pattern, matcher.subject.text())) {
    const auto result = make<MatcherObject>(matcher.pattern, matcher.subject);
    static_cast<void>(find_next(*result));  // makes the subject ready
    result->current = std::move(match);
    results.emplace_back(result);
  }
  return make_stream(make_list(std::move(results)));
}

Value reset_matcher(Call call) {
  reset(matcher_of(call));
  return call.self;
}

constexpr std::array k_matcher_methods = {
    Method{"end", 0, 1, [](Call call) { return bound(call, true); },
           "where the match or a group ends"},
    Method{"find", 0, 0, [](Call call) { return Value::boolean(find_next(matcher_of(call))); },
           "goes to the next match"},
    Method{"getAt", 1, 1, [](Call call) { return call.interpreter.index(call.self, call[0]); },
           "a match by its number, with its groups"},
    Method{"getCount", 0, 0, matched_count, "number of matches"},
    Method{"getLastMatcher", 0, 0, [](Call call) { return call.self; }, "the matcher"},
    Method{"group", 0, 1, group, "the text of the match, or of a group by number or name"},
    Method{"groupCount", 0, 0,
           [](Call call) { return Value::integer(group_count(*matcher_of(call).pattern)); },
           "number of groups"},
    Method{"hasGroup", 0, 0,
           [](Call call) { return Value::boolean(group_count(*matcher_of(call).pattern) > 0); },
           "whether there are groups"},
    Method{"hitEnd", 0, 0, [](Call call) { return Value::boolean(!matcher_of(call).current); },
           "whether nothing more was found"},
    Method{"lookingAt", 0, 0,
           [](Call call) { return Value::boolean(match_front(matcher_of(call))); },
           "whether the text begins with a match"},
    Method{"matches", 0, 0, [](Call call) { return Value::boolean(match_all(matcher_of(call))); },
           "whether the whole text matches"},
    Method{"pattern", 0, 0, [](Call call) { return Value(matcher_of(call).pattern); },
           "the pattern"},
    Method{"replaceAll", 1, 1, [](Call call) { return replace(call, Which::all); },
           "the text with every match replaced"},
    Method{"replaceFirst", 1, 1, [](Call call) { return replace(call, Which::first); },
           "the text with the first match replaced"},
    Method{"reset", 0, 0, reset_matcher, "begins anew"},
    Method{"results", 0, 0, results, "a stream of the matches, each as a matcher at it"},
    Method{"size", 0, 0, matched_count, "number of matches"},
    Method{"start", 0, 1, [](Call call) { return bound(call, false); },
           "where the match or a group begins"},
};

}  // namespace

MethodTable pattern_methods() {
  return k_pattern_methods;
}
MethodTable matcher_methods() {
  return k_matcher_methods;
}

}  // namespace weir::lang
