#pragma once

#include <cstddef>

namespace weir::base {

/// Grows the heap by about `bytes` and touches all of it in one call, where a short run would touch
/// it page by page: a page fault costs several times what a page of a larger request does. To be
/// called after the forks of a start, since a fork makes every touched page fault again. Without
/// effect where the kernel cannot (before 5.14); never fails.
void touch_heap(std::size_t bytes);

}  // namespace weir::base
