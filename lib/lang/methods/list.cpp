#include "lang/exceptions.hpp"
#include "lang/internal/rings.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/shims.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>

// Methods of lists, tuples and bags (ranges use those that do not change the list). Declared in
// method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

/// The list, for a method that changes it.
ListObject& changeable(Call call) {
  ListObject* const list = call.self.as<ListObject>();
  if (list == nullptr || list->is_tuple || list->is_read_only) {
    throw script_error("UnsupportedOperationException",
                       "a " + type_name(call.self) + " cannot be changed");
  }
  for (const Value& argument : call.arguments) note_link(call.interpreter, call.self, argument);
  return *list;
}

std::size_t checked_index(std::int64_t index, std::size_t size) {
  if (index < 0 || index >= static_cast<std::int64_t>(size)) {
    throw script_error(
        "IndexOutOfBoundsException",
        "Index " + std::to_string(index) + " out of bounds for length " + std::to_string(size));
  }
  return static_cast<std::size_t>(index);
}

Value part(const std::vector<Value>& items, std::int64_t begin, std::int64_t end) {
  const auto size = static_cast<std::int64_t>(items.size());
  const std::int64_t from = std::clamp<std::int64_t>(begin, 0, size);
  const std::int64_t to = std::clamp<std::int64_t>(end, from, size);
  return make_list(std::vector<Value>(items.begin() + from, items.begin() + to));
}

Value add_item(Call call) {
  ListObject& list = changeable(call);
  if (call.size() == 1) {
    list.items.push_back(call[0]);
    return Value::boolean(true);
  }
  const std::int64_t at = integer_argument(call, 0);
  if (at != static_cast<std::int64_t>(list.items.size()))
    static_cast<void>(checked_index(at, list.items.size()));
  list.items.insert(list.items.begin() + at, 1, call[1]);
  return {};
}

Value add_all(Call call) {
  ListObject& list = changeable(call);
  const std::vector<Value> more = elements_of(call[call.size() - 1]);
  const auto at =
      call.size() == 2 ? integer_argument(call, 0) : static_cast<std::int64_t>(list.items.size());
  if (at != static_cast<std::int64_t>(list.items.size()))
    static_cast<void>(checked_index(at, list.items.size()));
  list.items.insert(list.items.begin() + at, more.begin(), more.end());
  return Value::boolean(!more.empty());
}

Value remove_at(Call call, std::int64_t index) {
  ListObject& list = changeable(call);
  const std::size_t at = checked_index(index, list.items.size());
  const Value removed = list.items[at];
  list.items.erase(list.items.begin() + static_cast<std::ptrdiff_t>(at));
  return removed;
}

Value remove_element(Call call, const Value& element) {
  ListObject& list = changeable(call);
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (!equal_keys(list.items[i], element)) continue;
    list.items.erase(list.items.begin() + static_cast<std::ptrdiff_t>(i));
    return Value::boolean(true);
  }
  return Value::boolean(false);
}

/// An int is a position, anything else an element, as Java chooses.
Value remove(Call call) {
  return call[0].kind() == Kind::integer ? remove_at(call, call[0].as_int64())
                                         : remove_element(call, call[0]);
}

/// Keeps the elements whose acceptance equals `wanted`; true when something went.
Value filter_in_place(Call call, bool wanted) {
  ListObject& list = changeable(call);
  const std::vector<Value> before = list.items;
  std::vector<Value> kept;
  for (const Value& item : before) {
    const bool accepted = is_closure(call[0]) ? truth(call.interpreter.call(call[0], item))
                                              : is_case(call.interpreter, call[0], item);
    if (accepted == wanted) kept.push_back(item);
  }
  const bool changed = kept.size() != before.size();
  list.items = std::move(kept);
  return Value::boolean(changed);
}

Value sort(Call call) {
  // sort(), sort(closure), sort(mutate), sort(mutate, closure)
  const bool has_flag = call.size() > 0 && call[0].kind() == Kind::boolean;
  const std::size_t closure_at = has_flag ? 1 : 0;
  const Value* const closure = call.has(closure_at) ? &call[closure_at] : nullptr;
  std::vector<Value> items = elements_of(call.self);
  sort_values(call.interpreter, items, closure);
  ListObject* const list = call.self.as<ListObject>();
  const bool in_place = list != nullptr && !(has_flag && !truth(call[0]));
  if (!in_place) return make_list(std::move(items));
  changeable(call).items = std::move(items);
  return call.self;
}

Value unique(Call call) {
  const bool has_flag = call.size() > 0 && call[0].kind() == Kind::boolean;
  const std::size_t closure_at = has_flag ? 1 : 0;
  const Value* const closure = call.has(closure_at) ? &call[closure_at] : nullptr;
  std::vector<Value> items = unique_values(call.interpreter, elements_of(call.self), closure);
  const bool in_place = call.self.as<ListObject>() != nullptr && !(has_flag && !truth(call[0]));
  if (!in_place) return make_list(std::move(items));
  changeable(call).items = std::move(items);
  return call.self;
}

Value replace_all(Call call) {
  static_cast<void>(changeable(call));
  std::vector<Value> fresh;
  for (const Value& item : elements_of(call.self))
    fresh.push_back(call.interpreter.call(call[0], item));
  for (const Value& item : fresh) note_link(call.interpreter, call.self, item);
  changeable(call).items = std::move(fresh);
  return {};
}

Value reverse(Call call) {
  std::vector<Value> items = elements_of(call.self);
  std::reverse(items.begin(), items.end());
  if (call.size() == 1 && truth(call[0])) {
    changeable(call).items = std::move(items);
    return call.self;
  }
  return make_list(std::move(items));
}

Value index_of(Call call, bool from_end) {
  const std::vector<Value> items = elements_of(call.self);
  std::int64_t found = -1;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!equal_keys(items[i], call[0])) continue;
    found = static_cast<std::int64_t>(i);
    if (!from_end) break;
  }
  return Value::number(found);
}

Value first_of(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  if (items.empty())
    throw script_error("NoSuchElementException",
                       "Cannot access first() element from an empty List");
  return items.front();
}

Value last_of(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  if (items.empty())
    throw script_error("NoSuchElementException", "Cannot access last() element from an empty List");
  return items.back();
}

Value without_first(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  if (items.empty())
    throw script_error("NoSuchElementException", "Cannot access tail() for an empty iterable");
  return part(items, 1, static_cast<std::int64_t>(items.size()));
}

Value without_last(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  if (items.empty())
    throw script_error("NoSuchElementException", "Cannot access init() for an empty List");
  return part(items, 0, static_cast<std::int64_t>(items.size()) - 1);
}

Value get(Call call) {
  const ListObject* const list = call.self.as<ListObject>();
  if (list != nullptr && !list->default_value.is_null())
    return call.interpreter.index(call.self, call[0]);
  if (list != nullptr)
    return list->items[checked_index(integer_argument(call, 0), list->items.size())];
  const std::vector<Value> items = elements_of(call.self);
  return items[checked_index(integer_argument(call, 0), items.size())];
}

Value set(Call call) {
  ListObject& list = changeable(call);
  Value& slot = list.items[checked_index(integer_argument(call, 0), list.items.size())];
  Value old = slot;
  slot = call[1];
  return old;
}

Value sub_list(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  const std::int64_t from = integer_argument(call, 0);
  const std::int64_t to = integer_argument(call, 1);
  if (from < 0)
    throw script_error("IndexOutOfBoundsException", "fromIndex = " + std::to_string(from));
  if (to > static_cast<std::int64_t>(items.size()))
    throw script_error("IndexOutOfBoundsException", "toIndex = " + std::to_string(to));
  if (from > to)
    throw script_error("IllegalArgumentException", "fromIndex(" + std::to_string(from) +
                                                       ") > toIndex(" + std::to_string(to) + ")");
  return part(items, from, to);
}

Value take_while(Call call, bool drop) {
  const std::vector<Value> items = elements_of(call.self);
  std::size_t end = 0;
  while (end < items.size() && truth(call.interpreter.call(call[0], items[end]))) ++end;
  const auto at = static_cast<std::int64_t>(end);
  return drop ? part(items, at, static_cast<std::int64_t>(items.size())) : part(items, 0, at);
}

Value collate(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  const bool has_step = call.size() >= 2 && is_number(call[1]);
  const std::int64_t size = integer_argument(call, 0);
  const std::int64_t step = has_step ? integer_argument(call, 1) : size;
  const std::size_t flag_at = has_step ? 2 : 1;
  const bool keep_remainder = !call.has(flag_at) || truth(call[flag_at]);
  if (size <= 0) return make_list({make_list(items)});
  if (step <= 0)
    throw script_error("IllegalArgumentException",
                       "the step of collate() must be above zero, not " + std::to_string(step));
  std::vector<Value> parts;
  for (std::int64_t at = 0; at < static_cast<std::int64_t>(items.size()); at += step) {
    if (at + size > static_cast<std::int64_t>(items.size()) && !keep_remainder) break;
    parts.push_back(part(items, at, at + size));
  }
  return make_list(std::move(parts));
}

Value transpose(Call call) {
  std::vector<std::vector<Value>> rows;
  for (const Value& row : elements_of(call.self)) {
    if (!is_collection(row))
      throw script_error("GroovyCastException", "transpose() wants lists within the list, not '" +
                                                    to_short_text(row) + "'");
    rows.push_back(elements_of(row));
  }
  std::size_t columns = rows.empty() ? 0 : rows[0].size();
  for (const std::vector<Value>& row : rows) columns = std::min(columns, row.size());
  std::vector<Value> result;
  for (std::size_t column = 0; column < columns; ++column) {
    std::vector<Value> items;
    for (const std::vector<Value>& row : rows) items.push_back(row[column]);
    result.push_back(make_list(std::move(items)));
  }
  return make_list(std::move(result));
}

Value intersect(Call call) {
  return make_list(common(elements_of(call.self), elements_of(call[0])));
}

Value pop(Call call) {
  if (size_of(call.self) == 0)
    throw script_error("NoSuchElementException", "Cannot pop() an empty List");
  return remove_at(call, 0);
}

Value remove_last(Call call) {
  if (size_of(call.self) == 0)
    throw script_error("NoSuchElementException", "Cannot access last() element from an empty List");
  return remove_at(call, size_of(call.self) - 1);
}

Value plus_at(Call call) {
  std::vector<Value> items = elements_of(call.self);
  const std::int64_t at = integer_argument(call, 0);
  if (at != static_cast<std::int64_t>(items.size())) {
    static_cast<void>(checked_index(at, items.size()));
  }
  const std::vector<Value> more = elements_of(call[1]);
  items.insert(items.begin() + at, more.begin(), more.end());
  return make_list(std::move(items));
}

/// As Collections.shuffle: a seeded Random gives the order that it gives there.
std::vector<Value> shuffled(Call call) {
  std::vector<Value> items = elements_of(call.self);
  for (std::size_t i = items.size(); i > 1; --i) {
    const Value bound = Value::number(static_cast<std::int64_t>(i));
    const std::size_t other =
        call.has(0) ? static_cast<std::size_t>(to_int64(call.interpreter.call_method(
                          call[0], "nextInt", Arguments{std::span(&bound, 1), nullptr})))
                    : call.interpreter.host().random_bits() % i;
    std::swap(items[i - 1], items[other]);
  }
  return items;
}

Value with_default(Call call, bool eager) {
  const Ref<ListObject> list = make<ListObject>(elements_of(call.self));
  list->default_value = call[0];
  list->is_default_eager = eager;
  return list;
}

Value swap_elements(Call call) {
  ListObject& list = changeable(call);
  std::swap(list.items[checked_index(integer_argument(call, 0), list.items.size())],
            list.items[checked_index(integer_argument(call, 1), list.items.size())]);
  return call.self;
}

Value get_at(Call call) {
  return call.interpreter.index(call.self, call[0]);
}

Value put_at(Call call) {
  call.interpreter.set_index(call.self, call[0], call[1]);
  return {};
}

/// A list that answers null past its end needs no special kind here.
Value itself(Call call) {
  return call.self;
}

std::int64_t count_of(Call call) {
  return size_of(call.self);
}

constexpr std::array k_methods = {
    Method{"add", 1, 2, add_item, "appends an element, or inserts it at a position"},
    Method{"addAll", 1, 2, add_all,
           "appends the elements of a collection, or inserts them at a position"},
    Method{"asList", 0, 0, itself, "the list"},
    Method{"asReversed", 0, 0, reverse, "a reversed copy"},
    Method{"asSynchronized", 0, 0, itself, "the list, which one thread alone uses"},
    Method{"clear", 0, 0,
           [](Call call) {
             changeable(call).items.clear();
             return Value();
           },
           "removes all elements"},
    Method{"clone", 0, 0, [](Call call) { return make_list(elements_of(call.self)); },
           "a shallow copy"},
    Method{"collate", 1, 3, collate, "lists of the given size, with an optional step"},
    Method{"drop", 1, 1,
           [](Call call) {
             return part(elements_of(call.self), integer_argument(call, 0), count_of(call));
           },
           "all but the first elements"},
    Method{"dropRight", 1, 1,
           [](Call call) {
             return part(elements_of(call.self), 0, count_of(call) - integer_argument(call, 0));
           },
           "all but the last elements"},
    Method{"dropWhile", 1, 1, [](Call call) { return take_while(call, true); },
           "what follows the longest accepted beginning"},
    Method{"first", 0, 0, first_of, "the first element"},
    Method{"get", 1, 1, get, "the element at a position within the list"},
    Method{"getAt", 1, 1, get_at, "the element at a position, null past the end"},
    Method{"getFirst", 0, 0, first_of, "the first element"},
    Method{"getLast", 0, 0, last_of, "the last element"},
    Method{"head", 0, 0, first_of, "the first element"},
    Method{"indexOf", 1, 1, [](Call call) { return index_of(call, false); },
           "position of the first equal element, or -1"},
    Method{"init", 0, 0, without_last, "all but the last element"},
    Method{"intersect", 1, 2, intersect, "the elements that are in both"},
    Method{"iterator", 0, 0, [](Call call) { return make_iterator(elements_of(call.self)); },
           "the elements, one at a time"},
    Method{"last", 0, 0, last_of, "the last element"},
    Method{"listIterator", 0, 0, [](Call call) { return make_iterator(elements_of(call.self)); },
           "the elements, one at a time"},
    Method{"lastIndexOf", 1, 1, [](Call call) { return index_of(call, true); },
           "position of the last equal element, or -1"},
    Method{"leftShift", 1, 1,
           [](Call call) {
             changeable(call).items.push_back(call[0]);
             return call.self;
           },
           "appends an element; the list"},
    Method{"minus", 1, 1, [](Call call) { return subtract(call.interpreter, call.self, call[0]); },
           "a copy without some elements"},
    Method{"multiply", 1, 1,
           [](Call call) { return multiply(call.interpreter, call.self, call[0]); },
           "the list repeated"},
    Method{"plus", 1, 1, [](Call call) { return add(call.interpreter, call.self, call[0]); },
           "a longer copy"},
    Method{"plus", 2, 2, plus_at, "a copy with the elements of a collection at a position"},
    Method{"pop", 0, 0, pop, "removes and returns the first element"},
    Method{"push", 1, 1,
           [](Call call) {
             ListObject& list = changeable(call);
             list.items.insert(list.items.begin(), 1, call[0]);
             return Value::boolean(true);
           },
           "inserts at the front"},
    Method{"putAt", 2, 2, put_at, "sets the element at a position"},
    Method{"remove", 1, 1, remove, "removes by position (a number) or the first equal element"},
    Method{"removeAll", 1, 1, [](Call call) { return filter_in_place(call, false); },
           "removes the elements of a collection or those accepted by a closure"},
    Method{"removeAt", 1, 1, [](Call call) { return remove_at(call, integer_argument(call, 0)); },
           "removes the element at a position"},
    Method{"removeElement", 1, 1, [](Call call) { return remove_element(call, call[0]); },
           "removes the first equal element"},
    Method{"removeIf", 1, 1, [](Call call) { return filter_in_place(call, false); },
           "removes the accepted elements"},
    Method{"removeLast", 0, 0, remove_last, "removes and returns the last element"},
    Method{"retainAll", 1, 1, [](Call call) { return filter_in_place(call, true); },
           "keeps the elements of a collection or those accepted by a closure"},
    Method{"replaceAll", 1, 1, replace_all, "sets every element to what the closure gives for it"},
    Method{"reverse", 0, 1, reverse, "a reversed copy; with true, in place"},
    Method{"set", 2, 2, set, "replaces the element at a position; the old one"},
    Method{"shuffle", 0, 1,
           [](Call call) {
             changeable(call).items = shuffled(call);
             return Value();
           },
           "brings the elements into random order, or that of a Random"},
    Method{"shuffled", 0, 1, [](Call call) { return make_list(shuffled(call)); },
           "a copy in random order, or that of a Random"},
    Method{"sort", 0, 2, sort,
           "sorts in place, by a mapper or comparator; with false first, a sorted copy"},
    Method{"subList", 2, 2, sub_list, "the elements between two positions"},
    Method{"swap", 2, 2, swap_elements, "exchanges two elements"},
    Method{"tail", 0, 0, without_first, "all but the first element"},
    Method{"take", 1, 1,
           [](Call call) { return part(elements_of(call.self), 0, integer_argument(call, 0)); },
           "the first elements"},
    Method{"takeRight", 1, 1,
           [](Call call) {
             return part(elements_of(call.self), count_of(call) - integer_argument(call, 0),
                         count_of(call));
           },
           "the last elements"},
    Method{"takeWhile", 1, 1, [](Call call) { return take_while(call, false); },
           "the longest accepted beginning"},
    Method{"toArray", 0, 1, [](Call call) { return make_array(elements_of(call.self)); }, "a copy"},
    Method{"transpose", 0, 0, transpose, "rows become columns"},
    Method{"unique", 0, 2, unique, "removes repetitions in place; with false first, a copy"},
    Method{"withDefault", 1, 1, [](Call call) { return with_default(call, false); },
           "a copy that makes what it is asked for past its end"},
    Method{"withEagerDefault", 1, 1, [](Call call) { return with_default(call, true); },
           "a copy that makes what it is asked for past its end, and all before it"},
    Method{"withLazyDefault", 1, 1, [](Call call) { return with_default(call, false); },
           "a copy that makes what it is asked for past its end"},
};

}  // namespace

MethodTable list_methods() {
  return k_methods;
}

}  // namespace weir::lang
