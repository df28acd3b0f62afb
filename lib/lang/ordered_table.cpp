#include "lang/ordered_table.hpp"

#include "lang/objects.hpp"
#include "lang/semantics.hpp"

#include <bit>

namespace weir::lang {

std::size_t OrderedTable::position_of(const Value& key, std::uint64_t hash) const {
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].hash == hash && equal_keys(entries_[i].key, key)) return i;
    }
    return k_not_found;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = hash & mask; index_[at] != 0; at = (at + 1) & mask) {
    const Entry& entry = entries_[index_[at] - 1];
    if (entry.hash == hash && equal_keys(entry.key, key)) return index_[at] - 1;
  }
  return k_not_found;
}

void OrderedTable::rebuild_index() {
  index_.clear();
  if (entries_.size() < k_indexed_from) return;
  index_.resize(std::bit_ceil(entries_.size() * 2 + 2), 0);
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t at = entries_[i].hash & mask;
    while (index_[at] != 0) at = (at + 1) & mask;
    index_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

const Value* OrderedTable::find(const Value& key) const {
  if (entries_.empty()) return nullptr;
  const std::size_t position = position_of(key, hash_key(key));
  return position == k_not_found ? nullptr : &entries_[position].value;
}

Value* OrderedTable::find(const Value& key) {
  if (entries_.empty()) return nullptr;
  const std::size_t position = position_of(key, hash_key(key));
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

bool OrderedTable::put(const Value& key, Value value) {
  const std::uint64_t hash = hash_key(key);
  const std::size_t position = position_of(key, hash);
  if (position != k_not_found) {
    entries_[position].value = std::move(value);
    return false;
  }
  entries_.push_back({key, std::move(value), hash});
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
  const std::size_t position = position_of(key, hash_key(key));
  if (position == k_not_found) return std::nullopt;
  Value removed = std::move(entries_[position].value);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(position));
  rebuild_index();
  return removed;
}

void OrderedTable::clear() {
  entries_.clear();
  index_.clear();
}

void OrderedTable::reserve(std::size_t count) {
  entries_.reserve(count);
}

}  // namespace weir::lang
