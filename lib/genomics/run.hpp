#pragma once

#include "genomics/huge_buffer.hpp"
#include "genomics/work.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::genomics {

/// Sort key of a record: contig in the upper bits, position below. What a position is, its format
/// says (BAM puts the strand into it); keys of one format compare as its records sort, but for
/// ties.
class RecordKey {
 public:
  static constexpr unsigned k_position_bits = 42;
  static constexpr std::uint64_t k_position_max = (std::uint64_t{1} << k_position_bits) - 1;
  static constexpr std::uint64_t k_contig_max = (std::uint64_t{1} << (64 - k_position_bits)) - 1;

  static constexpr std::uint64_t make(std::uint64_t contig, std::uint64_t position) {
    return contig << k_position_bits | position;
  }
  static constexpr std::uint64_t contig(std::uint64_t key) { return key >> k_position_bits; }
  static constexpr std::uint64_t position(std::uint64_t key) { return key & k_position_max; }
};

/// Where a record lies in its run's bytes, and what sorting and indexing need of it.
struct RecordSlot {
  std::uint64_t offset = 0;  ///< in the run's bytes
  std::uint64_t key =
      0;  ///< RecordKey; the contig is an identifier after scanning, its rank after ranking
  std::uint32_t length = 0;  ///< bytes, without line end
  std::uint32_t span = 0;    ///< end - begin on the contig
};

/// Records that are in memory together, in input order.
struct Run {
  const std::uint8_t* bytes = nullptr;
  const RecordSlot* slots = nullptr;
  std::size_t count = 0;

  [[nodiscard]] std::string_view record(const RecordSlot& slot) const {
    return {reinterpret_cast<const char*>(bytes + slot.offset), slot.length};
  }
  /// Asks the processor for the record's bytes, which will be read soon: records are read in sorted
  /// order and lie in any.
  void prefetch(const RecordSlot& slot) const {
    constexpr std::size_t k_line_bytes = 64;
    constexpr std::size_t k_lines_max = 6;  // the processor's own prefetcher goes on from there
    const std::size_t lines = std::min(slot.length / k_line_bytes + 1, k_lines_max);
    for (std::size_t line = 0; line < lines; ++line)
      __builtin_prefetch(bytes + slot.offset + line * k_line_bytes);
  }
};

/// The order of a run's records: `ordinal(i)` is the input number of the i-th record of the output.
class RunOrder {
 public:
  /// Input order.
  RunOrder() = default;
  /// Stable order by key. Sorts by radix, least significant digit first (Knuth, TAOCP 3, 5.2.5), on
  /// words that hold key and ordinal together; only the bits that occur are sorted.
  static RunOrder by_key(const Run& run, const Work& work, HugePages pages = HugePages::yes);

  [[nodiscard]] std::size_t ordinal(std::size_t index) const {
    return words_.capacity() == 0 ? index : static_cast<std::size_t>(words_[index] & mask_);
  }
  /// Whether two records have the same key. Not for input order.
  [[nodiscard]] bool tied(std::size_t a, std::size_t b, const Run& run) const {
    if (mask_ != ~std::uint64_t{0}) return ((words_[a] ^ words_[b]) & ~mask_) == 0;
    return run.slots[words_[a]].key == run.slots[words_[b]].key;
  }
  /// The words themselves, for putting ties in order: entries may be exchanged among equal keys.
  [[nodiscard]] std::uint64_t* words() const { return words_.data(); }

 private:
  HugeArray<std::uint64_t> words_;
  std::uint64_t mask_ = ~std::uint64_t{0};
};

/// Bytes of memory per record that a run and its ordering need beside the records' own bytes.
constexpr std::size_t k_record_overhead_bytes = sizeof(RecordSlot) + 2 * sizeof(std::uint64_t);

}  // namespace weir::genomics
