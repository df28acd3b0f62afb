#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// Names of sequences with identifiers in order of first appearance. Safe for several threads,
/// which look names up through a `ContigCache` each.
class ContigTable {
 public:
  /// The identifier; a new one for a new name.
  std::uint32_t identify(std::string_view name);
  [[nodiscard]] std::size_t size() const;
  /// Valid as long as the table.
  [[nodiscard]] std::string_view name(std::size_t identifier) const;
  /// From here on names count as undeclared: they rank after the declared ones.
  void end_of_declarations() { declared_ = names_.size(); }
  [[nodiscard]] std::size_t declared() const { return declared_; }
  /// Numbers inside names count as numbers: chr2 before chr10.
  void order_naturally() { natural_ = true; }
  /// Rank by identifier: declared names in their order, the others by bytes or naturally.
  [[nodiscard]] std::vector<std::uint32_t> ranks() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint32_t, std::less<>> identifiers_;  // guarded by mutex_
  std::deque<std::string> names_;  // guarded by mutex_; elements never move
  std::size_t declared_ = 0;
  bool natural_ = false;
};

/// Whether a name comes before another when runs of digits compare as numbers; names that differ in
/// leading zeros only compare by bytes.
[[nodiscard]] bool natural_less(std::string_view a, std::string_view b);

/// One thread's way to a table: a small hash table in front of it.
class ContigCache {
 public:
  explicit ContigCache(ContigTable& table);
  [[nodiscard]] std::uint32_t identify(std::string_view name);
  /// The identifier, if the name was identified here before.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const {
    const Entry& entry = entries_[place(Key(name))];
    return entry.key.name.data() == nullptr ? std::nullopt : std::optional(entry.identifier);
  }

 private:
  /// A name with its first and last eight bytes, which are all of most names: comparing them is a
  /// matter of registers.
  struct Key {
    Key() = default;
    explicit Key(std::string_view text);
    [[nodiscard]] bool operator==(const Key& other) const;
    [[nodiscard]] std::size_t hash() const;

    std::string_view name;
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
  };
  struct Entry {
    Key key;  ///< its name is in the table, which outlives the cache
    std::uint32_t identifier = 0;
  };
  void grow();
  [[nodiscard]] std::size_t place(const Key& key) const;

  ContigTable& table_;
  std::vector<Entry> entries_;
  std::size_t used_ = 0;
};

}  // namespace weir::genomics
