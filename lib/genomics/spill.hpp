#pragma once

#include "base/fd.hpp"
#include "genomics/bgzf_writer.hpp"
#include "genomics/record_format.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::genomics {

/// What precedes each record in a spilled run.
struct SpillPrefix {
  std::uint64_t key = 0;  ///< RecordKey with the contig's identifier, which never changes
  std::uint32_t span = 0;
  std::uint32_t length = 0;
};
static_assert(sizeof(SpillPrefix) == 16);

/// Sorted runs on disk, in one unnamed file that vanishes with the process: each a stretch of
/// records behind their prefixes. The first `plain_bytes_max` bytes are written as they are, which
/// the page cache takes at once; what is more goes into BGZF blocks.
class SpillStore {
 public:
  struct Options {
    std::filesystem::path folder;
    std::uint64_t bytes_max = ~std::uint64_t{0};
    std::uint64_t plain_bytes_max = 0;
    Work work;
  };
  explicit SpillStore(Options options);

  /// Appends one run of about `content_bytes`. Throws Error (`scratch_full`).
  void write_run(RecordFeed& feed, std::uint64_t content_bytes);
  [[nodiscard]] std::size_t runs() const { return extents_.size(); }

 private:
  friend class RunReader;
  friend class MergeFeed;
  friend std::unique_ptr<SpillStore> merge_to_few(std::unique_ptr<SpillStore>, const RecordFormat&,
                                                  std::size_t);
  struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool plain = false;
  };
  std::uint64_t write_plain(RecordFeed& feed);
  std::uint64_t write_blocks(RecordFeed& feed);

  Options options_;
  base::Fd file_;
  std::vector<Extent> extents_;
  std::uint64_t bytes_ = 0;
};

/// Feeds a sorted run in memory.
class MemoryFeed final : public RecordFeed {
 public:
  struct Options {
    const RecordFormat& format;
    const Run& run;
    const RunOrder& order;
    /// Number in the index by contig rank; unused for spilling and when empty (then the rank is the
    /// number).
    const std::vector<std::int64_t>& references;
    /// For spilling: contig identifier by rank. Empty: the records are for the artifact.
    const std::vector<std::uint32_t>& identifiers;
  };
  explicit MemoryFeed(Options options);
  [[nodiscard]] bool assign(Batch& batch) override;
  void fill(Batch& batch) const override;

 private:
  [[nodiscard]] const RecordSlot& slot(std::size_t index) const {
    return options_.run.slots[options_.order.ordinal(index)];
  }

  Options options_;
  bool spilling_;
  std::size_t extra_bytes_;  ///< of each record besides its own
  std::size_t next_ = 0;
  std::size_t skip_bytes_ = 0;
};

/// Called with a record of the artifact in order.
using RecordObserver =
    std::function<void(std::size_t number, const IndexEntry& entry, std::string_view bytes)>;

/// Feeds the merge of all runs of a store.
class MergeFeed final : public RecordFeed {
 public:
  struct Options {
    SpillStore& store;
    std::size_t first_run = 0;
    std::size_t runs = 0;
    const RecordFormat& format;
    std::vector<std::int64_t> references;  ///< as in MemoryFeed
    bool spilling = false;                 ///< the records go into another run
    std::size_t group_bytes_max = std::size_t{64} << 20;
    RecordObserver observer;  ///< may be empty
  };
  explicit MergeFeed(Options options);
  ~MergeFeed() override;
  [[nodiscard]] bool assign(Batch& batch) override;
  void fill(Batch&) const override {}

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Merges runs, neighbours first, until at most `runs_max` are left.
[[nodiscard]] std::unique_ptr<SpillStore> merge_to_few(std::unique_ptr<SpillStore> store,
                                                       const RecordFormat& format,
                                                       std::size_t runs_max);

/// Bytes of memory that a merge needs per run.
constexpr std::size_t k_merge_bytes_per_run = std::size_t{384} << 10;

/// How much may be spilled to `folder` as it is: what page cache and file system have to spare.
[[nodiscard]] std::uint64_t plain_spill_bytes(const std::filesystem::path& folder);

}  // namespace weir::genomics
