#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

/// An interned identifier: equal texts have equal numbers. 0 is "no name".
enum class Name : std::uint32_t { none = 0 };

/// The table behind `Name`. Texts live as long as the table, at a fixed address.
class Names {
 public:
  Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// The number of `text`, new if it was never seen.
  Name intern(std::string_view text);
  /// The number of `text`, or `Name::none` if it was never interned.
  [[nodiscard]] Name find(std::string_view text) const;
  [[nodiscard]] std::string_view text(Name name) const {
    return texts_[static_cast<std::uint32_t>(name)];
  }
  /// Numbers are below this.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(texts_.size()); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t name = 0;  ///< 0 is a free slot
  };
  /// The slot of `text`, or the free one where it belongs.
  [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint32_t hash) const;
  void grow();

  std::deque<std::string> texts_;
  std::vector<Slot> slots_;  ///< open addressing; a power of two in size, at most half full
};

}  // namespace weir::lang
