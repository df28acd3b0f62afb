#include "lang/exceptions.hpp"
#include "lang/methods/method.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>

// Methods of maps and sets that are kept in the order of their keys: TreeMap and TreeSet. What is a
// view of the collection in Java is a copy of that part. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;
using Entries = std::vector<OrderedTable::Entry>;

OrderedTable& table_of(Call call) {
  OrderedTable& table = call.self.kind() == Kind::set ? call.self.get<SetObject>().items
                                                      : call.self.get<MapObject>().items;
  if (table.order() == OrderedTable::Order::keys) return table;
  throw script_error("MissingMethodException",
                     "only a sorted collection has this method, not a " + type_name(call.self));
}

const Entries& entries_of(Call call) {
  return table_of(call).entries();
}

std::vector<Value> keys_of(Call call) {
  std::vector<Value> keys;
  for (const OrderedTable::Entry& entry : entries_of(call)) keys.push_back(entry.key);
  return keys;
}

/// How many keys stand before `key`; with `inclusive`, that one too.
std::size_t rank_of(const Entries& entries, const Value& key, bool inclusive) {
  const auto end =
      std::partition_point(entries.begin(), entries.end(), [&](const OrderedTable::Entry& entry) {
        const int order = compare(entry.key, key);
        return order < 0 || (inclusive && order == 0);
      });
  return static_cast<std::size_t>(end - entries.begin());
}

/// The nearest key below (or from) or above (or at) the argument; null when there is none.
enum class Nearest { lower, floor, ceiling, higher };
template <Nearest nearest>
Value key_near(Call call) {
  constexpr bool below = nearest == Nearest::lower || nearest == Nearest::floor;
  constexpr bool inclusive = nearest == Nearest::floor || nearest == Nearest::higher;
  const Entries& entries = entries_of(call);
  const std::size_t rank = rank_of(entries, call[0], inclusive);
  if (below) return rank == 0 ? Value() : entries[rank - 1].key;
  return rank == entries.size() ? Value() : entries[rank].key;
}

Value part(Call call, std::size_t begin, std::size_t end) {
  const Entries& entries = entries_of(call);
  OrderedTable items = OrderedTable().with_order(OrderedTable::Order::keys);
  for (std::size_t i = begin; i < end; ++i) items.put(entries[i].key, entries[i].value);
  if (call.self.kind() == Kind::set) {
    const Ref<SetObject> set = make<SetObject>();
    set->items = std::move(items);
    return set;
  }
  const Ref<MapObject> map = make<MapObject>();
  map->items = std::move(items);
  return map;
}

Value head(Call call) {
  const bool inclusive = call.has(1) && truth(call[1]);
  return part(call, 0, rank_of(entries_of(call), call[0], inclusive));
}

Value tail(Call call) {
  const bool inclusive = !call.has(1) || truth(call[1]);
  return part(call, rank_of(entries_of(call), call[0], !inclusive), entries_of(call).size());
}

Value between(Call call) {
  const std::size_t begin = rank_of(entries_of(call), call[0], false);
  return part(call, begin, std::max(begin, rank_of(entries_of(call), call[1], false)));
}

/// Backwards, in an order that is kept only for what is there now.
Value descending(Call call, bool keys_only) {
  const Entries& entries = entries_of(call);
  const Ref<MapObject> map = make<MapObject>();
  const Ref<SetObject> keys = make<SetObject>();
  for (std::size_t i = entries.size(); i > 0; --i) {
    map->items.put(entries[i - 1].key, entries[i - 1].value);
    keys->items.put(entries[i - 1].key, Value());
  }
  return keys_only ? Value(keys) : Value(map);
}

Value end_key(Call call, bool first) {
  const Entries& entries = entries_of(call);
  if (entries.empty()) throw script_error("NoSuchElementException", "there is no key");
  return first ? entries.front().key : entries.back().key;
}

/// The first or last entry, or element of a set; null when there is none.
Value end_entry(Call call, bool first) {
  const Entries& entries = entries_of(call);
  if (entries.empty()) return {};
  const OrderedTable::Entry& entry = first ? entries.front() : entries.back();
  if (call.self.kind() == Kind::set) return entry.key;
  return make<EntryObject>(entry.key, entry.value);
}

Value take_end(Call call, bool first) {
  const bool is_fixed = call.self.kind() == Kind::set ? call.self.get<SetObject>().is_read_only
                                                      : call.self.get<MapObject>().is_read_only;
  if (is_fixed)
    throw script_error("UnsupportedOperationException",
                       "a " + type_name(call.self) + " cannot be changed");
  const Value entry = end_entry(call, first);
  if (!entry.is_null()) {
    const EntryObject* const pair = entry.as<EntryObject>();
    table_of(call).remove(pair == nullptr ? entry : pair->key);
  }
  return entry;
}

constexpr std::array k_map_methods = {
    Method{"ceilingKey", 1, 1, key_near<Nearest::ceiling>, "the least key that is not less"},
    Method{"descendingKeySet", 0, 0, [](Call call) { return descending(call, true); },
           "the keys from the greatest"},
    Method{"descendingMap", 0, 0, [](Call call) { return descending(call, false); },
           "the entries from the greatest key"},
    Method{"firstEntry", 0, 0, [](Call call) { return end_entry(call, true); },
           "the entry of the least key, or null"},
    Method{"firstKey", 0, 0, [](Call call) { return end_key(call, true); }, "the least key"},
    Method{"floorKey", 1, 1, key_near<Nearest::floor>, "the greatest key that is not greater"},
    Method{"headMap", 1, 2, head, "the entries of lesser keys; with true, of an equal one too"},
    Method{"higherKey", 1, 1, key_near<Nearest::higher>, "the least greater key"},
    Method{"lastEntry", 0, 0, [](Call call) { return end_entry(call, false); },
           "the entry of the greatest key, or null"},
    Method{"lastKey", 0, 0, [](Call call) { return end_key(call, false); }, "the greatest key"},
    Method{"lowerKey", 1, 1, key_near<Nearest::lower>, "the greatest lesser key"},
    Method{"navigableKeySet", 0, 0, [](Call call) { return make_set(keys_of(call)); }, "the keys"},
    Method{"pollFirstEntry", 0, 0, [](Call call) { return take_end(call, true); },
           "removes and returns the entry of the least key"},
    Method{"pollLastEntry", 0, 0, [](Call call) { return take_end(call, false); },
           "removes and returns the entry of the greatest key"},
    Method{"subMap", 2, 2, between, "the entries from a key on and below another"},
    Method{"tailMap", 1, 2, tail, "the entries from a key on; with false, of greater keys"},
};

constexpr std::array k_set_methods = {
    Method{"ceiling", 1, 1, key_near<Nearest::ceiling>, "the least element that is not less"},
    Method{"descendingSet", 0, 0, [](Call call) { return descending(call, true); },
           "the elements from the greatest"},
    Method{"floor", 1, 1, key_near<Nearest::floor>, "the greatest element that is not greater"},
    Method{"headSet", 1, 2, head, "the lesser elements; with true, an equal one too"},
    Method{"higher", 1, 1, key_near<Nearest::higher>, "the least greater element"},
    Method{"lower", 1, 1, key_near<Nearest::lower>, "the greatest lesser element"},
    Method{"pollFirst", 0, 0, [](Call call) { return take_end(call, true); },
           "removes and returns the least element"},
    Method{"pollLast", 0, 0, [](Call call) { return take_end(call, false); },
           "removes and returns the greatest element"},
    Method{"subSet", 2, 2, between, "the elements from one on and below another"},
    Method{"tailSet", 1, 2, tail, "the elements from one on; with false, the greater ones"},
};

}  // namespace

MethodTable sorted_map_methods() {
  return k_map_methods;
}
MethodTable sorted_set_methods() {
  return k_set_methods;
}

}  // namespace weir::lang
