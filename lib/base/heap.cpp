#include "base/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace weir::base {

void touch_heap(std::size_t bytes) {
#if defined(__GLIBC__) && defined(MADV_POPULATE_WRITE)
  // What the allocator's own adjustment ends with; without it a large request is a mapping of its
  // own, and memory that is free at the heap's end goes back at once.
  constexpr int k_own_mapping_bytes = 32 << 20;
  ::mallopt(M_MMAP_THRESHOLD, k_own_mapping_bytes);
  ::mallopt(M_TRIM_THRESHOLD, 2 * k_own_mapping_bytes);
  void* const block = std::malloc(bytes);
  if (block == nullptr) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(block) & ~(page - 1);
  const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(block) + bytes) & ~(page - 1);
  ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
  std::free(block);
#else
  static_cast<void>(bytes);
#endif
}

}  // namespace weir::base
