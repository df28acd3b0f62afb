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

// Methods of maps, their entries, and records. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

const OrderedTable& items_of(Call call) {
  return call.self.get<MapObject>().items;
}

MapObject& changeable(Call call) {
  MapObject& map = call.self.get<MapObject>();
  if (map.is_read_only || map.kind() == Kind::record) {
    throw script_error("UnsupportedOperationException",
                       "a " + type_name(call.self) + " cannot be changed");
  }
  for (const Value& argument : call.arguments) note_link(call.interpreter, call.self, argument);
  return map;
}

/// A map closure takes an entry, or key and value.
Value call_with(Call call, const Value& closure, const Value& entry) {
  return call_with_element(call.interpreter, closure, entry);
}

Value map_of(const std::vector<Value>& entries, Kind kind = Kind::map) {
  const Ref<MapObject> map = make<MapObject>(kind);
  for (const Value& entry : entries)
    map->items.put(entry.get<EntryObject>().key, entry.get<EntryObject>().value);
  return map;
}

Value any(Call call) {
  if (!call.has(0)) return Value::boolean(!items_of(call).empty());
  for (const Value& entry : elements_of(call.self)) {
    if (truth(call_with(call, call[0], entry))) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Value every(Call call) {
  if (!call.has(0)) return Value::boolean(true);
  for (const Value& entry : elements_of(call.self)) {
    if (!truth(call_with(call, call[0], entry))) return Value::boolean(false);
  }
  return Value::boolean(true);
}

Value collect(Call call) {
  std::vector<Value> results;
  for (const Value& entry : elements_of(call.self)) {
    results.push_back(call.size() == 0 ? entry : call_with(call, call[call.size() - 1], entry));
  }
  if (call.size() < 2) return make_list(std::move(results));
  for (const Value& result : results)
    static_cast<void>(apply_binary(call.interpreter, BinaryOp::shift_left, call[0], result));
  return call[0];
}

/// collectEntries(), (closure), (map, closure).
Value collect_entries(Call call) {
  const Ref<MapObject> map = make<MapObject>();
  for (const Value& entry : elements_of(call.self)) {
    put_collected(*map, call.size() == 0 ? entry : call_with(call, call[call.size() - 1], entry));
  }
  return call.size() == 2 ? lang::put_all(call.interpreter, call[0], map) : Value(map);
}

Value collect_many(Call call) {
  std::vector<Value> results;
  for (const Value& entry : elements_of(call.self)) {
    for (Value& value : elements_of(call_with(call, call[0], entry)))
      results.push_back(std::move(value));
  }
  return make_list(std::move(results));
}

Value count(Call call) {
  std::int64_t matches = 0;
  for (const Value& entry : elements_of(call.self))
    matches += truth(call_with(call, call[0], entry)) ? 1 : 0;
  return Value::number(matches);
}

Value each(Call call) {
  for (const Value& entry : elements_of(call.self)) call_with(call, call[0], entry);
  return call.self;
}

Value reverse_each(Call call) {
  const std::vector<Value> entries = elements_of(call.self);
  for (std::size_t i = entries.size(); i-- > 0;) call_with(call, call[0], entries[i]);
  return call.self;
}

Value each_with_index(Call call) {
  std::int64_t index = 0;
  for (const Value& entry : elements_of(call.self)) {
    if (closure_arity(call[0]) == 3) {
      const Value values[] = {entry.get<EntryObject>().key, entry.get<EntryObject>().value,
                              Value::number(index++)};
      call.interpreter.call(call[0], std::span<const Value>(values));
    } else {
      call.interpreter.call(call[0], entry, Value::number(index++));
    }
  }
  return call.self;
}

Value find(Call call) {
  for (const Value& entry : elements_of(call.self)) {
    if (truth(call_with(call, call[0], entry))) return entry;
  }
  return {};
}

Value find_all(Call call, bool wanted) {
  std::vector<Value> found;
  for (const Value& entry : elements_of(call.self)) {
    if (truth(call_with(call, call[0], entry)) == wanted) found.push_back(entry);
  }
  const Value map = map_of(found);
  return items_of(call).order() == OrderedTable::Order::keys
             ? cast(call.interpreter, map, "TreeMap")
             : map;
}

Value find_result(Call call) {
  for (const Value& entry : elements_of(call.self)) {
    Value result = call_with(call, call[call.size() - 1], entry);
    if (!result.is_null()) return result;
  }
  return call.size() == 2 ? call[0] : Value();
}

Value find_results(Call call) {
  std::vector<Value> results;
  for (const Value& entry : elements_of(call.self)) {
    Value result = call_with(call, call[0], entry);
    if (!result.is_null()) results.push_back(std::move(result));
  }
  return make_list(std::move(results));
}

Value contains_value(Call call) {
  for (const OrderedTable::Entry& entry : items_of(call).entries()) {
    if (equal_keys(entry.value, call[0])) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Value get(Call call) {
  const Value* const found = items_of(call).find(call[0]);
  if (found != nullptr) return *found;
  if (call.size() == 1)
    return call.self.get<MapObject>().default_value.is_null()
               ? Value()
               : call.interpreter.index(call.self, call[0]);
  // Unlike Java's getOrDefault, Groovy's get(key, default) also stores the default.
  changeable(call).items.put(call[0], call[1]);
  return call[1];
}

Value get_or_default(Call call) {
  const Value* const found = items_of(call).find(call[0]);
  return found == nullptr ? call[1] : *found;
}

Value compute_if_absent(Call call) {
  const Value* const found = items_of(call).find(call[0]);
  if (found != nullptr && !found->is_null()) return *found;
  Value value = call.interpreter.call(call[1], call[0]);
  changeable(call).items.put(call[0], value);
  note_link(call.interpreter, call.self, value);
  return value;
}

Value group_entries(Call call, bool as_maps) {
  const Ref<MapObject> groups = make<MapObject>();
  for (const Value& entry : elements_of(call.self)) {
    const Value key = call_with(call, call[0], entry);
    if (groups->items.find(key) == nullptr) groups->items.put(key, make_list({}));
    groups->items.find(key)->get<ListObject>().items.push_back(entry);
  }
  if (!as_maps) return groups;
  const Ref<MapObject> result = make<MapObject>();
  for (const OrderedTable::Entry& group : groups->items.entries()) {
    const Value part = map_of(elements_of(group.value));
    const std::span<const Value> others = call.arguments.subspan(1);
    result->items.put(
        group.key,
        others.empty() ? part : group_entries({call.interpreter, part, others, nullptr}, true));
  }
  return result;
}

Value inject(Call call) {
  const std::vector<Value> entries = elements_of(call.self);
  std::size_t next = 0;
  Value accumulated = call.size() == 2 ? call[0] : (entries.empty() ? Value() : entries[next++]);
  const Value& closure = call[call.size() - 1];
  for (; next < entries.size(); ++next) {
    const EntryObject& entry = entries[next].get<EntryObject>();
    if (closure_arity(closure) == 3) {
      const Value values[] = {accumulated, entry.key, entry.value};
      accumulated = call.interpreter.call(closure, std::span<const Value>(values));
    } else {
      accumulated = call.interpreter.call(closure, accumulated, entries[next]);
    }
  }
  return accumulated;
}

Value keys(Call call) {
  std::vector<Value> keys;
  for (const OrderedTable::Entry& entry : items_of(call).entries()) keys.push_back(entry.key);
  return make_set(keys);
}

Value values(Call call) {
  std::vector<Value> values;
  for (const OrderedTable::Entry& entry : items_of(call).entries()) values.push_back(entry.value);
  return make_list(std::move(values));
}

Value entries(Call call) {
  return make_set(elements_of(call.self));
}

Value extreme(Call call, int sign) {
  Value best;
  Value best_key;
  for (const Value& entry : elements_of(call.self)) {
    const bool comparator = closure_arity(call[0]) == 2;
    const Value key = comparator ? Value() : call.interpreter.call(call[0], entry);
    std::int64_t order = 1;
    if (!best.is_null())
      order = comparator ? to_int64(call.interpreter.call(call[0], entry, best)) * sign
                         : compare_for_sort(key, best_key) * sign;
    if (order > 0) {
      best = entry;
      best_key = key;
    }
  }
  return best;
}

Value put(Call call) {
  MapObject& map = changeable(call);
  const Value* const found = map.items.find(call[0]);
  Value old = found == nullptr ? Value() : *found;
  map.items.put(call[0], call[1]);
  return old;
}

Value put_all(Call call) {
  for (const Value& entry : elements_of(call[0])) put_collected(changeable(call), entry);
  return {};
}

Value put_if_absent(Call call) {
  const Value* const found = items_of(call).find(call[0]);
  if (found != nullptr && !found->is_null()) return *found;
  changeable(call).items.put(call[0], call[1]);
  return {};
}

Value remove(Call call) {
  std::optional<Value> removed = changeable(call).items.remove(call[0]);
  return removed ? *removed : Value();
}

Value filter_in_place(Call call, bool wanted) {
  const std::size_t before = items_of(call).size();
  const Value kept = find_all(call, wanted);
  changeable(call).items = kept.get<MapObject>().items.with_order(items_of(call).order());
  return Value::boolean(items_of(call).size() != before);
}

Value sort(Call call) {
  std::vector<Value> entries = elements_of(call.self);
  if (call.size() == 1) {
    // A comparator of a map compares entries, not keys and values.
    sort_values(call.interpreter, entries, &call[0]);
    return map_of(entries);
  }
  return cast(call.interpreter, call.self, "TreeMap");
}

Value sub_map(Call call) {
  // Of a sorted map, two keys are the bounds.
  if (items_of(call).order() == OrderedTable::Order::keys && call.size() == 2 &&
      !is_collection(call[0]))
    return find_in(sorted_map_methods(), "subMap", 2)->function(call);
  const Ref<MapObject> part = make<MapObject>(call.self.kind());
  part->record_type = call.self.get<MapObject>().record_type;
  const std::vector<Value> wanted =
      call.size() == 1 && is_collection(call[0])
          ? elements_of(call[0])
          : std::vector<Value>(call.arguments.begin(), call.arguments.end());
  for (const Value& key : wanted) {
    if (const Value* const found = items_of(call).find(key)) part->items.put(key, *found);
  }
  return part;
}

Value sum(Call call) {
  Value total;
  bool first = true;
  for (const Value& entry : elements_of(call.self)) {
    const Value part = call_with(call, call[call.size() - 1], entry);
    total = first ? part : add(call.interpreter, total, part);
    first = false;
  }
  return total;
}

Value take(Call call, bool drop) {
  const std::vector<Value> all = elements_of(call.self);
  const std::int64_t count = std::max<std::int64_t>(
      0, std::min<std::int64_t>(integer_argument(call, 0), static_cast<std::int64_t>(all.size())));
  return drop ? map_of({all.begin() + count, all.end()})
              : map_of({all.begin(), all.begin() + count});
}

Value with_default(Call call) {
  const Ref<MapObject> map = make<MapObject>();
  map->items = items_of(call);
  map->default_value = call[0];
  return map;
}

/// What a closure gave for the key of the first argument; null removes it.
void set_or_remove(Call call, const Value& value) {
  if (value.is_null()) {
    changeable(call).items.remove(call[0]);
    return;
  }
  changeable(call).items.put(call[0], value);
  note_link(call.interpreter, call.self, value);
}

/// `merge(key, value, closure)` combines with what is there.
Value merge(Call call) {
  const Value* const found = items_of(call).find(call[0]);
  Value value = found == nullptr || found->is_null()
                    ? call[1]
                    : call.interpreter.call(call[2], *found, call[1]);
  set_or_remove(call, value);
  return value;
}

/// compute and, when only a key with a value counts, computeIfPresent.
Value compute_value(Call call, bool only_present) {
  const Value* const found = items_of(call).find(call[0]);
  const Value old = found == nullptr ? Value() : *found;
  if (only_present && old.is_null()) return {};
  Value value = call.interpreter.call(call[1], call[0], old);
  set_or_remove(call, value);
  return value;
}

Value replace_value(Call call) {
  const Value* const found = items_of(call).find(call[0]);
  if (found == nullptr) return {};
  Value old = *found;
  changeable(call).items.put(call[0], call[1]);
  return old;
}

Value replace_all(Call call) {
  for (const Value& entry : elements_of(call.self)) {
    const EntryObject& pair = entry.get<EntryObject>();
    Value value = call.interpreter.call(call[0], pair.key, pair.value);
    changeable(call).items.put(pair.key, value);
    note_link(call.interpreter, call.self, value);
  }
  return {};
}

/// The entries up to the first that is not accepted, or those from it on.
Value while_accepted(Call call, bool keep) {
  const std::vector<Value> all = elements_of(call.self);
  auto end = all.begin();
  while (end != all.end() && truth(call_with(call, call[0], *end))) ++end;
  return keep ? map_of({all.begin(), end}) : map_of({end, all.end()});
}

Value intersect(Call call) {
  const MapObject* const other = call[0].as<MapObject>();
  if (other == nullptr) throw script_error("IllegalArgumentException", "a map meets a map alone");
  std::vector<Value> shared;
  for (const Value& entry : elements_of(call.self)) {
    const Value* const found = other->items.find(entry.get<EntryObject>().key);
    if (found != nullptr && equals(*found, entry.get<EntryObject>().value)) shared.push_back(entry);
  }
  return map_of(shared);
}

/// toSorted(): by value; with a closure as sort.
Value to_sorted(Call call) {
  if (call.size() == 1) return sort(call);
  std::vector<Value> entries = elements_of(call.self);
  std::stable_sort(entries.begin(), entries.end(), [](const Value& a, const Value& b) {
    return compare_for_sort(a.get<EntryObject>().value, b.get<EntryObject>().value) < 0;
  });
  return map_of(entries);
}

Value as_read_only(Call call) {
  const Ref<MapObject> copy = make<MapObject>();
  copy->items = items_of(call);
  copy->is_read_only = true;
  return copy;
}

Value copy(Call call) {
  const Ref<MapObject> clone = make<MapObject>(call.self.kind());
  clone->items = items_of(call);
  return clone;
}

constexpr std::array k_methods = {
    Method{"any", 0, 1, any, "whether the closure holds for an entry"},
    Method{"asImmutable", 0, 0, as_read_only, "a copy that refuses changes"},
    Method{"asSynchronized", 0, 0, [](Call call) { return call.self; }, "itself"},
    Method{"asUnmodifiable", 0, 0, as_read_only, "a copy that refuses changes"},
    Method{"clear", 0, 0,
           [](Call call) {
             changeable(call).items.clear();
             return Value();
           },
           "removes all entries"},
    Method{"clone", 0, 0, copy, "a shallow copy"},
    Method{"collect", 0, 2, collect, "a list of what the closure gives for each entry"},
    Method{"collectEntries", 0, 2, collect_entries,
           "a map of the pairs that the closure gives; with a map first, added to it"},
    Method{"collectMany", 1, 1, collect_many, "the lists that the closure gives, joined"},
    Method{"compute", 2, 2, [](Call call) { return compute_value(call, false); },
           "sets what the closure gives for a key and its value; null removes the key"},
    Method{"computeIfPresent", 2, 2, [](Call call) { return compute_value(call, true); },
           "as compute, for a key that has a value"},
    Method{"computeIfAbsent", 2, 2, compute_if_absent,
           "the value of a key, made by the closure when missing"},
    Method{"containsKey", 1, 1,
           [](Call call) { return Value::boolean(items_of(call).find(call[0]) != nullptr); },
           "whether there is an entry for the key"},
    Method{"containsValue", 1, 1, contains_value, "whether an entry has the value"},
    Method{"count", 1, 1, count, "number of accepted entries"},
    Method{"drop", 1, 1, [](Call call) { return take(call, true); }, "all but the first entries"},
    Method{"dropWhile", 1, 1, [](Call call) { return while_accepted(call, false); },
           "what follows the longest accepted beginning"},
    Method{"each", 1, 1, each, "calls the closure with each entry, or with key and value"},
    Method{"eachWithIndex", 1, 1, each_with_index,
           "calls the closure with each entry and its position"},
    Method{"entrySet", 0, 0, entries, "the entries"},
    Method{"every", 0, 1, every, "whether the closure holds for all entries"},
    Method{"find", 1, 1, find, "the first accepted entry, or null"},
    Method{"findAll", 1, 1, [](Call call) { return find_all(call, true); },
           "a map of the accepted entries"},
    Method{"findResult", 1, 2, find_result, "the first result of the closure that is not null"},
    Method{"findResults", 1, 1, find_results, "the results of the closure that are not null"},
    Method{"forEach", 1, 1,
           [](Call call) {
             each(call);
             return Value();
           },
           "calls the closure with each key and value"},
    Method{"get", 1, 2, get, "the value of a key; a second argument is stored when it is missing"},
    Method{"getAt", 1, 1, [](Call call) { return call.interpreter.index(call.self, call[0]); },
           "the value of a key, or null"},
    Method{"getOrDefault", 2, 2, get_or_default, "the value of a key, or the second argument"},
    Method{"countBy", 1, 1,
           [](Call call) {
             const Value groups = group_entries(call, false);
             auto counts = make<MapObject>();
             for (const auto& group : groups.get<MapObject>().items.entries()) {
               const auto size = static_cast<std::int32_t>(elements_of(group.value).size());
               counts->items.put(group.key, Value::integer(size));
             }
             return Value(counts);
           },
           "how many entries give the same with the closure"},
    Method{"groupBy", 1, -1, [](Call call) { return group_entries(call, true); },
           "maps of the entries by what the closure gives"},
    Method{"groupEntriesBy", 1, 1, [](Call call) { return group_entries(call, false); },
           "lists of the entries by what the closure gives"},
    Method{"inject", 1, 2, inject, "folds the entries with the closure"},
    Method{"intersect", 1, 1, intersect, "the entries that are in both"},
    Method{"isEmpty", 0, 0, [](Call call) { return Value::boolean(items_of(call).empty()); },
           "whether there is no entry"},
    Method{"iterator", 0, 0, [](Call call) { return make_iterator(elements_of(call.self)); },
           "the entries, one at a time"},
    Method{"keySet", 0, 0, keys, "the keys"},
    Method{"leftShift", 1, 1,
           [](Call call) {
             put_collected(changeable(call), call[0]);
             return call.self;
           },
           "adds an entry or a map; the map"},
    Method{"max", 1, 1, [](Call call) { return extreme(call, 1); },
           "the entry with the largest result"},
    Method{"merge", 3, 3, merge, "combines a value with the one that is there"},
    Method{"min", 1, 1, [](Call call) { return extreme(call, -1); },
           "the entry with the smallest result"},
    Method{"minus", 1, 1, [](Call call) { return subtract(call.interpreter, call.self, call[0]); },
           "a copy without the entries of another map"},
    Method{"plus", 1, 1, [](Call call) { return add(call.interpreter, call.self, call[0]); },
           "a copy with the entries of another map"},
    Method{"put", 2, 2, put, "sets the value of a key; the old one"},
    Method{"putAll", 1, 1, put_all, "sets all entries of another map"},
    Method{"putAt", 2, 2,
           [](Call call) {
             changeable(call).items.put(call[0], call[1]);
             return call[1];
           },
           "sets the value of a key"},
    Method{"putIfAbsent", 2, 2, put_if_absent, "sets the value of a key that has none"},
    Method{"remove", 1, 1, remove, "removes a key; its value"},
    Method{"removeAll", 1, 1, [](Call call) { return filter_in_place(call, false); },
           "removes the accepted entries"},
    Method{"removeIf", 1, 1, [](Call call) { return filter_in_place(call, false); },
           "removes the accepted entries"},
    Method{"replace", 2, 2, replace_value, "sets the value of a key that is there; the old one"},
    Method{"replaceAll", 1, 1, replace_all, "sets every value to what the closure gives"},
    Method{"retainAll", 1, 1, [](Call call) { return filter_in_place(call, true); },
           "keeps the accepted entries"},
    Method{"reverseEach", 1, 1, reverse_each, "calls the closure with each entry from the last"},
    Method{"size", 0, 0, [](Call call) { return Value::number(size_of(call.self)); },
           "number of entries"},
    Method{"sort", 0, 1, sort, "a sorted copy, by key, mapper or comparator"},
    Method{"subMap", 1, -1, sub_map, "the entries of the given keys"},
    Method{"sum", 1, 2, sum, "what the closure gives for the entries, added"},
    Method{"take", 1, 1, [](Call call) { return take(call, false); }, "the first entries"},
    Method{"takeWhile", 1, 1, [](Call call) { return while_accepted(call, true); },
           "the longest accepted beginning"},
    Method{"toMap", 0, 0, [](Call call) { return call.self; },
           "the map; `workflow.manifest` is one"},
    Method{"toMapString", 0, 0, [](Call call) { return Value::string(to_text(call.self)); },
           "as text"},
    Method{"toSorted", 0, 1, to_sorted, "a sorted copy, by value, mapper or comparator"},
    Method{"toSpreadMap", 0, 0, [](Call call) { return call.self; }, "the map"},
    Method{"values", 0, 0, values, "the values"},
    Method{"withDefault", 1, 1, with_default, "a copy that asks the closure for missing keys"},
};

/// `entry.value = x` changes the map that the entry came from.
Value set_value(Call call) {
  EntryObject& entry = call.self.get<EntryObject>();
  MapObject* const map = entry.map.as<MapObject>();
  if (map == nullptr || map->is_read_only || map->kind() == Kind::record)
    throw script_error("UnsupportedOperationException", "this entry cannot be changed");
  map->items.put(entry.key, call[0]);
  note_link(call.interpreter, entry.map, call[0]);
  return std::exchange(entry.value, call[0]);
}

constexpr std::array k_entry_methods = {
    Method{"getKey", 0, 0, [](Call call) { return call.self.get<EntryObject>().key; }, "the key"},
    Method{"getValue", 0, 0, [](Call call) { return call.self.get<EntryObject>().value; },
           "the value"},
    Method{"setValue", 1, 1, set_value, "changes the value in the map; the old one"},
    Method{"toMapEntry", 0, 0, [](Call call) { return call.self; }, "the entry"},
};

constexpr std::array k_record_methods = {
    Method{"subMap", 1, -1, sub_map, "a record of the given fields"},
};

}  // namespace

MethodTable map_methods() {
  return k_methods;
}
MethodTable entry_methods() {
  return k_entry_methods;
}
MethodTable record_methods() {
  return k_record_methods;
}

}  // namespace weir::lang
