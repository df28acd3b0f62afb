#include "lang/exceptions.hpp"
#include "lang/internal/rings.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/shims.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <array>

// Methods that sets and ranges have besides those of every iterable. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

SetObject& changeable(Call call) {
  SetObject& set = call.self.get<SetObject>();
  if (set.is_read_only)
    throw script_error("UnsupportedOperationException", "this set cannot be changed");
  for (const Value& argument : call.arguments) note_link(call.interpreter, call.self, argument);
  return set;
}

Value add_all(Call call) {
  bool changed = false;
  SetObject& set = changeable(call);
  for (const Value& item : elements_of(call[0])) changed = set.items.put(item, Value()) || changed;
  return Value::boolean(changed);
}

Value filter_in_place(Call call, bool wanted) {
  SetObject& set = changeable(call);
  const std::size_t before = set.items.size();
  std::vector<Value> kept;
  for (const Value& item : elements_of(call.self)) {
    const bool accepted = is_closure(call[0]) ? truth(call.interpreter.call(call[0], item))
                                              : is_case(call.interpreter, call[0], item);
    if (accepted == wanted) kept.push_back(item);
  }
  set.items.clear();
  for (const Value& item : kept) set.items.put(item, Value());
  return Value::boolean(set.items.size() != before);
}

Value first_of(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  if (items.empty())
    throw script_error("NoSuchElementException",
                       "Cannot access first() element from an empty Iterable");
  return items.front();
}

Value last_of(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  if (items.empty())
    throw script_error("NoSuchElementException",
                       "Cannot access last() element from an empty Iterable");
  return items.back();
}

Value sorted(Call call) {
  std::vector<Value> items = elements_of(call.self);
  const std::size_t closure_at = call.size() > 0 && call[0].kind() == Kind::boolean ? 1 : 0;
  sort_values(call.interpreter, items, call.has(closure_at) ? &call[closure_at] : nullptr);
  return make_list(std::move(items));
}

Value take(Call call) {
  std::vector<Value> items = elements_of(call.self);
  const std::int64_t count = std::max<std::int64_t>(0, integer_argument(call, 0));
  if (count < static_cast<std::int64_t>(items.size()))
    items.resize(static_cast<std::size_t>(count));
  return make_set(items);
}

Value unique(Call call) {
  const bool has_flag = call.size() > 0 && call[0].kind() == Kind::boolean;
  const std::span<const Value> closure = call.arguments.subspan(has_flag ? 1 : 0);
  const Method* const to_unique = find_in(iterable_methods(), "toUnique", closure.size());
  if (to_unique == nullptr)
    throw script_error("IllegalArgumentException", "unique() takes a flag and a closure");
  const Value kept = to_unique->function({call.interpreter, call.self, closure, nullptr});
  if (has_flag && !truth(call[0])) return make_list(elements_of(kept));
  const Value wanted = make_set(elements_of(kept));
  changeable(call).items.retain_if([&](const OrderedTable::Entry& entry) {
    return wanted.get<SetObject>().items.find(entry.key) != nullptr;
  });
  return call.self;
}

Value remove(Call call) {
  return Value::boolean(changeable(call).items.remove(call[0]).has_value());
}

constexpr std::array k_set_methods = {
    Method{"add", 1, 1,
           [](Call call) { return Value::boolean(changeable(call).items.put(call[0], Value())); },
           "adds an element; whether it is new"},
    Method{"addAll", 1, 1, add_all, "adds the elements of a collection"},
    Method{"clear", 0, 0,
           [](Call call) {
             changeable(call).items.clear();
             return Value();
           },
           "removes all elements"},
    Method{"clone", 0, 0, [](Call call) { return make_set(elements_of(call.self)); },
           "a shallow copy"},
    Method{"first", 0, 0, first_of, "the element added first"},
    Method{"head", 0, 0, first_of, "the element added first"},
    Method{"intersect", 1, 1,
           [](Call call) { return make_set(common(elements_of(call.self), elements_of(call[0]))); },
           "the elements that are in both"},
    Method{"iterator", 0, 0, [](Call call) { return make_iterator(elements_of(call.self)); },
           "the elements, one at a time"},
    Method{"last", 0, 0, last_of, "the element added last"},
    Method{"leftShift", 1, 1,
           [](Call call) {
             changeable(call).items.put(call[0], Value());
             return call.self;
           },
           "adds an element; the set"},
    Method{"minus", 1, 1, [](Call call) { return subtract(call.interpreter, call.self, call[0]); },
           "a copy without some elements"},
    Method{"multiply", 1, 1,
           [](Call call) {
             return apply_binary(call.interpreter, BinaryOp::multiply, call.self, call[0]);
           },
           "a copy, since repeating adds nothing"},
    Method{"plus", 1, 1, [](Call call) { return add(call.interpreter, call.self, call[0]); },
           "a larger copy"},
    Method{"remove", 1, 1, remove, "removes an element; whether it was there"},
    Method{"removeAll", 1, 1, [](Call call) { return filter_in_place(call, false); },
           "removes the elements of a collection or those accepted by a closure"},
    Method{"removeElement", 1, 1, remove, "removes an element; whether it was there"},
    Method{"removeIf", 1, 1, [](Call call) { return filter_in_place(call, false); },
           "removes the accepted elements"},
    Method{"retainAll", 1, 1, [](Call call) { return filter_in_place(call, true); },
           "keeps the elements of a collection or those accepted by a closure"},
    Method{"sort", 0, 2, sorted, "a sorted list, by a mapper or comparator"},
    Method{"take", 1, 1, take, "the elements added first"},
    Method{"unique", 0, 2, unique,
           "removes what the closure takes for a repetition; with false first, a list without it"},
};

const RangeObject& range_of(Call call) {
  return call.self.get<RangeObject>();
}

Value bound(Call call, bool upper) {
  const RangeObject& range = range_of(call);
  if (range.is_empty) return range.at(0);
  const bool is_last = range.is_reverse() != upper;
  // The written end of a range of numbers, which need not be an element.
  if (is_last && range.elements == RangeObject::Elements::numbers) return range.end;
  return range.at(is_last ? range.size() - 1 : 0);
}

Value contains_within_bounds(Call call) {
  const auto comparable_with = [&](RangeObject::Elements elements) {
    switch (elements) {
      case RangeObject::Elements::letters: return call[0].is_string();
      case RangeObject::Elements::numbers: return is_number(call[0]);
      case RangeObject::Elements::integers: break;
    }
    return call[0].kind() == Kind::integer;
  };
  const bool comparable = comparable_with(range_of(call).elements);
  return Value::boolean(comparable && compare(bound(call, false), call[0]) <= 0 &&
                        compare(call[0], bound(call, true)) <= 0);
}

Value step(Call call) {
  const std::int64_t amount = integer_argument(call, 0);
  if (amount == 0)
    throw script_error("GroovyRuntimeException", "Infinite loop detected due to step size of 0");
  std::vector<Value> items = elements_of(call.self);
  if (amount < 0) items = std::vector<Value>(items.rbegin(), items.rend());
  const auto distance =
      amount < 0 ? 0 - static_cast<std::size_t>(amount) : static_cast<std::size_t>(amount);
  std::vector<Value> chosen;
  for (std::size_t i = 0; i < items.size(); i += distance) {
    if (call.size() == 2) {
      call.interpreter.call(call[1], items[i]);
    } else {
      chosen.push_back(items[i]);
    }
  }
  return call.size() == 2 ? call.self : make_list(std::move(chosen));
}

/// `(1.0..2.0).by(0.25)`.
Value by(Call call) {
  const RangeObject& range = range_of(call);
  const bool is_whole = call[0].is_integer() && range.elements != RangeObject::Elements::numbers;
  if (is_whole || range.is_empty || !is_number(call[0])) return step(call);
  if (compare(call[0], Value::integer(0)) <= 0)
    throw script_error("IllegalArgumentException", "the step of a range must be positive");
  const Value last =
      range.elements == RangeObject::Elements::numbers ? range.end : range.at(range.size() - 1);
  const Value amount = range.is_reverse() ? negate_number(call[0]) : call[0];
  const int direction = range.is_reverse() ? -1 : 1;
  std::vector<Value> chosen;
  for (Value at = range.at(0); compare(at, last) * direction <= 0; at = add_numbers(at, amount)) {
    if (range.open_end && compare(at, last) == 0) break;
    if (chosen.size() == k_range_elements_max)
      throw script_error("IllegalArgumentException", "the range has too many elements");
    chosen.push_back(at);
  }
  return make_list(std::move(chosen));
}

constexpr std::array k_range_methods = {
    Method{"by", 1, 1, by, "the elements at a distance from each other"},
    Method{"contains", 1, 1,
           [](Call call) { return Value::boolean(is_case(call.interpreter, call.self, call[0])); },
           "whether the value is an element"},
    Method{"containsWithinBounds", 1, 1, contains_within_bounds, "whether the value lies within"},
    Method{"getFrom", 0, 0, [](Call call) { return bound(call, false); }, "the lower bound"},
    Method{"getTo", 0, 0, [](Call call) { return bound(call, true); }, "the upper bound"},
    Method{"isReverse", 0, 0, [](Call call) { return Value::boolean(range_of(call).is_reverse()); },
           "whether it runs downwards"},
    Method{"step", 1, 2, step, "the elements at a distance from each other"},
};

}  // namespace

MethodTable set_methods() {
  return k_set_methods;
}
MethodTable range_methods() {
  return k_range_methods;
}

}  // namespace weir::lang
