#include "genomics/spill.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/machine.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <queue>

namespace weir::genomics {
namespace {

/// ISA-L where it is installed: twice the speed of libdeflate 1. Spilled bytes never reach an
/// artifact.
CodecChoice spill_codec() {
  try {
    const CodecChoice choice{.codec = Codec::isal, .level = 1};
    const BlockDeflater probe(choice);
    return choice;
  } catch (const Error&) {
    return {.codec = Codec::libdeflate, .level = 1};
  }
}

void copy_out(std::vector<std::uint8_t>& to, const void* from, std::size_t count) {
  const auto* const bytes = static_cast<const std::uint8_t*>(from);
  to.insert(to.end(), bytes, bytes + count);
}

void write_at(int fd, std::uint64_t at, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw system_error("write", "scratch file", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    at += static_cast<std::uint64_t>(put);
  }
}

}  // namespace

std::uint64_t plain_spill_bytes(const std::filesystem::path& folder) {
  constexpr std::uint64_t k_share = 4;
  std::error_code unknown;
  const std::filesystem::space_info disk = std::filesystem::space(folder, unknown);
  return unknown
             ? 0
             : std::min<std::uint64_t>(base::available_memory_bytes(), disk.available) / k_share;
}

SpillStore::SpillStore(Options options)
    : options_(std::move(options)), file_(base::open_scratch(options_.folder)) {}

void SpillStore::write_run(RecordFeed& feed, std::uint64_t content_bytes) {
  Extent extent{.begin = bytes_, .end = bytes_, .plain = false};
  extent.plain = bytes_ + content_bytes <= options_.plain_bytes_max;
  try {
    extent.end += extent.plain ? write_plain(feed) : write_blocks(feed);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::temporary) error.with_code("scratch_full");
    throw;
  }
  extents_.push_back(extent);
  bytes_ = extent.end;
  if (bytes_ > options_.bytes_max) {
    throw problem_error(Problem::scratch_full, "scratch file",
                        fmt::format("more than {} bytes", options_.bytes_max));
  }
}

std::uint64_t SpillStore::write_blocks(RecordFeed& feed) {
  static const CodecChoice codec = spill_codec();
  if (lseek(file_.get(), static_cast<off_t>(bytes_), SEEK_SET) < 0)
    throw system_error("write", "scratch file", errno);
  BgzfWriter writer(file_.get(), "scratch file", codec, false);
  writer.write_records(feed, nullptr, options_.work, 0);
  return writer.file_bytes();
}

std::uint64_t SpillStore::write_plain(RecordFeed& feed) {
  std::mutex mutex;
  std::uint64_t next = bytes_;  // guarded by mutex
  run_workers(options_.work, options_.work.threads, [&](std::size_t) {
    Batch batch;
    for (;;) {
      options_.work.check();
      std::uint64_t at = 0;
      {
        const std::scoped_lock lock(mutex);
        batch.entries.clear();
        if (!feed.assign(batch)) return;
        at = next;
        next += batch.content_bytes;
      }
      feed.fill(batch);
      write_at(file_.get(), at, batch.content);
    }
  });
  return next - bytes_;
}

/// Reads one run from front to back.
class RunReader {
 public:
  RunReader(const SpillStore& store, const SpillStore::Extent& extent)
      : fd_(store.file_.get()), at_(extent.begin), end_(extent.end), plain_(extent.plain) {
    content_.resize(k_window_bytes);
    if (!plain_) input_.resize(k_input_bytes);
  }

  /// Moves to the next record; false at the end.
  bool next() {
    begin_ += record_bytes_;
    record_bytes_ = 0;
    if (!ensure(sizeof(SpillPrefix))) return false;
    std::memcpy(&prefix_, content_.data() + begin_, sizeof(SpillPrefix));
    record_bytes_ = sizeof(SpillPrefix) + prefix_.length;
    if (!ensure(record_bytes_)) throw Error(ErrorKind::bug, "a spilled run ends inside a record");
    return true;
  }
  [[nodiscard]] const SpillPrefix& prefix() const { return prefix_; }
  [[nodiscard]] std::string_view record() const {
    return {reinterpret_cast<const char*>(content_.data() + begin_) + sizeof(SpillPrefix),
            prefix_.length};
  }

 private:
  static constexpr std::size_t k_window_bytes = 4 * k_bgzf_block_bytes_max;
  static constexpr std::size_t k_input_bytes = 2 * k_bgzf_block_bytes_max;
  static_assert(k_window_bytes + k_input_bytes <= k_merge_bytes_per_run);

  /// Makes `count` bytes of content available at `begin_`; false when the run has fewer.
  bool ensure(std::size_t count) {
    while (filled_ - begin_ < count) {
      if (begin_ > 0) {
        std::memmove(content_.data(), content_.data() + begin_, filled_ - begin_);
        filled_ -= begin_;
        begin_ = 0;
      }
      if (content_.size() - filled_ < k_bgzf_block_bytes_max || content_.size() < count)
        content_.resize(std::max(count, filled_) + k_bgzf_block_bytes_max);
      if (!(plain_ ? read_plain() : inflate_block())) return false;
    }
    return true;
  }

  bool read_plain() {
    const std::size_t got = read({content_.data() + filled_, content_.size() - filled_});
    filled_ += got;
    return got > 0;
  }

  bool inflate_block() {
    if (input_end_ - input_at_ < k_bgzf_block_bytes_max) refill();
    if (input_at_ == input_end_) return false;
    const std::span<const std::uint8_t> rest(input_.data() + input_at_, input_end_ - input_at_);
    const std::optional<std::size_t> length = bgzf_block_length(rest);
    if (!length || *length > rest.size())
      throw Error(ErrorKind::failed, "a scratch file is damaged");
    const std::span<const std::uint8_t> block = rest.first(*length);
    const std::size_t bytes = bgzf_content_length(block);
    if (bytes > k_bgzf_block_bytes_max ||
        !inflater_.inflate(block, {content_.data() + filled_, bytes})) {
      throw Error(ErrorKind::failed, "a scratch file is damaged");
    }
    filled_ += bytes;
    input_at_ += *length;
    return true;
  }

  void refill() {
    std::memmove(input_.data(), input_.data() + input_at_, input_end_ - input_at_);
    input_end_ -= input_at_;
    input_at_ = 0;
    input_end_ += read({input_.data() + input_end_, input_.size() - input_end_});
  }

  /// Fills `to` as far as the run goes.
  std::size_t read(std::span<std::uint8_t> to) {
    std::size_t done = 0;
    while (done < to.size() && at_ < end_) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(to.size() - done, end_ - at_));
      const ssize_t got = pread(fd_, to.data() + done, want, static_cast<off_t>(at_));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw system_error("read", "scratch file", got == 0 ? EIO : errno);
      done += static_cast<std::size_t>(got);
      at_ += static_cast<std::uint64_t>(got);
    }
    return done;
  }

  int fd_;
  std::uint64_t at_;
  std::uint64_t end_;
  bool plain_;
  BlockInflater inflater_;
  std::vector<std::uint8_t> input_;  ///< compressed; empty for a plain run
  std::size_t input_at_ = 0;
  std::size_t input_end_ = 0;
  std::vector<std::uint8_t> content_;
  std::size_t begin_ = 0;         ///< of the current record
  std::size_t filled_ = 0;        ///< end of what is there
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
  // Records are in random order in memory: slots and bytes are asked for early.
  constexpr std::size_t k_ahead = 24;
  while (next_ < options_.run.count && batch.content_bytes < k_batch_bytes) {
    if (next_ + k_ahead < options_.run.count) __builtin_prefetch(&slot(next_ + k_ahead));
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
    if (copied != 0) std::memcpy(to, static_cast<const std::uint8_t*>(from) + skipped, copied);
    to += copied;
    return skipped + copied == count;  // false: the rest belongs to the next batch
  };
  const std::string_view record_end = options_.format.record_end();
  for (std::size_t index = batch.first; to < end; ++index) {
    constexpr std::size_t k_ahead = 16;
    if (index + k_ahead < options_.run.count) options_.run.prefetch(slot(index + k_ahead));
    const RecordSlot& record = slot(index);
    const std::string_view bytes = options_.run.record(record);
    if (spilling_) {
      const std::uint64_t contig = options_.identifiers[RecordKey::contig(record.key)];
      const SpillPrefix prefix{RecordKey::make(contig, RecordKey::position(record.key)),
                               record.span, record.length};
      if (!put(&prefix, sizeof(prefix)) || !put(bytes.data(), bytes.size())) break;
      continue;
    }
    if (skip == 0 && static_cast<std::size_t>(end - to) >= bytes.size() + record_end.size()) {
      std::memcpy(to, bytes.data(), bytes.size());
      to += bytes.size();
      for (const char c : record_end) *to++ = static_cast<std::uint8_t>(c);
    } else if (!put(bytes.data(), bytes.size()) || !put(record_end.data(), record_end.size())) {
      break;
    }
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
  std::vector<std::uint8_t> content;  ///< made, and handed out before `content_begin`
  std::size_t content_begin = 0;
  std::vector<IndexEntry> entries;  ///< of the records in it; positions count from its begin
  std::size_t entries_begin = 0;

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
    copy_out(content, bytes.data(), bytes.size());
    const std::string_view end = options.format.record_end();
    copy_out(content, end.data(), end.size());
    IndexEntry entry = options.format.entry(key, span, bytes);
    if (entry.reference >= 0 && !options.references.empty()) {
      entry.reference = options.references[static_cast<std::size_t>(entry.reference)];
    }
    entry.end_position = content.size();
    entries.push_back(entry);
    if (options.observer) options.observer(number, entry, bytes);
    ++number;
  }

  void emit_head() {
    const Head head = heads.top();
    heads.pop();
    const RunReader& reader = readers[head.run];
    if (options.spilling) {
      copy_out(content, &reader.prefix(), sizeof(SpillPrefix));
      copy_out(content, reader.record().data(), reader.record().size());
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

  /// Hands out the next batch of what was made. A group or a line may be far longer than one.
  void hand_out(Batch& batch) {
    batch.content_bytes = std::min(content.size() - content_begin, k_batch_bytes);
    const auto begin = content.begin() + static_cast<std::ptrdiff_t>(content_begin);
    const std::size_t end = content_begin + batch.content_bytes;
    batch.content.assign(begin, begin + static_cast<std::ptrdiff_t>(batch.content_bytes));
    for (; entries_begin < entries.size() && entries[entries_begin].end_position <= end;
         ++entries_begin) {
      batch.entries.push_back(entries[entries_begin]);
      batch.entries.back().end_position -= content_begin;
    }
    content_begin = end;
  }

  /// Forgets what was handed out once it is the larger part, so that each byte moves once at most.
  void forget() {
    if (content_begin < content.size() - content_begin) return;
    content.erase(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(content_begin));
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(entries_begin));
    for (IndexEntry& entry : entries) entry.end_position -= content_begin;
    content_begin = 0;
    entries_begin = 0;
  }
};

MergeFeed::MergeFeed(Options options) : state_(std::make_unique<State>(std::move(options))) {}
MergeFeed::~MergeFeed() = default;

bool MergeFeed::assign(Batch& batch) {
  State& state = *state_;
  state.forget();
  while (state.content.size() - state.content_begin < k_batch_bytes && !state.heads.empty())
    state.produce();
  state.hand_out(batch);
  return batch.content_bytes > 0;
}

std::unique_ptr<SpillStore> merge_to_few(std::unique_ptr<SpillStore> store,
                                         const RecordFormat& format, std::size_t runs_max) {
  while (store->runs() > runs_max) {
    auto fewer = std::make_unique<SpillStore>(store->options_);
    for (std::size_t first = 0; first < store->runs(); first += runs_max) {
      const std::size_t end = std::min(store->runs(), first + runs_max);
      const std::uint64_t bytes = store->extents_[end - 1].end - store->extents_[first].begin;
      MergeFeed feed({.store = *store,
                      .first_run = first,
                      .runs = end - first,
                      .format = format,
                      .references = {},
                      .spilling = true});
      fewer->write_run(feed, bytes);
    }
    store = std::move(fewer);
  }
  return store;
}

}  // namespace weir::genomics
