#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/shims.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>

// Methods of everything that can be iterated: lists, bags, sets, ranges. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

const Value* closure_argument(Call call, std::size_t index = 0) {
  return call.has(index) && !call[index].is_null() ? &call[index] : nullptr;
}

bool accepts(Call call, const Value& element) {
  if (!call.has(0)) return truth(element);
  if (!is_closure(call[0])) return is_case(call.interpreter, call[0], element);
  return truth(call_with_element(call.interpreter, call[0], element));
}

/// A set gives a set, everything else a list.
Value same_shape(Call call, std::vector<Value> items) {
  const SetObject* const set = call.self.as<SetObject>();
  return set != nullptr ? make_set(items, set->items.order()) : make_list(std::move(items));
}

Value indices(Call call) {
  const std::int64_t size = size_of(call.self);
  const Ref<RangeObject> range = make<RangeObject>(0, size == 0 ? 0 : size - 1, size == 0);
  range->open_end = size;
  return range;
}

Value any(Call call) {
  for (const Value& element : elements_of(call.self)) {
    if (accepts(call, element)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Value every(Call call) {
  for (const Value& element : elements_of(call.self)) {
    if (!accepts(call, element)) return Value::boolean(false);
  }
  return Value::boolean(true);
}

Value collect(Call call) {
  std::vector<Value> results;
  const bool has_target = call.size() == 2;
  for (const Value& element : elements_of(call.self)) {
    results.push_back(call.size() == 0
                          ? element
                          : call_with_element(call.interpreter, call[call.size() - 1], element));
  }
  if (!has_target) return make_list(std::move(results));
  for (const Value& result : results)
    static_cast<void>(apply_binary(call.interpreter, BinaryOp::shift_left, call[0], result));
  return call[0];
}

Value collect_many(Call call) {
  std::vector<Value> results;
  for (const Value& element : elements_of(call.self)) {
    const Value part =
        call.size() == 0 ? element : call_with_element(call.interpreter, call[0], element);
    for (Value& value : elements_of(part)) results.push_back(std::move(value));
  }
  return make_list(std::move(results));
}

/// collectEntries(), (closure), (map), (map, closure).
Value collect_entries(Call call) {
  const bool has_target = call.has(0) && call[0].as<MapObject>() != nullptr;
  const std::size_t closure_at = has_target ? 1 : 0;
  const Ref<MapObject> map = make<MapObject>();
  for (const Value& element : elements_of(call.self)) {
    put_collected(*map, call.has(closure_at)
                            ? call_with_element(call.interpreter, call[closure_at], element)
                            : element);
  }
  return has_target ? put_all(call.interpreter, call[0], map) : Value(map);
}

Value collect_nested(Interpreter& interpreter, const Value& value, const Value& closure) {
  std::vector<Value> results;
  for (const Value& element : elements_of(value)) {
    results.push_back(is_collection(element) ? collect_nested(interpreter, element, closure)
                                             : interpreter.call(closure, element));
  }
  return make_list(std::move(results));
}

Value contains(Call call) {
  for (const Value& element : elements_of(call.self)) {
    if (equal_keys(element, call[0])) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Value contains_all(Call call) {
  OrderedTable own;
  for (const Value& element : elements_of(call.self)) own.put(element, Value());
  const std::vector<Value> wanted = elements_of(call[0]);
  return Value::boolean(std::all_of(wanted.begin(), wanted.end(), [&](const Value& value) {
    return own.find(value) != nullptr;
  }));
}

Value count(Call call) {
  if (!call.has(0)) return Value::number(size_of(call.self));
  std::int64_t matches = 0;
  for (const Value& element : elements_of(call.self)) {
    const bool match = is_closure(call[0])
                           ? truth(call_with_element(call.interpreter, call[0], element))
                           : equals(element, call[0]);
    matches += match ? 1 : 0;
  }
  return Value::number(matches);
}

Value count_by(Call call) {
  const Ref<MapObject> counts = make<MapObject>();
  for (const Value& element : elements_of(call.self)) {
    const Value key = call_with_element(call.interpreter, call[0], element);
    const Value* const old = counts->items.find(key);
    counts->items.put(key, Value::number(old == nullptr ? 1 : old->as_int64() + 1));
  }
  return counts;
}

Value each(Call call) {
  for (const Value& element : elements_of(call.self))
    call_with_element(call.interpreter, call[0], element);
  return call.self;
}

Value each_with_index(Call call) {
  std::int64_t index = 0;
  for (const Value& element : elements_of(call.self))
    call.interpreter.call(call[0], element, Value::number(index++));
  return call.self;
}

Value find(Call call) {
  for (const Value& element : elements_of(call.self)) {
    if (accepts(call, element)) return element;
  }
  return {};
}

Value find_all(Call call) {
  std::vector<Value> found;
  for (const Value& element : elements_of(call.self)) {
    if (accepts(call, element)) found.push_back(element);
  }
  return same_shape(call, std::move(found));
}

Value find_result(Call call) {
  for (const Value& element : elements_of(call.self)) {
    Value result = call_with_element(call.interpreter, call[call.size() - 1], element);
    if (!result.is_null()) return result;
  }
  return call.size() == 2 ? call[0] : Value();
}

Value find_results(Call call) {
  std::vector<Value> results;
  for (const Value& element : elements_of(call.self)) {
    Value result =
        call.size() == 0 ? element : call_with_element(call.interpreter, call[0], element);
    if (!result.is_null()) results.push_back(std::move(result));
  }
  return make_list(std::move(results));
}

Value find_index(Call call, bool from_end) {
  const std::vector<Value> elements = elements_of(call.self);
  std::int64_t found = -1;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!truth(call_with_element(call.interpreter, call[call.size() - 1], elements[i]))) continue;
    if (call.size() == 2 && static_cast<std::int64_t>(i) < integer_argument(call, 0)) continue;
    found = static_cast<std::int64_t>(i);
    if (!from_end) break;
  }
  return Value::number(found);
}

Value find_index_values(Call call) {
  std::vector<Value> indexes;
  const std::vector<Value> elements = elements_of(call.self);
  const std::int64_t from =
      call.size() == 2 ? std::max<std::int64_t>(integer_argument(call, 0), 0) : 0;
  for (auto i = static_cast<std::size_t>(from); i < elements.size(); ++i) {
    if (truth(call_with_element(call.interpreter, call[call.size() - 1], elements[i]))) {
      indexes.push_back(Value::long_integer(static_cast<std::int64_t>(i)));
    }
  }
  return make_list(std::move(indexes));
}

void flatten_into(const Value& value, std::vector<Value>& leaves) {
  for (const Value& element : elements_of(value)) {
    if (is_collection(element)) {
      flatten_into(element, leaves);
    } else {
      leaves.push_back(element);
    }
  }
}

/// With a closure, which is asked of every leaf.
void flatten_by(Interpreter& interpreter, const Value& value, const Value& closure,
                std::vector<Value>& leaves) {
  for (const Value& element : elements_of(value)) {
    if (is_collection(element)) {
      flatten_by(interpreter, element, closure, leaves);
      continue;
    }
    const Value result = interpreter.call(closure, element);
    if (is_collection(result))
      flatten_into(result, leaves);
    else
      leaves.push_back(result);
  }
}

Value flatten(Call call) {
  std::vector<Value> leaves;
  if (call.size() == 1)
    flatten_by(call.interpreter, call.self, call[0], leaves);
  else
    flatten_into(call.self, leaves);
  return same_shape(call, std::move(leaves));
}

Value group_by(Call call) {
  if (call.size() == 0) throw script_error("IllegalArgumentException", "groupBy needs a closure");
  const Ref<MapObject> groups = make<MapObject>();
  for (const Value& element : elements_of(call.self)) {
    const Value key = call_with_element(call.interpreter, call[0], element);
    if (groups->items.find(key) == nullptr) groups->items.put(key, make_list({}));
    groups->items.find(key)->get<ListObject>().items.push_back(element);
  }
  if (call.size() == 1) return groups;
  const Ref<MapObject> nested = make<MapObject>();
  for (const OrderedTable::Entry& entry : groups->items.entries()) {
    nested->items.put(
        entry.key, group_by({call.interpreter, entry.value, call.arguments.subspan(1), nullptr}));
  }
  return nested;
}

Value inject(Call call) {
  const std::vector<Value> elements = elements_of(call.self);
  std::size_t next = 0;
  Value accumulated;
  if (call.size() == 2) {
    accumulated = call[0];
  } else {
    if (elements.empty())
      throw script_error("NoSuchElementException",
                         "cannot call inject() on an empty collection without an initial value");
    accumulated = elements[next++];
  }
  for (; next < elements.size(); ++next) {
    accumulated = call.interpreter.call(call[call.size() - 1], accumulated, elements[next]);
  }
  return accumulated;
}

Value join(Call call) {
  const std::string separator = call.has(0) && !call[0].is_null() ? to_text(call[0]) : "";
  std::string text;
  bool first = true;
  for (const Value& element : elements_of(call.self)) {
    if (!first) text += separator;
    first = false;
    text += to_text(element);
  }
  return Value::string(std::move(text));
}

/// `sign` is 1 for the largest and -1 for the smallest. Null elements take no part.
Value extreme(Call call, int sign) {
  std::vector<Value> elements;
  for (const Value& element : elements_of(call.self)) {
    if (!element.is_null()) elements.push_back(element);
  }
  if (elements.empty()) return {};
  const Value* const closure = closure_argument(call);
  const bool comparator = closure != nullptr && closure_arity(*closure) == 2;
  Value best = elements[0];
  Value best_key = closure != nullptr && !comparator
                       ? call_with_element(call.interpreter, *closure, best)
                       : best;
  for (std::size_t i = 1; i < elements.size(); ++i) {
    const Value key = closure != nullptr && !comparator
                          ? call_with_element(call.interpreter, *closure, elements[i])
                          : elements[i];
    const std::int64_t order = comparator
                                   ? to_int64(call.interpreter.call(*closure, elements[i], best))
                                   : compare_for_sort(key, best_key);
    if (order * sign > 0) {
      best = elements[i];
      best_key = key;
    }
  }
  return best;
}

Value sum(Call call) {
  Value total;
  bool first = true;
  std::size_t closure_at = call.size();
  if (call.size() > 0 && is_closure(call[call.size() - 1])) closure_at = call.size() - 1;
  if (call.size() > 0 && closure_at != 0) {
    total = call[0];
    first = false;
  }
  for (const Value& element : elements_of(call.self)) {
    Value part = closure_at < call.size()
                     ? call_with_element(call.interpreter, call[closure_at], element)
                     : element;
    total = first ? part : add(call.interpreter, total, part);
    first = false;
  }
  return total;
}

Value average(Call call) {
  const std::vector<Value> elements = elements_of(call.self);
  if (elements.empty())
    throw script_error("ArithmeticException", "there is no average of an empty collection");
  return divide(call.interpreter, sum(call),
                Value::number(static_cast<std::int64_t>(elements.size())));
}

Value to_sorted(Call call) {
  std::vector<Value> elements = elements_of(call.self);
  sort_values(call.interpreter, elements, closure_argument(call));
  return make_list(std::move(elements));
}

Value to_unique(Call call) {
  return same_shape(
      call, unique_values(call.interpreter, elements_of(call.self), closure_argument(call)));
}

Value split(Call call) {
  std::vector<Value> yes;
  std::vector<Value> no;
  for (const Value& element : elements_of(call.self))
    (accepts(call, element) ? yes : no).push_back(element);
  return make_list({same_shape(call, std::move(yes)), same_shape(call, std::move(no))});
}

Value with_index(Call call) {
  std::int64_t index = integer_argument(call, 0, 0);
  std::vector<Value> pairs;
  for (const Value& element : elements_of(call.self))
    pairs.push_back(make_tuple({element, Value::number(index++)}));
  return make_list(std::move(pairs));
}

Value indexed(Call call) {
  std::int64_t index = integer_argument(call, 0, 0);
  const Ref<MapObject> map = make<MapObject>();
  for (const Value& element : elements_of(call.self))
    map->items.put(Value::number(index++), element);
  return map;
}

Value as_read_only(Call call) {
  Value copy = call.self.kind() == Kind::set ? make_set(elements_of(call.self))
                                             : make_list(elements_of(call.self));
  if (ListObject* list = copy.as<ListObject>()) list->is_read_only = true;
  if (SetObject* set = copy.as<SetObject>()) set->is_read_only = true;
  return copy;
}

Value reverse_each(Call call) {
  const std::vector<Value> elements = elements_of(call.self);
  for (std::size_t i = elements.size(); i-- > 0;) call.interpreter.call(call[0], elements[i]);
  return call.self;
}

Value disjoint(Call call) {
  const std::vector<Value> own = elements_of(call.self);
  return Value::boolean(without(own, elements_of(call[0])).size() == own.size());
}

constexpr std::array k_methods = {
    Method{"any", 0, 1, any, "whether the closure (or truth) holds for an element"},
    Method{"asImmutable", 0, 0, as_read_only, "a copy that refuses changes"},
    Method{"asSynchronized", 0, 0, [](Call call) { return call.self; }, "itself"},
    Method{"asUnmodifiable", 0, 0, as_read_only, "a copy that refuses changes"},
    Method{"average", 0, 1, average, "the sum divided by the number of elements"},
    Method{
        "collect", 0, 2, collect,
        "a list of what the closure gives for each element; with a collection first, added to it"},
    Method{"collectEntries", 0, 2, collect_entries,
           "a map of the pairs that the closure gives; with a map first, added to it"},
    Method{"collectMany", 0, 1, collect_many, "the lists that the closure gives, joined"},
    Method{"collectNested", 1, 1,
           [](Call call) { return collect_nested(call.interpreter, call.self, call[0]); },
           "as collect, also within inner lists"},
    Method{"contains", 1, 1, contains, "whether an element equals the value"},
    Method{"containsAll", 1, 1, contains_all, "whether every one of the values is contained"},
    Method{"count", 0, 1, count,
           "number of elements, of those equal to a value or accepted by a closure"},
    Method{"countBy", 1, 1, count_by, "a map from what the closure gives to how often it does"},
    Method{"disjoint", 1, 1, disjoint, "whether no element is in both"},
    Method{"each", 1, 1, each, "calls the closure with each element"},
    Method{"eachWithIndex", 1, 1, each_with_index,
           "calls the closure with each element and its position"},
    Method{"every", 0, 1, every, "whether the closure (or truth) holds for all elements"},
    Method{"find", 0, 1, find, "the first element that is accepted, or null"},
    Method{"findAll", 0, 1, find_all, "the elements that are accepted"},
    Method{"findIndexOf", 1, 2, [](Call call) { return find_index(call, false); },
           "position of the first accepted element, or -1"},
    Method{"findIndexValues", 1, 2, find_index_values, "positions of the accepted elements"},
    Method{"findLastIndexOf", 1, 2, [](Call call) { return find_index(call, true); },
           "position of the last accepted element, or -1"},
    Method{"findResult", 1, 2, find_result, "the first result of the closure that is not null"},
    Method{"findResults", 0, 1, find_results, "the results of the closure that are not null"},
    Method{"flatten", 0, 1, flatten, "the elements of all inner collections, in one"},
    Method{"forEach", 1, 1,
           [](Call call) {
             each(call);
             return Value();
           },
           "calls the closure with each element"},
    Method{"getIndices", 0, 0, indices, "the positions as a range"},
    Method{"grep", 0, 1, find_all,
           "the elements that meet the criterion: closure, type, pattern, collection or value"},
    Method{"groupBy", 1, -1, group_by,
           "a map from what the closure gives to the elements it gives it for"},
    Method{"indexed", 0, 1, indexed, "a map from position to element"},
    Method{"inject", 1, 2, inject, "folds the elements with the closure"},
    Method{"isEmpty", 0, 0, [](Call call) { return Value::boolean(size_of(call.self) == 0); },
           "whether there is no element"},
    Method{"join", 0, 1, join, "the elements as text with a separator between them"},
    Method{"max", 0, 1, [](Call call) { return extreme(call, 1); },
           "the largest element, by a mapper or comparator"},
    Method{"min", 0, 1, [](Call call) { return extreme(call, -1); },
           "the smallest element, by a mapper or comparator"},
    Method{"reverseEach", 1, 1, reverse_each, "calls the closure with each element from the last"},
    Method{"size", 0, 0, [](Call call) { return Value::number(size_of(call.self)); },
           "number of elements"},
    Method{"split", 1, 1, split, "two collections: the accepted elements and the others"},
    Method{"stream", 0, 0, [](Call call) { return make_stream(make_list(elements_of(call.self))); },
           "a stream of the elements"},
    Method{"sum", 0, 2, sum, "the elements, or what the closure gives for them, added"},
    Method{"toListString", 0, 0,
           [](Call call) { return Value::string(to_text(make_list(elements_of(call.self)))); },
           "as text"},
    Method{"toList", 0, 0, [](Call call) { return make_list(elements_of(call.self)); },
           "a list of the elements"},
    Method{"toSet", 0, 0,
           [](Call call) { return make_set(elements_of(call.self), OrderedTable::Order::hashes); },
           "a set of the elements"},
    Method{"toSorted", 0, 1, to_sorted, "a sorted list, by a mapper or comparator"},
    Method{"toUnique", 0, 1, to_unique, "a copy without repetitions"},
    Method{"withIndex", 0, 1, with_index, "pairs of element and position"},
};

}  // namespace

MethodTable iterable_methods() {
  return k_methods;
}

}  // namespace weir::lang
