#include "genomics/sort_job.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "genomics/bgzf_writer.hpp"
#include "genomics/hts/pair_check.hpp"
#include "genomics/huge_buffer.hpp"
#include "genomics/spill.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <algorithm>
#include <atomic>
#include <cstring>
#include <numeric>
#include <optional>
#include <set>

namespace weir::genomics {
namespace {

constexpr std::size_t k_probes = 16;

/// How the memory limit is divided.
struct Budget {
  std::size_t piece_bytes;  ///< read at a time
  std::size_t run_bytes;    ///< for records and what is kept of each

  explicit Budget(const ProcessRequest& request) {
    constexpr std::size_t k_base_bytes = std::size_t{12} << 20;       // program, libraries, stacks
    constexpr std::size_t k_per_thread_bytes = std::size_t{7} << 20;  // batches, codec states
    piece_bytes =
        std::clamp(request.memory_limit_bytes / 64, std::size_t{256} << 10, std::size_t{4} << 20);
    const std::size_t fixed = k_base_bytes + k_per_thread_bytes * request.threads + 4 * piece_bytes;
    const std::size_t least = std::size_t{8} << 20;
    run_bytes =
        request.memory_limit_bytes > fixed + least ? request.memory_limit_bytes - fixed : least;
  }
};

/// Why an attempt is given up in favour of another.
enum class Verdict {
  done,
  sort_instead,  ///< the source's bytes cannot be reused after all
  wider_index,   ///< they can, but a record ends beyond what BAI and TBI hold
};

struct Attempt {
  bool may_stream = true;          ///< reuse of a source larger than memory is still possible
  std::int64_t end_max_known = 0;  ///< from an earlier attempt
};

/// Numbers of contigs in the index, in order of first appearance; BAM numbers by its header
/// instead.
class References {
 public:
  explicit References(const RecordFormat& format)
      : by_header_(format.preset() == IndexPreset::bam) {}

  /// The number of a contig identifier, a new one on first sight.
  std::int64_t number(std::size_t identifier, const RecordFormat& format) {
    if (identifier >= numbers_.size()) numbers_.resize(identifier + 1, -1);
    if (numbers_[identifier] < 0) {
      numbers_[identifier] = static_cast<std::int64_t>(names_.size());
      names_.emplace_back(by_header_ ? std::string_view() : format.contig_name(identifier));
    }
    return by_header_ ? static_cast<std::int64_t>(identifier) : numbers_[identifier];
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  bool by_header_;
  std::vector<std::int64_t> numbers_;
  std::vector<std::string> names_;
};

/// One attempt, from the first byte of the source.
class SortAttempt {
 public:
  SortAttempt(const ProcessRequest& request, const SourceFile& source, const MakeInput& make_input,
              ProcessReport& report, Attempt attempt)
      : request_(request),
        source_(source),
        report_(report),
        attempt_(attempt),
        budget_(request),
        work_{request.threads, request.progress, request.cancelled},
        hasher_(request.want_md5) {
    SortInput input = make_input(hasher_, {.work = work_,
                                           .piece_bytes = budget_.piece_bytes,
                                           .accept_missing_eof = request.accept_missing_eof,
                                           .expanded_bytes_max = request.expanded_bytes_max});
    loader_ = std::move(input.loader);
    format_ = std::move(input.format);
    references_ = std::make_unique<References>(*format_);
    arena_ = HugeBuffer(arena_bytes());
    // One slot for every byte, for text that is all line ends: only what is used takes memory.
    slots_ = HugeArray<RecordSlot>(arena_.capacity() + 1);
  }

  [[nodiscard]] std::int64_t end_max() const { return format_->end_max(); }

  Verdict run() {
    load_header();
    load_run();
    scan_run();
    if (at_end_) return finish_in_memory();
    if (attempt_.may_stream && in_order_ && loader_->blocks() != nullptr &&
        format_->ties() != Ties::by_group) {
      return stream();
    }
    return spill_and_merge();
  }

 private:
  // Loading
  // ------------------------------------------------------------

  [[nodiscard]] std::size_t arena_bytes() const {
    const bool plain = report_.container == Container::plain && report_.format != Format::sam;
    const std::size_t slack = 2 * k_load_room_min;
    if (!plain) return budget_.run_bytes + slack;
    return static_cast<std::size_t>(std::min<std::uint64_t>(budget_.run_bytes, source_.size())) +
           slack;
  }

  [[nodiscard]] std::span<const std::uint8_t> run_bytes() const {
    return {arena_.data() + run_begin_, loaded_ - run_begin_};
  }

  /// Loads up to `room` bytes; sets `at_end_` when there are none.
  void load(std::size_t room) {
    work_.check();
    const std::size_t got =
        loader_->load(arena_.data() + loaded_, std::min(room, arena_.capacity() - loaded_));
    loaded_ += got;
    expanded_ += got;
    at_end_ = at_end_ || got == 0;
    work_.report(Stage::load, static_cast<std::int64_t>(loader_->source_position()),
                 static_cast<std::int64_t>(source_.size()));
  }

  void load_header() {
    for (;;) {
      if (!at_end_ && loaded_ + k_load_room_min > arena_.capacity()) refuse_too_small("the header");
      if (!at_end_) load(std::max(budget_.run_bytes / 4, k_load_room_min));
      const std::optional<std::size_t> length =
          format_->read_header({arena_.data(), loaded_}, at_end_);
      if (length) {
        run_begin_ = *length;
        run_offset_ = *length;
        return;
      }
      WEIR_ASSERT(!at_end_);
    }
  }

  [[noreturn]] void refuse_too_small(std::string_view what) const {
    throw Error(ErrorKind::input,
                fmt::format("{} of '{}' does not fit into the memory limit", what, source_.name()))
        .with_code("memory_limit")
        .with_hint("raise the memory limit");
  }

  /// Loads until the run's share of memory is used or the source ends.
  void load_run() {
    std::size_t split_to = 0;
    std::size_t records = 0;
    for (;;) {
      if (loaded_ - run_begin_ > split_to) {
        records = format_->split(run_bytes(), split_to, slots_.data(), work_);
        split_to = loaded_ - run_begin_;
      }
      const std::size_t used = loaded_ + records * k_record_overhead_bytes;
      const std::size_t left = budget_.run_bytes > used ? budget_.run_bytes - used : 0;
      const bool full = left < std::max(budget_.run_bytes / 16, 3 * k_load_room_min) ||
                        arena_.capacity() - loaded_ < k_load_room_min;
      if (at_end_ || full) return;
      load(std::max(left / 3, k_load_room_min));
    }
  }

  /// Fills the slots of the loaded run and ranks their keys.
  void scan_run() {
    const RecordFormat::Scanned scanned = format_->scan(run_bytes(), slots_.data(), at_end_, work_);
    if (scanned.consumed == 0 && !at_end_) refuse_too_small("one record");
    run_ = {run_bytes().data(), slots_.data(), scanned.records};
    consumed_ = scanned.consumed;
    records_ += static_cast<std::int64_t>(scanned.records);
    ranks_ = format_->contig_ranks();
    rank_keys();
    check_order();
  }

  /// Replaces contig identifiers by ranks in all keys and notes which contigs occur.
  void rank_keys() {
    constexpr std::size_t k_per_item = std::size_t{1} << 16;
    if (present_.size() < ranks_.size()) present_.resize(ranks_.size(), 0);
    const std::size_t items = (run_.count + k_per_item - 1) / k_per_item;
    parallel_for(work_, items, [&](std::size_t item, std::size_t) {
      const std::size_t end = std::min(run_.count, (item + 1) * k_per_item);
      for (std::size_t i = item * k_per_item; i < end; ++i) {
        const std::uint64_t contig = RecordKey::contig(slots_[i].key);
        std::atomic_ref<std::uint8_t> seen(present_[contig]);
        if (seen.load(std::memory_order_relaxed) == 0) seen.store(1, std::memory_order_relaxed);
        slots_[i].key = RecordKey::make(ranks_[contig], RecordKey::position(slots_[i].key));
      }
    });
  }

  /// Updates `in_order_` and `sorted_` by the run, its first record against the last one of the run
  /// before.
  void check_order() {
    if (run_.count == 0) return;
    const bool by_span = format_->ties() == Ties::by_span;
    const auto may_follow = [&](std::uint64_t key_a, std::uint32_t span_a, const RecordSlot& b) {
      return format_->in_order(key_a, b.key) && !(by_span && key_a == b.key && span_a > b.span);
    };
    if (last_) {
      const std::uint64_t key = RecordKey::make(ranks_[last_->identifier], last_->position);
      in_order_ = in_order_ && may_follow(key, last_->span, run_.slots[0]);
      sorted_ = sorted_ && in_order_ && key <= run_.slots[0].key;
    }
    for (std::size_t i = 1; i < run_.count && in_order_; ++i) {
      in_order_ = may_follow(run_.slots[i - 1].key, run_.slots[i - 1].span, run_.slots[i]);
      sorted_ = sorted_ && in_order_ && run_.slots[i - 1].key <= run_.slots[i].key;
    }
    sorted_ = sorted_ && in_order_;
    const RecordSlot& slot = run_.slots[run_.count - 1];
    last_ = {identifier_of_rank(RecordKey::contig(slot.key)), RecordKey::position(slot.key),
             slot.span};
  }

  [[nodiscard]] std::uint32_t identifier_of_rank(std::uint64_t rank) const {
    return static_cast<std::uint32_t>(std::find(ranks_.begin(), ranks_.end(), rank) -
                                      ranks_.begin());
  }

  [[nodiscard]] std::vector<std::uint32_t> identifiers_by_rank() const {
    std::vector<std::uint32_t> identifiers(ranks_.size());
    for (std::uint32_t identifier = 0; identifier < ranks_.size(); ++identifier) {
      identifiers[ranks_[identifier]] = identifier;
    }
    return identifiers;
  }

  /// Makes room for the next run; an unfinished record moves to the front.
  void next_run() {
    hasher_.drain();
    const std::size_t begin = run_begin_ + consumed_;
    run_offset_ += consumed_;
    std::memmove(arena_.data(), arena_.data() + begin, loaded_ - begin);
    loaded_ -= begin;
    run_begin_ = 0;
  }

  // In memory
  // ------------------------------------------------------------

  [[nodiscard]] bool bytes_can_be_reused() {
    return in_order_ && loader_->blocks() != nullptr && format_->ties() != Ties::by_group &&
           format_->bytes_are_final() && loader_->tally().empty();
  }

  Verdict finish_in_memory() {
    refuse_if_empty();
    if (bytes_can_be_reused()) {
      start_reuse();
      index_run();
      return finish_reuse();
    }
    RunOrder order;
    if (!sorted_) order = RunOrder::by_key(run_, work_);
    work_.report(Stage::sort, 0, 0);
    order_ties(order);
    number_references();
    const std::vector<std::uint32_t> no_identifiers;
    MemoryFeed feed({format_reference(), run_, order, references_by_rank_, no_identifiers});
    take_probes(order);
    write(feed);
    return Verdict::done;
  }

  [[nodiscard]] const RecordFormat& format_reference() const { return *format_; }

  /// Puts records with equal keys in order where the format has more to say than input order.
  void order_ties(RunOrder& order) {
    if (format_->ties() == Ties::input_order || (sorted_ && format_->ties() == Ties::by_span))
      return;
    if (sorted_) order = RunOrder::by_key(run_, work_);  // words to exchange
    for (std::size_t begin = 0; begin < run_.count;) {
      std::size_t end = begin + 1;
      const std::uint64_t key = run_.slots[order.ordinal(begin)].key;
      while (end < run_.count && run_.slots[order.ordinal(end)].key == key) ++end;
      if (end - begin > 1) order_tie(order, begin, end);
      begin = end;
    }
  }

  void order_tie(RunOrder& order, std::size_t begin, std::size_t end) {
    std::uint64_t* const words = order.words();
    if (format_->ties() == Ties::by_span) {
      std::vector<std::pair<std::uint32_t, std::uint64_t>> tied;
      for (std::size_t i = begin; i < end; ++i)
        tied.emplace_back(run_.slots[order.ordinal(i)].span, words[i]);
      std::sort(tied.begin(), tied.end());  // words of one key rise with the ordinal
      for (std::size_t i = begin; i < end; ++i) words[i] = tied[i - begin].second;
      return;
    }
    std::vector<TiedRecord> group;
    for (std::size_t i = begin; i < end; ++i) {
      const RecordSlot& slot = run_.slots[order.ordinal(i)];
      group.push_back({run_.record(slot), slot.span, words[i]});
    }
    format_->order_group(group);
    for (std::size_t i = begin; i < end; ++i) words[i] = group[i - begin].ordinal;
  }

  /// Numbers the contigs that occur, in output order; fills `references_by_rank_` for formats that
  /// have no numbers.
  void number_references() {
    const std::vector<std::uint32_t> identifiers = identifiers_by_rank();
    const bool by_header = format_->preset() == IndexPreset::bam;
    if (!by_header) references_by_rank_.assign(ranks_.size(), -1);
    for (std::size_t rank = 0; rank < identifiers.size(); ++rank) {
      if (identifiers[rank] >= present_.size() || present_[identifiers[rank]] == 0) continue;
      if (by_header && rank + 1 == identifiers.size()) continue;  // without place
      const std::int64_t number = references_->number(identifiers[rank], *format_);
      if (!by_header) references_by_rank_[rank] = number;
    }
  }

  [[nodiscard]] IndexEntry entry_of(const RecordSlot& slot) const {
    IndexEntry entry = format_->entry(slot.key, slot.span, run_.record(slot));
    if (entry.reference >= 0 && !references_by_rank_.empty()) {
      entry.reference = references_by_rank_[static_cast<std::size_t>(entry.reference)];
    }
    return entry;
  }

  void take_probes(const RunOrder& order) {
    for (const std::size_t number : probe_numbers(run_.count)) {
      const RecordSlot& slot = run_.slots[order.ordinal(number)];
      probes_.push_back({entry_of(slot), std::string(run_.record(slot))});
    }
  }

  /// First, last and some between.
  static std::set<std::size_t> probe_numbers(std::size_t count) {
    std::set<std::size_t> numbers;
    for (std::size_t i = 0; i < k_probes && count > 0; ++i)
      numbers.insert(i * (count - 1) / (k_probes - 1));
    return numbers;
  }

  // Spilling
  // ------------------------------------------------------------

  Verdict spill_and_merge() {
    auto store = std::make_unique<SpillStore>(
        SpillStore::Options{request_.scratch_folder, request_.scratch_bytes_max, work_});
    for (;;) {
      spill_run(*store);
      if (at_end_) break;
      next_run();
      load_run();
      scan_run();
    }
    report_.runs_spilled = static_cast<std::int64_t>(store->runs());
    refuse_if_empty();
    hasher_.drain();
    arena_ = HugeBuffer();
    slots_ = HugeArray<RecordSlot>();
    const std::size_t fan_in =
        std::clamp<std::size_t>(budget_.run_bytes / 2 / k_merge_bytes_per_run, 2, 256);
    store = merge_to_few(std::move(store), *format_, fan_in);
    number_references();
    const std::set<std::size_t> wanted = probe_numbers(static_cast<std::size_t>(records_));
    MergeFeed feed(
        {.store = *store,
         .first_run = 0,
         .runs = store->runs(),
         .format = *format_,
         .references = references_by_rank_,
         .spilling = false,
         .group_bytes_max = budget_.run_bytes / 4,
         .observer = [&](std::size_t number, const IndexEntry& entry, std::string_view bytes) {
           if (wanted.contains(number)) probes_.push_back({entry, std::string(bytes)});
         }});
    write(feed);
    return Verdict::done;
  }

  void spill_run(SpillStore& store) {
    if (run_.count == 0) return;
    RunOrder order = RunOrder::by_key(run_, work_);
    if (format_->ties() == Ties::by_span) order_ties_of_unsorted(order);
    const std::vector<std::uint32_t> identifiers = identifiers_by_rank();
    MemoryFeed feed({*format_, run_, order, references_by_rank_, identifiers});
    store.write_run(feed);
  }

  void order_ties_of_unsorted(RunOrder& order) {
    const bool sorted = std::exchange(sorted_, false);
    order_ties(order);
    sorted_ = sorted;
  }

  // Reuse of the source's bytes
  // ------------------------------------------------------------

  void start_reuse() {
    const std::uint64_t first = run_offset_ + (run_.count > 0 ? run_.slots[0].offset : 0);
    make_index(loader_->blocks()->virtual_offset(first));
  }

  /// Pushes the records of the run with their places in the source. False when the index cannot
  /// hold them.
  bool index_run() {
    const std::size_t end_bytes = format_->record_end().size();
    const std::vector<std::uint32_t> identifiers = identifiers_by_rank();
    if (format_->preset() != IndexPreset::bam) references_by_rank_.assign(ranks_.size(), -1);
    const std::set<std::size_t> probed =
        probe_numbers(probes_.size() < 4 * k_probes ? run_.count : 0);
    for (std::size_t i = 0; i < run_.count; ++i) {
      const RecordSlot& slot = run_.slots[i];
      const std::uint64_t rank = RecordKey::contig(slot.key);
      if (!references_by_rank_.empty() && references_by_rank_[rank] < 0) {
        references_by_rank_[rank] = references_->number(identifiers[rank], *format_);
      }
      const IndexEntry entry = entry_of(slot);
      if (entry.end > k_bai_end_max && index_type_ != IndexType::csi) return false;
      index_->push(
          entry.reference, entry.begin, entry.end,
          loader_->blocks()->virtual_offset(run_offset_ + slot.offset + slot.length + end_bytes),
          entry.mapped);
      if (probed.contains(i)) probes_.push_back({entry, std::string(run_.record(slot))});
    }
    return true;
  }

  Verdict stream() {
    bool indexing = format_->bytes_are_final();
    if (!indexing) return Verdict::sort_instead;
    start_reuse();
    for (;;) {
      indexing = indexing && index_run();
      if (at_end_) break;
      next_run();
      load_run();
      scan_run();
      if (!in_order_ || !format_->bytes_are_final()) return Verdict::sort_instead;
    }
    if (!indexing) return Verdict::wider_index;
    return bytes_can_be_reused() ? finish_reuse() : Verdict::sort_instead;
  }

  Verdict finish_reuse() {
    report_.reused_source = true;
    finish_index(loader_->blocks()->virtual_offset(run_offset_ + consumed_));
    check_and_report(source_.fd(), {});
    return Verdict::done;
  }

  // Writing
  // ------------------------------------------------------------

  void refuse_if_empty() const {
    if (records_ == 0 && !format_->may_be_empty())
      throw problem_error(Problem::no_records, source_.name());
  }

  void make_index(std::uint64_t begin) {
    const std::int64_t end_max = std::max(format_->end_max(), attempt_.end_max_known);
    index_type_ = choose_index_type(request_.index, format_->preset(), end_max, source_.name());
    const std::size_t known =
        format_->preset() == IndexPreset::bam ? ranks_.size() - 1 : references_->names().size();
    index_.emplace(
        IndexPlan{index_type_, format_->preset(), known, std::max(end_max, format_->reach_max())},
        begin);
  }

  void write(RecordFeed& feed) {
    const std::string header = format_->output_header(!in_order_);
    const base::Fd data = base::open_write(request_.data_path);
    BgzfWriter writer(data.get(), request_.data_path.filename().string(),
                      {request_.codec, request_.level});
    writer.write_header(header, work_);
    make_index(writer.virtual_position());
    writer.write_records(feed, &*index_, work_, static_cast<std::int64_t>(expanded_));
    if (writer.records() != records_) throw Error(ErrorKind::bug, "records were lost on the way");
    finish_index(writer.virtual_position());
    writer.finish();
    const base::Fd again = base::open_read(request_.data_path);
    check_and_report(again.get(),
                     OutputFile{ArtifactKind::data, request_.data_path,
                                static_cast<std::int64_t>(writer.file_bytes()), writer.sha256()});
  }

  void finish_index(std::uint64_t end) {
    index_->finish(end, references_->names());
    const base::Fd file = base::open_write(request_.index_path);
    index_->save(file.get(), request_.index_path.filename().string());
    index_.reset();
  }

  void check_and_report(int data_fd, std::optional<OutputFile> data) {
    work_.report(Stage::check, 0, 0);
    const base::Fd index = base::open_read(request_.index_path);
    check_pair({data_fd, index.get(), format_->preset(), records_, source_.name()}, probes_);
    source_.check_unchanged();
    hasher_.finish();
    if (data) report_.outputs.push_back(*data);
    const std::optional<base::FileInfo> info = base::file_info(request_.index_path);
    report_.outputs.push_back({ArtifactKind::index, request_.index_path,
                               info ? info->size_bytes : 0,
                               base::sha256_file(request_.index_path)});
    report_.index = index_type_;
    report_.index_suffix = '.' + std::string(name_of(index_type_));
    report_.records = records_;
    report_.header_lines = format_->header_lines();
    report_.contigs = static_cast<std::int64_t>(references_->names().size());
    report_.was_sorted = in_order_;
    report_.source_bytes = static_cast<std::int64_t>(source_.size());
    report_.expanded_bytes = static_cast<std::int64_t>(expanded_);
    report_.source_sha256 = hasher_.sha256();
    report_.source_md5 = hasher_.md5();
    ProblemTally all = loader_->tally();
    all.merge(format_->tally());
    all.refuse_if_fatal(request_.policy, source_.name());
    const std::vector<Finding> findings = all.findings(request_.policy);
    report_.findings.insert(report_.findings.end(), findings.begin(), findings.end());
  }

  const ProcessRequest& request_;
  const SourceFile& source_;
  ProcessReport& report_;
  Attempt attempt_;
  Budget budget_;
  Work work_;
  std::unique_ptr<RecordFormat> format_;
  std::unique_ptr<References> references_;

  HugeBuffer arena_;
  HugeArray<RecordSlot> slots_;
  std::unique_ptr<Loader> loader_;
  std::size_t loaded_ = 0;        ///< bytes in the arena
  std::size_t run_begin_ = 0;     ///< where the run begins in the arena
  std::size_t consumed_ = 0;      ///< bytes of the run that its records take
  std::uint64_t run_offset_ = 0;  ///< of the run in the decompressed source
  std::uint64_t expanded_ = 0;
  bool at_end_ = false;

  Run run_;
  std::int64_t records_ = 0;
  std::vector<std::uint32_t> ranks_;
  std::vector<std::uint8_t> present_;  ///< by contig identifier
  std::vector<std::int64_t> references_by_rank_;
  bool in_order_ = true;  ///< as a file must be whose bytes are reused
  bool sorted_ = true;    ///< as the artifact is when we write it
  struct LastRecord {
    std::uint32_t identifier;
    std::uint64_t position;
    std::uint32_t span;
  };
  std::optional<LastRecord> last_;  ///< of the run before

  std::optional<IndexBuilder> index_;
  IndexType index_type_ = IndexType::csi;
  std::vector<Probe> probes_;
  SourceHasher hasher_;  ///< last, so that its thread ends before the arena and the loader that it
                         ///< reads from
};

}  // namespace

void sort_and_index(const ProcessRequest& request, const SourceFile& source,
                    const MakeInput& make_input, ProcessReport& report) {
  for (Attempt next;;) {
    const ProcessReport before = report;
    SortAttempt attempt(request, source, make_input, report, next);
    const Verdict verdict = attempt.run();
    if (verdict == Verdict::done) return;
    report = before;
    if (verdict == Verdict::sort_instead) next.may_stream = false;
    next.end_max_known = std::max(next.end_max_known, attempt.end_max());
  }
}

}  // namespace weir::genomics
