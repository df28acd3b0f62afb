#include "genomics/huge_buffer.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"

#include <sys/mman.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace weir::genomics {
namespace {

constexpr std::size_t k_huge_page_bytes = std::size_t{2} << 20;

std::size_t round_up(std::size_t bytes) {
  return (bytes + k_huge_page_bytes - 1) / k_huge_page_bytes * k_huge_page_bytes;
}

/// Whether the kernel needs several times longer to give this page than it takes to write it.
bool comes_slowly(std::uint8_t* page) {
  constexpr int k_slow_times = 8;  // 1 to 3 where memory is at hand, 20 and more where it is not
  const base::BootTime began = base::now_boot();
  *static_cast<volatile std::uint8_t*>(page) = 0;
  const base::BootTime given = base::now_boot();
  std::memset(page, 0, k_huge_page_bytes);
  return given - began > k_slow_times * (base::now_boot() - given);
}

}  // namespace

HugeBuffer::HugeBuffer(std::size_t capacity_bytes, HugePages pages)
    : capacity_(round_up(std::max<std::size_t>(capacity_bytes, 1))), pages_(pages) {
  void* const got = mmap(nullptr, capacity_, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) throw system_error("reserve", "memory for records", errno);
  data_ = static_cast<std::uint8_t*>(got);
  // Advice only: refusal changes the speed, not the result.
  madvise(got, capacity_, pages == HugePages::yes ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

HugeBuffer::HugeBuffer(HugeBuffer&& other) noexcept {
  *this = std::move(other);
}

HugeBuffer& HugeBuffer::operator=(HugeBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(capacity_, other.capacity_);
  std::swap(pages_, other.pages_);
  std::swap(tried_, other.tried_);
  return *this;
}

HugeBuffer::~HugeBuffer() {
  if (data_ != nullptr) munmap(data_, capacity_);
}

void HugeBuffer::try_huge_pages(std::size_t begin) {
  const std::size_t first = round_up(begin);
  const std::size_t end = first + 2 * k_huge_page_bytes;
  if (pages_ == HugePages::no || first < tried_ || end > capacity_) return;
  tried_ = end;
  // Two, since anything may hold up one.
  if (comes_slowly(data_ + first) && comes_slowly(data_ + first + k_huge_page_bytes))
    use_small_pages_from(end);
}

void HugeBuffer::give_back(std::size_t begin, std::size_t end) {
  madvise(data_ + begin, end - begin, MADV_DONTNEED);
}

void HugeBuffer::use_small_pages_from(std::size_t begin) {
  pages_ = HugePages::no;
  madvise(data_ + begin, capacity_ - begin, MADV_NOHUGEPAGE);
}

}  // namespace weir::genomics
