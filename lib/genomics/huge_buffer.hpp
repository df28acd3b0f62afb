#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace weir::genomics {

enum class HugePages { no, yes };

/// A large zeroed memory area, on huge pages where the kernel has them.
///
/// Only reserved at first: memory is taken page by page when touched, so the capacity may be
/// generous.
class HugeBuffer {
 public:
  HugeBuffer() = default;
  /// Throws Error (temporary) when the address space is not given.
  explicit HugeBuffer(std::size_t capacity_bytes, HugePages pages = HugePages::yes);
  HugeBuffer(HugeBuffer&& other) noexcept;
  HugeBuffer& operator=(HugeBuffer&& other) noexcept;
  ~HugeBuffer();

  [[nodiscard]] std::uint8_t* data() const { return data_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] HugePages pages() const { return pages_; }

  /// To be called before memory from `begin` on is used for the first time. Sees how fast huge
  /// pages come there, and does without them from there on when they are slow: a host that took
  /// memory back must find all of it again, and a kernel must first move things together, while
  /// small pages are at hand. What lies behind `begin` is zero afterwards.
  void try_huge_pages(std::size_t begin);
  /// Gives pages back, which must be whole huge ones but for the last; zero from then on. May be
  /// called by several threads for different parts.
  void give_back(std::size_t begin, std::size_t end);
  /// No huge pages for what was not used yet.
  void use_small_pages() { use_small_pages_from(0); }

 private:
  void use_small_pages_from(std::size_t begin);

  std::uint8_t* data_ = nullptr;
  std::size_t capacity_ = 0;
  HugePages pages_ = HugePages::no;
  std::size_t tried_ = 0;  ///< as far as `try_huge_pages` has seen
};

/// A HugeBuffer seen as an array of plain values.
template <typename T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  HugeArray() = default;
  explicit HugeArray(std::size_t capacity, HugePages pages = HugePages::yes)
      : buffer_(capacity * sizeof(T), pages) {}
  [[nodiscard]] T* data() const { return reinterpret_cast<T*>(buffer_.data()); }
  [[nodiscard]] std::size_t capacity() const { return buffer_.capacity() / sizeof(T); }
  void use_small_pages() { buffer_.use_small_pages(); }
  [[nodiscard]] T& operator[](std::size_t index) const { return data()[index]; }

 private:
  HugeBuffer buffer_;
};

}  // namespace weir::genomics
