#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::lang {

/// A sequence of nodes in an arena; as cheap to copy as a pointer. Elements can be written to while
/// passes run.
template <typename T>
using List = std::span<T>;

/// Memory for syntax trees: handed out in order, released together. Destructors are never run.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <typename T, typename... Arguments>
  T* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T>);
    return ::new (allocate(sizeof(T), alignof(T))) T{std::forward<Arguments>(arguments)...};
  }

  template <typename T>
  List<T> list(const std::vector<T>& items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty()) return {};
    const std::size_t bytes = std::as_bytes(std::span(items)).size();
    void* const memory = allocate(bytes, alignof(T));
    std::memcpy(memory, items.data(), bytes);
    return {static_cast<T*>(memory), items.size()};
  }

  std::string_view text(std::string_view text) {
    if (text.empty()) return {};
    char* const memory = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(memory, text.data(), text.size());
    return {memory, text.size()};
  }

  [[nodiscard]] std::size_t used_bytes() const { return used_; }

 private:
  static constexpr std::size_t k_block_bytes = 64 * 1024;

  void* allocate(std::size_t size, std::size_t alignment) {
    std::size_t at = (position_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || at + size > capacity_) {
      capacity_ = size > k_block_bytes ? size : k_block_bytes;
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(capacity_));
      at = 0;
    }
    position_ = at + size;
    used_ += size;
    return blocks_.back().get() + at;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t position_ = 0;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
};

}  // namespace weir::lang
