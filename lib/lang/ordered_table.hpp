#pragma once

#include "lang/value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::lang {

/// A hash table of values that iterates in order of insertion, in the order of its keys, or as
/// Java's HashMap does; the storage of maps, sets and records.
///
/// Keys are equal as Java's `equals` has it (`equal_keys` in equality.hpp): 1 and 1L are two keys.
/// In a table in the order of its keys, decimals are equal by value, as `compareTo` has it. Up to
/// eight entries are searched one by one; above, an open-addressed index of positions is kept
/// (linear probing). What is removed from an indexed table is only marked, so that emptying a
/// table costs no more than filling it; the next look at `entries()` closes the gaps.
class OrderedTable {
 public:
  /// `hashes`: by the bucket into which `java_hash` puts the key, as java.util.HashMap of OpenJDK
  /// 17 (without its trees, which buckets of eight or more keys become).
  enum class Order : std::uint8_t { insertion, keys, hashes };
  struct Entry {
    Value key;
    Value value;
    std::uint64_t hash = 0;
  };

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size() - removed_; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] Order order() const noexcept { return order_; }
  /// A copy whose present and later entries are in that order. Keys are ordered when they are of
  /// one class that has an order; ScriptException (ClassCastException) for others, also from `put`.
  [[nodiscard]] OrderedTable with_order(Order order) const;
  /// Empty, in the order of hashes, with at least so many buckets at first.
  [[nodiscard]] static OrderedTable with_buckets(std::size_t count = k_buckets_default);
  static constexpr std::size_t k_buckets_default = 16;
  /// As many buckets as a HashMap has that is made of a collection of `count`.
  [[nodiscard]] static std::size_t buckets_for(std::size_t count) { return count * 4 / 3 + 1; }
  /// Empty, in the order that this one has.
  [[nodiscard]] OrderedTable empty_copy() const;
  /// In order; valid until the next change.
  [[nodiscard]] const std::vector<Entry>& entries() const {
    if (removed_ != 0) rebuild_index();
    if (!in_order_) sort_entries();
    return entries_;
  }

  /// The value of `key`, or nullptr; valid until the next change.
  [[nodiscard]] const Value* find(const Value& key) const;
  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] Value* find(const Value& key);

  /// Sets the value of `key`, keeping the place of an existing entry. True when the key is new.
  bool put(const Value& key, Value value);
  bool put(std::string_view key, Value value) { return put(Value::string(key), std::move(value)); }
  /// Removes and returns the value.
  std::optional<Value> remove(const Value& key);
  /// Keeps the entries for which `keep(entry)` is true; linear.
  template <typename Predicate>
  void retain_if(Predicate keep);
  void clear();
  void reserve(std::size_t count);

 private:
  static constexpr std::size_t k_not_found = static_cast<std::size_t>(-1);
  static constexpr std::size_t k_indexed_from = 9;  ///< below this a linear search is faster
  static constexpr std::uint32_t k_removed = static_cast<std::uint32_t>(-1);

  /// Where in `index_` the position of `key` stands.
  [[nodiscard]] std::size_t slot_of(const Value& key, std::uint64_t hash) const;
  [[nodiscard]] std::size_t position_of(const Value& key, std::uint64_t hash) const;
  /// Also drops the entries that were removed.
  void rebuild_index() const;
  /// What was put since the last look is brought to its place.
  void sort_entries() const;
  void check_sortable(const Value& key) const;
  void sort_by_hash() const;

  mutable std::vector<Entry> entries_;
  /// Position + 1, or 0, or k_removed; a power of two in size, at least half of it 0.
  mutable std::vector<std::uint32_t> index_;
  mutable std::size_t removed_ = 0;  ///< entries that are only marked
  Order order_ = Order::insertion;
  std::size_t buckets_ = 0;  ///< of the order of hashes; a power of two
  mutable bool in_order_ = true;
};

template <typename Predicate>
void OrderedTable::retain_if(Predicate keep) {
  static_cast<void>(entries());
  std::vector<Entry> kept;
  kept.reserve(entries_.size());
  for (Entry& entry : entries_) {
    if (keep(const_cast<const Entry&>(entry))) kept.push_back(std::move(entry));
  }
  entries_ = std::move(kept);
  rebuild_index();
}

}  // namespace weir::lang
