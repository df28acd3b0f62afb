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
  /// Gives the pages back; the content from `begin` on becomes zero.
  void release_from(std::size_t begin);

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t capacity_ = 0;
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
  [[nodiscard]] T& operator[](std::size_t index) const { return data()[index]; }

 private:
  HugeBuffer buffer_;
};

}  // namespace weir::genomics
