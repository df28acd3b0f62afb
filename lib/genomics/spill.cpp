#include "genomics/spill.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <queue>

namespace weir::genomics {
namespace {

/// ISA-L where it is installed: twice the speed of libdeflate 1. Spilled bytes never reach an
/// artifact.
CodecChoice spill_codec() {
  try {
    const BlockDeflater probe(Codec::isal, 1);
    return {.codec = Codec::isal, .level = 1};
  } catch (const Error&) {
    return {.codec = Codec::libdeflate, .level = 1};
  }
}

void copy_out(std::vector<std::uint8_t>& to, const void* from, std::size_t count) {
  const auto* const bytes = static_cast<const std::uint8_t*>(from);
  to.insert(to.end(), bytes, bytes + count);
}

}  // namespace

SpillStore::SpillStore(Options options)
    : options_(std::move(options)), file_(base::open_scratch(options_.folder)) {}

void SpillStore::write_run(RecordFeed& feed) {
  static const CodecChoice codec = spill_codec();
  BgzfWriter writer(file_.get(), "scratch file", codec, false);
  try {
    writer.write_records(feed, nullptr, options_.work, 0);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::temporary) error.with_code("scratch_full");
    throw;
  }
  extents_.push_back({bytes_, bytes_ + writer.file_bytes()});
  bytes_ += writer.file_bytes();
  if (bytes_ > options_.bytes_max) {
    throw problem_error(Problem::scratch_full, "scratch file",
                        fmt::format("more than {} bytes", options_.bytes_max));
  }
}

/// Reads one run from front to back.
class RunReader {
 public:
  RunReader(const SpillStore& store, const SpillStore::Extent& extent)
      : fd_(store.file_.get()), at_(extent.begin), end_(extent.end) {
    input_.resize(k_input_bytes);
  }

  /// Moves to the next record; false at the end.
  bool next() {
    consumed_ += record_bytes_;
    record_bytes_ = 0;
    if (!ensure(sizeof(SpillPrefix))) return false;
    std::memcpy(&prefix_, content_.data() + consumed_, sizeof(SpillPrefix));
    record_bytes_ = sizeof(SpillPrefix) + prefix_.length;
    if (!ensure(record_bytes_)) throw Error(ErrorKind::bug, "a spilled run ends inside a record");
    return true;
  }
  [[nodiscard]] const SpillPrefix& prefix() const { return prefix_; }
  [[nodiscard]] std::string_view record() const {
    return {reinterpret_cast<const char*>(content_.data() + consumed_) + sizeof(SpillPrefix),
            prefix_.length};
  }

 private:
  static constexpr std::size_t k_input_bytes = 2 * k_bgzf_block_bytes_max;

  /// Makes `count` bytes of content available at `consumed_`; false when the run has fewer.
  bool ensure(std::size_t count) {
    while (content_.size() - consumed_ < count) {
      if (consumed_ > 0) {
        content_.erase(content_.begin(), content_.begin() + static_cast<std::ptrdiff_t>(consumed_));
        consumed_ = 0;
      }
      if (!inflate_block()) return false;
    }
    return true;
  }

  bool inflate_block() {
    if (input_end_ - input_at_ < k_bgzf_block_bytes_max) refill();
    if (input_at_ == input_end_) return false;
    const std::span<const std::uint8_t> rest(input_.data() + input_at_, input_end_ - input_at_);
    const std::optional<std::size_t> length = bgzf_block_length(rest);
    if (!length || *length > rest.size())
      throw Error(ErrorKind::failed, "a scratch file is damaged");
    const std::span<const std::uint8_t> block = rest.first(*length);
    const std::size_t start = content_.size();
    content_.resize(start + bgzf_content_length(block));
    if (!inflater_.inflate(block, {content_.data() + start, content_.size() - start})) {
      throw Error(ErrorKind::failed, "a scratch file is damaged");
    }
    input_at_ += *length;
    return true;
  }

  void refill() {
    std::memmove(input_.data(), input_.data() + input_at_, input_end_ - input_at_);
    input_end_ -= input_at_;
    input_at_ = 0;
    while (input_end_ < input_.size() && at_ < end_) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(input_.size() - input_end_, end_ - at_));
      const ssize_t got = pread(fd_, input_.data() + input_end_, want, static_cast<off_t>(at_));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw system_error("read", "scratch file", got == 0 ? EIO : errno);
      input_end_ += static_cast<std::size_t>(got);
      at_ += static_cast<std::uint64_t>(got);
    }
  }

  int fd_;
  std::uint64_t at_;
  std::uint64_t end_;
  BlockInflater inflater_;
  std::vector<std::uint8_t> input_;
  std::size_t input_at_ = 0;
  std::size_t input_end_ = 0;
  std::vector<std::uint8_t> content_;
  std::size_t consumed_ = 0;
  std::size_t record_bytes_ = 0;  ///< of the current record
  SpillPrefix prefix_;
};

MemoryFeed::MemoryFeed(Options options)
    : options_(options),
      spilling_(!options.identifiers.empty()),
      extra_bytes_(spilling_ ? sizeof(SpillPrefix) : options.format.record_end().size()) {}

bool MemoryFeed::assign(Batch& batch) {
  batch.first = next_;
  batch.skip_bytes = skip_bytes_;
  batch.content_bytes = 0;
  while (next_ < options_.run.count && batch.content_bytes < k_batch_bytes) {
    const std::size_t rest = slot(next_).length + extra_bytes_ - skip_bytes_;
    const std::size_t taken = std::min(rest, k_batch_bytes - batch.content_bytes);
    batch.content_bytes += taken;
    if (taken < rest) {
      skip_bytes_ += taken;
      break;
    }
    skip_bytes_ = 0;
    ++next_;
  }
  return batch.content_bytes > 0;
}

void MemoryFeed::fill(Batch& batch) const {
  batch.content.resize(batch.content_bytes);
  std::uint8_t* to = batch.content.data();
  std::uint8_t* const end = to + batch.content_bytes;
  std::size_t skip = batch.skip_bytes;
  const auto put = [&](const void* from, std::size_t count) {
    const std::size_t skipped = std::min(skip, count);
    skip -= skipped;
    const std::size_t copied = std::min(count - skipped, static_cast<std::size_t>(end - to));
    // an empty text may have no address
    if (copied != 0)
      std::memcpy(to, static_cast<const std::uint8_t*>(from) + skipped, copied);
    to += copied;
    return skipped + copied == count;  // false: the rest belongs to the next batch
  };
  const std::string_view record_end = options_.format.record_end();
  for (std::size_t index = batch.first; to < end; ++index) {
    constexpr std::size_t k_ahead = 8;  // records are in random order in memory: ask for them early
    if (index + k_ahead < options_.run.count) {
      __builtin_prefetch(options_.run.bytes + slot(index + k_ahead).offset);
    }
    const RecordSlot& record = slot(index);
    const std::string_view bytes = options_.run.record(record);
    if (spilling_) {
      const std::uint64_t contig = options_.identifiers[RecordKey::contig(record.key)];
      const SpillPrefix prefix{RecordKey::make(contig, RecordKey::position(record.key)),
                               record.span, record.length};
      if (!put(&prefix, sizeof(prefix)) || !put(bytes.data(), bytes.size())) break;
      continue;
    }
    if (!put(bytes.data(), bytes.size()) || !put(record_end.data(), record_end.size())) break;
    IndexEntry entry = options_.format.entry(record.key, record.span, bytes);
    if (entry.reference >= 0 && !options_.references.empty()) {
      entry.reference = options_.references[static_cast<std::size_t>(entry.reference)];
    }
    entry.end_position = static_cast<std::uint64_t>(to - batch.content.data());
    batch.entries.push_back(entry);
  }
}

struct MergeFeed::State {
  /// Heads of the runs; the smallest by (key, span where it counts, run) on top.
  struct Head {
    std::uint64_t key;  // ranked
    std::uint32_t span;
    std::size_t run;
    bool operator>(const Head& other) const {
      return key != other.key     ? key > other.key
             : span != other.span ? span > other.span
                                  : run > other.run;
    }
  };
  struct Grouped {
    std::string bytes;
    std::uint32_t span;
  };

  Options options;
  std::vector<std::uint32_t> ranks;
  std::vector<RunReader> readers;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  std::size_t number = 0;
  std::vector<std::uint8_t> pending;  ///< made but not yet given out
  std::size_t pending_at = 0;
  std::vector<IndexEntry> entries;  ///< of records in `pending`; end_position counts from its begin

  explicit State(Options chosen)
      : options(std::move(chosen)), ranks(options.format.contig_ranks()) {
    for (std::size_t i = 0; i < options.runs; ++i) {
      readers.emplace_back(options.store, options.store.extents_[options.first_run + i]);
      push(i);
    }
  }

  [[nodiscard]] std::uint64_t ranked(std::uint64_t key) const {
    return RecordKey::make(ranks[RecordKey::contig(key)], RecordKey::position(key));
  }

  void push(std::size_t run) {
    if (!readers[run].next()) return;
    const SpillPrefix& prefix = readers[run].prefix();
    const std::uint32_t span = options.format.ties() == Ties::by_span ? prefix.span : 0;
    heads.push({ranked(prefix.key), span, run});
  }

  void emit(std::uint64_t key, std::uint32_t span, std::string_view bytes) {
    copy_out(pending, bytes.data(), bytes.size());
    const std::string_view end = options.format.record_end();
    copy_out(pending, end.data(), end.size());
    IndexEntry entry = options.format.entry(key, span, bytes);
    if (entry.reference >= 0 && !options.references.empty()) {
      entry.reference = options.references[static_cast<std::size_t>(entry.reference)];
    }
    entry.end_position = pending.size();
    entries.push_back(entry);
    if (options.observer) options.observer(number, entry, bytes);
    ++number;
  }

  void emit_head() {
    const Head head = heads.top();
    heads.pop();
    const RunReader& reader = readers[head.run];
    if (options.spilling) {
      copy_out(pending, &reader.prefix(), sizeof(SpillPrefix));
      copy_out(pending, reader.record().data(), reader.record().size());
    } else {
      emit(head.key, reader.prefix().span, reader.record());
    }
    push(head.run);
  }

  /// All records with the smallest key, put in order by the format.
  void emit_group() {
    const std::uint64_t key = heads.top().key;
    std::vector<Grouped> group;
    std::size_t bytes = 0;
    while (!heads.empty() && heads.top().key == key) {
      const std::size_t run = heads.top().run;
      heads.pop();
      group.push_back({std::string(readers[run].record()), readers[run].prefix().span});
      bytes += group.back().bytes.size() + sizeof(Grouped) + sizeof(TiedRecord);
      if (bytes > options.group_bytes_max) {
        throw Error(ErrorKind::input, "too many records at one position for the memory limit")
            .with_code("memory_limit")
            .with_hint("raise the memory limit");
      }
      push(run);
    }
    std::vector<TiedRecord> tied;
    for (std::size_t i = 0; i < group.size(); ++i)
      tied.push_back({group[i].bytes, group[i].span, i});
    if (tied.size() > 1) options.format.order_group(tied);
    for (const TiedRecord& record : tied) emit(key, record.span, record.bytes);
  }

  void produce() {
    if (options.format.ties() == Ties::by_group && !options.spilling) {
      emit_group();
    } else {
      emit_head();
    }
  }

  void drop_given_out() {
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(pending_at));
    for (IndexEntry& entry : entries) entry.end_position -= pending_at;
    pending_at = 0;
  }
};

MergeFeed::MergeFeed(Options options) : state_(std::make_unique<State>(std::move(options))) {}
MergeFeed::~MergeFeed() = default;

bool MergeFeed::assign(Batch& batch) {
  State& state = *state_;
  state.drop_given_out();
  while (state.pending.size() < k_batch_bytes && !state.heads.empty()) state.produce();
  const std::size_t count = std::min(state.pending.size(), k_batch_bytes);
  batch.content.assign(state.pending.begin(),
                       state.pending.begin() + static_cast<std::ptrdiff_t>(count));
  const auto inside =
      std::find_if(state.entries.begin(), state.entries.end(),
                   [&](const IndexEntry& entry) { return entry.end_position > count; });
  batch.entries.assign(state.entries.begin(), inside);
  state.entries.erase(state.entries.begin(), inside);
  state.pending_at = count;
  return count > 0;
}

std::unique_ptr<SpillStore> merge_to_few(std::unique_ptr<SpillStore> store,
                                         const RecordFormat& format, std::size_t runs_max) {
  while (store->runs() > runs_max) {
    auto fewer = std::make_unique<SpillStore>(store->options_);
    for (std::size_t first = 0; first < store->runs(); first += runs_max) {
      MergeFeed feed({.store = *store,
                      .first_run = first,
                      .runs = std::min(runs_max, store->runs() - first),
                      .format = format,
                      .references = {},
                      .spilling = true});
      fewer->write_run(feed);
    }
    store = std::move(fewer);
  }
  return store;
}

}  // namespace weir::genomics
