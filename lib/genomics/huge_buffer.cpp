#include "genomics/huge_buffer.hpp"

#include "base/error.hpp"

#include <sys/mman.h>
#include <algorithm>
#include <cerrno>
#include <utility>

namespace weir::genomics {
namespace {

constexpr std::size_t k_huge_page_bytes = std::size_t{2} << 20;

std::size_t round_up(std::size_t bytes) {
  return (bytes + k_huge_page_bytes - 1) / k_huge_page_bytes * k_huge_page_bytes;
}

}  // namespace

HugeBuffer::HugeBuffer(std::size_t capacity_bytes, HugePages pages)
    : capacity_(round_up(std::max<std::size_t>(capacity_bytes, 1))) {
  void* const got = mmap(nullptr, capacity_, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) throw system_error("reserve", "memory for records", errno);
  data_ = static_cast<std::uint8_t*>(got);
  // Advice only: refusal changes the speed, not the result.
  madvise(got, capacity_, pages == HugePages::yes ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

HugeBuffer::HugeBuffer(HugeBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}

HugeBuffer& HugeBuffer::operator=(HugeBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

HugeBuffer::~HugeBuffer() {
  if (data_ != nullptr) munmap(data_, capacity_);
}

void HugeBuffer::release_from(std::size_t begin) {
  const std::size_t first = round_up(begin);
  if (first < capacity_) madvise(data_ + first, capacity_ - first, MADV_DONTNEED);
}

}  // namespace weir::genomics
