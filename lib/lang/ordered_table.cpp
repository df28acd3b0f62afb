#include "lang/ordered_table.hpp"

#include "lang/exceptions.hpp"
#include "lang/objects.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace weir::lang {

namespace {

/// Of entries that were removed. Keys that hash to it are moved to its neighbour.
constexpr std::uint64_t k_removed_hash = 0;

/// Java's decimals are equal in a sorted collection when they are equal by value, 1.0 and 1.00.
bool goes_by_value(const Value& key, OrderedTable::Order order) {
  return order == OrderedTable::Order::keys && key.kind() == Kind::decimal;
}

std::uint64_t hash_of(const Value& key, OrderedTable::Order order) {
  const std::uint64_t hash = hash_key(goes_by_value(key, order) ? key_by_value(key) : key);
  return hash == k_removed_hash ? hash + 1 : hash;
}

bool is_same(const Value& a, const Value& b, OrderedTable::Order order) {
  if (equal_keys(a, b)) return true;
  return goes_by_value(a, order) && goes_by_value(b, order) && compare(a, b) == 0;
}

}  // namespace

std::size_t OrderedTable::slot_of(const Value& key, std::uint64_t hash) const {
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = hash & mask; index_[at] != 0; at = (at + 1) & mask) {
    if (index_[at] == k_removed) continue;
    const Entry& entry = entries_[index_[at] - 1];
    if (entry.hash == hash && is_same(entry.key, key, order_)) return at;
  }
  return k_not_found;
}

std::size_t OrderedTable::position_of(const Value& key, std::uint64_t hash) const {
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].hash == hash && is_same(entries_[i].key, key, order_)) return i;
    }
    return k_not_found;
  }
  const std::size_t slot = slot_of(key, hash);
  return slot == k_not_found ? k_not_found : index_[slot] - 1;
}

void OrderedTable::rebuild_index() const {
  // Where keys come and go, the index has room for some before it is made anew.
  const std::size_t slots_per_entry = removed_ == 0 ? 2 : 3;
  if (removed_ != 0) {
    std::erase_if(entries_, [](const Entry& entry) { return entry.hash == k_removed_hash; });
    removed_ = 0;
  }
  index_.clear();
  if (entries_.size() < k_indexed_from) return;
  index_.resize(std::bit_ceil(entries_.size() * slots_per_entry + 2), 0);
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t at = entries_[i].hash & mask;
    while (index_[at] != 0) at = (at + 1) & mask;
    index_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

const Value* OrderedTable::find(const Value& key) const {
  if (entries_.empty()) return nullptr;
  const std::size_t position = position_of(key, hash_of(key, order_));
  return position == k_not_found ? nullptr : &entries_[position].value;
}

Value* OrderedTable::find(const Value& key) {
  if (entries_.empty()) return nullptr;
  const std::size_t position = position_of(key, hash_of(key, order_));
  return position == k_not_found ? nullptr : &entries_[position].value;
}

const Value* OrderedTable::find(std::string_view key) const {
  if (index_.empty()) {
    for (const Entry& entry : entries_) {
      if (entry.key.is_string() && entry.key.text() == key) return &entry.value;
    }
    return nullptr;
  }
  return find(Value::string(key));
}

OrderedTable OrderedTable::with_buckets(std::size_t count) {
  OrderedTable table;
  table.order_ = Order::hashes;
  table.buckets_ = std::bit_ceil(std::max<std::size_t>(count, 1));
  return table;
}

OrderedTable OrderedTable::empty_copy() const {
  OrderedTable table;
  table.order_ = order_;
  table.buckets_ = buckets_;
  return table;
}

OrderedTable OrderedTable::with_order(Order order) const {
  OrderedTable table;
  table.order_ = order;
  if (order == Order::hashes)
    table.buckets_ = order_ == order ? buckets_ : std::bit_ceil(size() + 1);
  table.reserve(size());
  for (const Entry& entry : entries()) table.put(entry.key, entry.value);
  return table;
}

void OrderedTable::sort_by_hash() const {
  std::vector<std::pair<std::uint32_t, std::size_t>> places;
  places.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    const auto hash = static_cast<std::uint32_t>(java_hash(entry.key));
    const std::size_t bucket = (hash ^ hash >> 16) & (buckets_ - 1);
    places.emplace_back(static_cast<std::uint32_t>(bucket), places.size());
  }
  std::sort(places.begin(), places.end());
  std::vector<Entry> sorted;
  sorted.reserve(entries_.size());
  for (const auto& [bucket, at] : places) sorted.push_back(std::move(entries_[at]));
  entries_ = std::move(sorted);
  in_order_ = true;
  rebuild_index();
}

void OrderedTable::sort_entries() const {
  if (order_ == Order::hashes) return sort_by_hash();
  const auto before = [](const Entry& a, const Entry& b) { return compare(a.key, b.key) < 0; };
  const auto tail = std::is_sorted_until(entries_.begin(), entries_.end(), before);
  std::stable_sort(tail, entries_.end(), before);
  std::inplace_merge(entries_.begin(), tail, entries_.end(), before);
  in_order_ = true;
  rebuild_index();
}

void OrderedTable::check_sortable(const Value& key) const {
  switch (key.kind()) {
    case Kind::null:
      throw script_error("NullPointerException", "null has no place in a sorted collection");
    case Kind::list:
    case Kind::bag:
    case Kind::set:
    case Kind::map:
    case Kind::record:
    case Kind::range:
    case Kind::entry:
    case Kind::closure:
    case Kind::pattern:
    case Kind::matcher:
    case Kind::exception:
    case Kind::type:
    case Kind::native:
    case Kind::hidden:
      throw script_error("ClassCastException", "class " + qualified_type_name(key) +
                                                   " cannot be cast to class java.lang.Comparable");
    default: break;
  }
  if (empty()) return;
  const Value other = (removed_ == 0 ? entries_ : entries()).front().key;
  if (key.kind() != other.kind()) {
    throw script_error("ClassCastException", "class " + qualified_type_name(other) +
                                                 " cannot be cast to class " +
                                                 qualified_type_name(key));
  }
}

bool OrderedTable::put(const Value& key, Value value) {
  if (order_ == Order::keys) check_sortable(key);
  const std::uint64_t hash = hash_of(key, order_);
  const std::size_t position = position_of(key, hash);
  if (position != k_not_found) {
    entries_[position].value = std::move(value);
    return false;
  }
  if (order_ == Order::keys && removed_ == 0 && !entries_.empty())
    in_order_ = in_order_ && compare(entries_.back().key, key) < 0;
  else if (order_ == Order::keys)
    in_order_ = entries_.empty();
  entries_.push_back({key, std::move(value), hash});
  if (order_ == Order::hashes) {
    // Three quarters full, it grows.
    while (size() > buckets_ * 3 / 4) buckets_ *= 2;
    in_order_ = false;
  }
  if (entries_.size() < k_indexed_from) return true;
  if (entries_.size() * 2 > index_.size()) {
    rebuild_index();
    return true;
  }
  const std::size_t mask = index_.size() - 1;
  std::size_t at = hash & mask;
  while (index_[at] != 0) at = (at + 1) & mask;
  index_[at] = static_cast<std::uint32_t>(entries_.size());
  return true;
}

std::optional<Value> OrderedTable::remove(const Value& key) {
  const std::uint64_t hash = hash_of(key, order_);
  if (index_.empty()) {
    const std::size_t position = position_of(key, hash);
    if (position == k_not_found) return std::nullopt;
    Value removed = std::move(entries_[position].value);
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(position));
    return removed;
  }
  const std::size_t slot = slot_of(key, hash);
  if (slot == k_not_found) return std::nullopt;
  Entry& entry = entries_[index_[slot] - 1];
  Value removed = std::move(entry.value);
  entry.key = Value();
  entry.value = Value();
  entry.hash = k_removed_hash;
  index_[slot] = k_removed;
  ++removed_;
  return removed;
}

void OrderedTable::clear() {
  entries_.clear();
  index_.clear();
  removed_ = 0;
  in_order_ = true;
}

void OrderedTable::reserve(std::size_t count) {
  entries_.reserve(count);
}

}  // namespace weir::lang
