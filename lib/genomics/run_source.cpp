#include "genomics/run_source.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

namespace weir::genomics {

void OrderWatch::look_at(const Run& run, const std::vector<std::uint32_t>& ranks) {
  if (run.count == 0) return;
  const bool by_span = format_.ties() == Ties::by_span;
  const auto may_follow = [&](std::uint64_t key_a, std::uint32_t span_a, const RecordSlot& b) {
    return format_.in_order(key_a, b.key) && !(by_span && key_a == b.key && span_a > b.span);
  };
  if (last_) {
    const std::uint64_t key = RecordKey::make(ranks[last_->identifier], last_->position);
    in_order_ = in_order_ && may_follow(key, last_->span, run.slots[0]);
    sorted_ = sorted_ && in_order_ && key <= run.slots[0].key;
  }
  for (std::size_t i = 1; i < run.count && in_order_; ++i) {
    in_order_ = may_follow(run.slots[i - 1].key, run.slots[i - 1].span, run.slots[i]);
    sorted_ = sorted_ && in_order_ && run.slots[i - 1].key <= run.slots[i].key;
  }
  sorted_ = sorted_ && in_order_;
  const RecordSlot& slot = run.slots[run.count - 1];
  const auto identifier = std::find(ranks.begin(), ranks.end(), RecordKey::contig(slot.key));
  last_ = {static_cast<std::uint32_t>(identifier - ranks.begin()), RecordKey::position(slot.key),
           slot.span};
}

RunSource::RunSource(SortInput& input, const Options& options)
    : input_(input), options_(options), order_(*input.format) {
  const HugePages pages = options.budget.huge_pages ? HugePages::yes : HugePages::no;
  arena_ = HugeBuffer(arena_bytes(), pages);
  // One slot for every byte, for text that is all line ends: only what is used takes memory.
  slots_ = HugeArray<RecordSlot>(arena_.capacity() + 1, pages);
}

std::size_t RunSource::arena_bytes() const {
  std::size_t bytes = options_.budget.run_bytes;
  if (options_.expanded_bytes_max > 0) bytes = std::min(bytes, options_.expanded_bytes_max);
  return bytes + 2 * k_load_room_min;
}

std::vector<std::uint32_t> RunSource::identifiers_by_rank() const {
  std::vector<std::uint32_t> identifiers(ranks_.size());
  for (std::uint32_t identifier = 0; identifier < ranks_.size(); ++identifier)
    identifiers[ranks_[identifier]] = identifier;
  return identifiers;
}

void RunSource::release() {
  constexpr std::size_t k_part_bytes = std::size_t{32} << 20;
  options_.hasher.drain();  // it may still read what was loaded
  // A hundred thousand small pages take one thread tens of milliseconds.
  parallel_for(options_.work, loaded_ / k_part_bytes + 1, [&](std::size_t part, std::size_t) {
    arena_.give_back(part * k_part_bytes, std::min(loaded_, (part + 1) * k_part_bytes));
  });
  loaded_ = 0;
  arena_ = HugeBuffer();
  slots_ = HugeArray<RecordSlot>();
  run_ = {};
}

bool RunSource::load_next() {
  const bool first = !begun_;
  begun_ = true;
  if (!first) drop_run();
  if (first && !load_header()) return false;
  load_run(first ? options_.budget.first_run_bytes : options_.budget.run_bytes);
  return scan_run();
}

/// Loads up to `room` bytes; sets `at_end_` when there are none.
void RunSource::load(std::size_t room) {
  options_.work.check();
  room = std::min(room, prepare_memory());
  const std::size_t got =
      input_.loader->load(arena_.data() + loaded_, std::min(room, arena_.capacity() - loaded_));
  loaded_ += got;
  content_bytes_ += got;
  at_end_ = at_end_ || got == 0;
  options_.work.report(Stage::load, static_cast<std::int64_t>(input_.loader->source_position()),
                       static_cast<std::int64_t>(options_.source.size()));
}

/// Sees to the memory that is loaded into next; how many bytes may be loaded until it is to be
/// seen to again.
std::size_t RunSource::prepare_memory() {
  constexpr std::size_t k_step_bytes = std::size_t{32} << 20;
  constexpr std::size_t k_small_bytes = std::size_t{4} << 20;  // not worth a trial
  if (loaded_ < k_small_bytes) return k_small_bytes;
  if (pages() == HugePages::yes) arena_.try_huge_pages(loaded_);
  if (pages() == HugePages::yes) return k_step_bytes;
  slots_.use_small_pages();
  return std::numeric_limits<std::size_t>::max();
}

bool RunSource::load_header() {
  for (;;) {
    if (!at_end_ && loaded_ + k_load_room_min > arena_.capacity()) {
      too_large_ = "the header";
      return false;
    }
    const MemoryBudget& budget = options_.budget;
    if (!at_end_)
      load(std::max(std::min(budget.run_bytes / 4, budget.first_run_bytes), k_load_room_min));
    const std::optional<std::size_t> length =
        input_.format->read_header({arena_.data(), loaded_}, at_end_);
    if (length) {
      run_begin_ = *length;
      run_offset_ = *length;
      return true;
    }
    WEIR_ASSERT(!at_end_);
  }
}

Error RunSource::too_large() const {
  return Error(ErrorKind::input, fmt::format("{} of '{}' does not fit into the memory limit",
                                             too_large_, options_.source.name()))
      .with_code("memory_limit")
      .with_hint("raise the memory limit");
}

/// Loads until the run's share of memory is used, or `enough` with two records, or the source ends.
void RunSource::load_run(std::size_t enough) {
  const std::size_t budget = options_.budget.run_bytes;
  // Also when nothing is there: the format must forget the run before.
  std::size_t split_to = loaded_ - run_begin_;
  std::size_t records = input_.format->split(loaded_run(), 0, slots_.data(), options_.work);
  for (;;) {
    if (loaded_ - run_begin_ > split_to) {
      records = input_.format->split(loaded_run(), split_to, slots_.data(), options_.work);
      split_to = loaded_ - run_begin_;
    }
    const std::size_t used = loaded_ + records * k_record_overhead_bytes;
    const std::size_t left = budget > used ? budget - used : 0;
    const bool full = left < std::max(budget / 16, 3 * k_load_room_min) ||
                      arena_.capacity() - loaded_ < k_load_room_min;
    if (at_end_ || full || (split_to >= enough && records >= 2)) return;
    load(std::max(std::min(left / 3, enough), k_load_room_min));
  }
}

/// Fills the slots of the loaded run and ranks their keys.
bool RunSource::scan_run() {
  RecordFormat& format = *input_.format;
  const RecordFormat::Scanned scanned =
      format.scan(loaded_run(), slots_.data(), at_end_, options_.work);
  if (scanned.consumed == 0 && !at_end_) {
    too_large_ = "one record";
    return false;
  }
  run_ = {loaded_run().data(), slots_.data(), scanned.records};
  consumed_ = scanned.consumed;
  records_ += static_cast<std::int64_t>(scanned.records);
  ranks_ = format.contig_ranks();
  rank_keys();
  order_.look_at(run_, ranks_);
  return true;
}

/// Replaces contig identifiers by ranks in all keys and notes which contigs occur.
void RunSource::rank_keys() {
  constexpr std::size_t k_per_item = std::size_t{1} << 16;
  if (present_.size() < ranks_.size()) present_.resize(ranks_.size(), 0);
  const std::size_t items = (run_.count + k_per_item - 1) / k_per_item;
  parallel_for(options_.work, items, [&](std::size_t item, std::size_t) {
    const std::size_t end = std::min(run_.count, (item + 1) * k_per_item);
    for (std::size_t i = item * k_per_item; i < end; ++i) {
      const std::uint64_t contig = RecordKey::contig(slots_[i].key);
      std::atomic_ref<std::uint8_t> seen(present_[contig]);
      if (seen.load(std::memory_order_relaxed) == 0) seen.store(1, std::memory_order_relaxed);
      slots_[i].key = RecordKey::make(ranks_[contig], RecordKey::position(slots_[i].key));
    }
  });
}

/// Makes room for the next run; an unfinished record moves to the front.
void RunSource::drop_run() {
  options_.hasher.drain();
  const std::size_t begin = run_begin_ + consumed_;
  run_offset_ += consumed_;
  std::memmove(arena_.data(), arena_.data() + begin, loaded_ - begin);
  loaded_ -= begin;
  run_begin_ = 0;
}

}  // namespace weir::genomics
