#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/semantics.hpp"

#include <array>

// Methods of texts that call a closure for each of their parts. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

/// With groups, the closure gets the match and them.
Value each_match(Call call) {
  const Ref<MatcherObject> matcher = make_matcher(Value(pattern_argument(call, 0)), call.self);
  for (const Value& match : all_matches(*matcher)) call.interpreter.call(call[1], match);
  return call.self;
}

Value split_each_line(Call call) {
  const Ref<PatternObject> separator = pattern_argument(call, 0);
  Value last;
  for (const std::string& line : lines_of(to_text(call.self))) {
    const Value parts = string_list(split_by_pattern(*separator, line, 0));
    last = call.interpreter.call(call[1], parts);
  }
  return last;
}

Value collect_replacements(Call call) {
  std::string text;
  for (const Value& character : elements_of(call.self)) {
    const Value replacement = call.interpreter.call(call[0], character);
    text += to_text(replacement.is_null() ? character : replacement);
  }
  return Value::string(std::move(text));
}

constexpr std::array k_methods = {
    Method{"collectReplacements", 1, 1, collect_replacements,
           "each character replaced by what the closure gives, kept where that is null"},
    Method{"eachMatch", 2, 2, each_match, "calls the closure with each match of a pattern"},
    Method{"splitEachLine", 2, 2, split_each_line,
           "calls the closure with the parts of each line; its last result"},
};

}  // namespace

MethodTable string_visit_methods() {
  return k_methods;
}

}  // namespace weir::lang
