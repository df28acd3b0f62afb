#include "genomics/memory_budget.hpp"

#include "genomics/spill.hpp"

#include <algorithm>

namespace weir::genomics {

MemoryBudget::MemoryBudget(const ProcessRequest& request) {
  constexpr std::size_t k_base_bytes = std::size_t{12} << 20;       // program, libraries, stacks
  constexpr std::size_t k_per_thread_bytes = std::size_t{7} << 20;  // batches, codec states
  // Of a whole genome, which has 190,000 windows of 16 KiB.
  constexpr std::size_t k_index_bytes_max = std::size_t{24} << 20;
  constexpr std::size_t k_index_bytes_min = std::size_t{4} << 20;
  constexpr std::size_t k_piece_bytes_min = std::size_t{128} << 10;
  constexpr std::size_t k_piece_bytes_max = std::size_t{4} << 20;
  constexpr std::size_t k_run_bytes_min = std::size_t{8} << 20;
  constexpr std::size_t k_huge_pages_from = std::size_t{192} << 20;
  constexpr std::size_t k_merge_runs_max = 256;
  piece_bytes = std::clamp(request.memory_limit_bytes / 128, k_piece_bytes_min, k_piece_bytes_max);
  const std::size_t index_bytes =
      std::clamp(request.memory_limit_bytes / 8, k_index_bytes_min, k_index_bytes_max);
  const std::size_t fixed =
      k_base_bytes + k_per_thread_bytes * request.threads + 4 * piece_bytes + index_bytes;
  run_bytes = request.memory_limit_bytes > fixed + k_run_bytes_min
                  ? request.memory_limit_bytes - fixed
                  : k_run_bytes_min;
  first_run_bytes = run_bytes;
  merge_runs = std::clamp<std::size_t>(run_bytes / 2 / k_merge_bytes_per_run, 2, k_merge_runs_max);
  huge_pages = request.memory_limit_bytes >= k_huge_pages_from;
}

MemoryBudget MemoryBudget::for_stream() const {
  constexpr std::size_t k_stream_run_bytes = std::size_t{16} << 20;
  constexpr std::size_t k_first_look_bytes = std::size_t{1} << 20;
  MemoryBudget budget = *this;
  budget.run_bytes = std::min(run_bytes, k_stream_run_bytes);
  budget.first_run_bytes = k_first_look_bytes;
  return budget;
}

}  // namespace weir::genomics
