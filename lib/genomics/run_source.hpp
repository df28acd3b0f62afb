#pragma once

#include "genomics/huge_buffer.hpp"
#include "genomics/loader.hpp"
#include "genomics/memory_budget.hpp"
#include "genomics/record_format.hpp"
#include "genomics/sort_job.hpp"
#include "genomics/source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// Watches whether records come in order, run by run.
class OrderWatch {
 public:
  explicit OrderWatch(const RecordFormat& format) : format_(format) {}

  /// A run whose keys are ranked already.
  void look_at(const Run& run, const std::vector<std::uint32_t>& ranks);
  /// As a file must be whose bytes are reused.
  [[nodiscard]] bool in_order() const { return in_order_; }
  /// As the artifact is when we write it.
  [[nodiscard]] bool sorted() const { return sorted_; }

 private:
  struct Last {
    std::uint32_t identifier;
    std::uint64_t position;
    std::uint32_t span;
  };
  const RecordFormat& format_;
  bool in_order_ = true;
  bool sorted_ = true;
  std::optional<Last> last_;  ///< of the run before
};

/// Gives the records of an input as runs that fit in memory: loaded, checked, their keys ranked.
class RunSource {
 public:
  struct Options {
    const SourceFile& source;
    MemoryBudget budget;
    std::size_t expanded_bytes_max = 0;  ///< of the content, as far as known; 0: unknown
    Work work;
    SourceHasher& hasher;
  };
  /// `input` must outlive this. Throws Error, as `load_next` does.
  RunSource(SortInput& input, const Options& options);

  /// The first run (after the header), or the one that follows; what was in memory is gone. False
  /// when the header or a record does not fit into a run's memory; nothing can be read then.
  [[nodiscard]] bool load_next();
  /// The refusal that follows from it.
  [[nodiscard]] Error too_large() const;
  [[nodiscard]] const Run& run() const { return run_; }
  /// Whether this is the last run.
  [[nodiscard]] bool at_end() const { return at_end_; }

  [[nodiscard]] std::uint64_t run_offset() const { return run_offset_; }  ///< in the content
  [[nodiscard]] std::uint64_t run_end() const { return run_offset_ + consumed_; }
  [[nodiscard]] std::int64_t records() const { return records_; }  ///< so far
  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }
  [[nodiscard]] const std::vector<std::uint32_t>& ranks() const { return ranks_; }
  [[nodiscard]] std::vector<std::uint32_t> identifiers_by_rank() const;
  /// Whether a record of the contig with this identifier was met.
  [[nodiscard]] bool occurs(std::size_t identifier) const {
    return identifier < present_.size() && present_[identifier] != 0;
  }
  [[nodiscard]] const OrderWatch& order() const { return order_; }
  /// The kind of memory that comes fast here.
  [[nodiscard]] HugePages pages() const { return arena_.pages(); }
  /// Gives the memory of the run back.
  void release();

 private:
  [[nodiscard]] std::size_t arena_bytes() const;
  [[nodiscard]] std::span<const std::uint8_t> loaded_run() const {
    return {arena_.data() + run_begin_, loaded_ - run_begin_};
  }
  void load(std::size_t room);
  [[nodiscard]] std::size_t prepare_memory();
  bool load_header();
  void load_run(std::size_t enough);
  bool scan_run();
  void rank_keys();
  void drop_run();

  SortInput& input_;
  Options options_;
  HugeBuffer arena_;
  HugeArray<RecordSlot> slots_;
  std::size_t loaded_ = 0;     ///< bytes in the arena
  std::size_t run_begin_ = 0;  ///< where the run begins in the arena
  std::size_t consumed_ = 0;   ///< bytes of the run that its records take
  std::uint64_t run_offset_ = 0;
  std::uint64_t content_bytes_ = 0;
  bool begun_ = false;
  bool at_end_ = false;
  std::string_view too_large_;  ///< what does not fit
  Run run_;
  std::int64_t records_ = 0;
  std::vector<std::uint32_t> ranks_;
  std::vector<std::uint8_t> present_;  ///< by contig identifier
  OrderWatch order_;
};

}  // namespace weir::genomics
