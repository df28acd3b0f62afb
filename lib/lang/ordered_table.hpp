#pragma once

#include "lang/value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::lang {

/// A hash table of values that iterates in order of insertion; the storage of maps, sets and
/// records.
///
/// Keys are equal as Java's `equals` has it (`equal_keys` in equality.hpp): 1 and 1L are two keys.
/// Up to eight entries are searched one by one; above, an open-addressed index of positions is kept
/// (linear probing). Positions are stable until an entry is removed.
class OrderedTable {
 public:
  struct Entry {
    Value key;
    Value value;
    std::uint64_t hash = 0;
  };

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// In order of insertion.
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }

  /// The value of `key`, or nullptr; valid until the next change.
  [[nodiscard]] const Value* find(const Value& key) const;
  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] Value* find(const Value& key);

  /// Sets the value of `key`, keeping the place of an existing entry. True when the key is new.
  bool put(const Value& key, Value value);
  bool put(std::string_view key, Value value) { return put(Value::string(key), std::move(value)); }
  /// Removes and returns the value. Linear in the number of later entries.
  std::optional<Value> remove(const Value& key);
  /// Keeps the entries for which `keep(entry)` is true; linear.
  template <typename Predicate>
  void retain_if(Predicate keep);
  void clear();
  void reserve(std::size_t count);

 private:
  static constexpr std::size_t k_not_found = static_cast<std::size_t>(-1);
  static constexpr std::size_t k_indexed_from = 9;  ///< below this a linear search is faster

  [[nodiscard]] std::size_t position_of(const Value& key, std::uint64_t hash) const;
  void rebuild_index();

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_;  ///< position + 1, or 0; a power of two in size
};

template <typename Predicate>
void OrderedTable::retain_if(Predicate keep) {
  std::vector<Entry> kept;
  kept.reserve(entries_.size());
  for (Entry& entry : entries_) {
    if (keep(const_cast<const Entry&>(entry))) kept.push_back(std::move(entry));
  }
  entries_ = std::move(kept);
  rebuild_index();
}

}  // namespace weir::lang
