#include "genomics/sort_job.hpp"

#include "base/clock.hpp"
#include "base/cpu_time.hpp"
#include "base/log.hpp"
#include "genomics/artifact_pair.hpp"
#include "genomics/memory_budget.hpp"
#include "genomics/references.hpp"
#include "genomics/run_source.hpp"
#include "genomics/source_copy.hpp"
#include "genomics/spill.hpp"
#include "genomics/tie_order.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <optional>
#include <set>

namespace weir::genomics {
namespace {

/// Why an attempt is given up in favour of another.
enum class Verdict {
  done,
  sort_instead,  ///< the source's bytes cannot be reused after all
  wider_index,   ///< they can, but a record ends beyond what BAI and TBI hold
};

struct Attempt {
  bool may_stream = true;          ///< the source is still taken to be in order
  std::int64_t end_max_known = 0;  ///< from an earlier attempt
};

/// Tells in the log what each phase took; processor time is that of the whole process.
class PhaseLog {
 public:
  void end(std::string_view phase, std::uint64_t bytes) {
    if (!enabled_) return;
    using Seconds = std::chrono::duration<double>;
    const base::BootTime now = base::now_boot();
    const std::chrono::nanoseconds cpu = base::process_cpu_time();
    base::log(base::LogLevel::debug, "sort phase",
              {{"phase", std::string(phase)},
               {"seconds", fmt::format("{:.4f}", Seconds(now - began_).count())},
               {"cpu_seconds", fmt::format("{:.4f}", Seconds(cpu - cpu_began_).count())},
               {"bytes", std::to_string(bytes)}});
    began_ = now;
    cpu_began_ = cpu;
  }

 private:
  bool enabled_ = base::log_enabled(base::LogLevel::debug);
  base::BootTime began_ = base::now_boot();
  std::chrono::nanoseconds cpu_began_ = base::process_cpu_time();
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
        pool_(request.threads),
        work_{request.threads, request.progress, request.cancelled, &pool_},
        hasher_(request.want_md5),
        input_(make_input(hasher_, {.work = work_,
                                    .piece_bytes = budget_.piece_bytes,
                                    .accept_missing_eof = request.accept_missing_eof,
                                    .expanded_bytes_max = request.expanded_bytes_max})),
        format_(*input_.format),
        streaming_(attempt.may_stream && may_reuse_source()),
        references_(format_),
        pair_({request, source, format_, references_, work_}),
        runs_(input_, {.source = source,
                       .budget = streaming_ ? budget_.for_stream() : budget_,
                       .expanded_bytes_max = content_bytes_known(),
                       .work = work_,
                       .hasher = hasher_}) {}
  // The loader may still hold memory that the hasher reads.
  ~SortAttempt() { hasher_.finish(); }
  SortAttempt(const SortAttempt&) = delete;
  SortAttempt& operator=(const SortAttempt&) = delete;

  [[nodiscard]] std::int64_t end_max() const { return format_.end_max(); }

  Verdict run() {
    const bool loaded = load_next();
    log_.end("load", runs_.content_bytes());
    if (loaded && runs_.at_end()) return finish_in_memory();
    if (streaming_) return loaded ? stream() : Verdict::sort_instead;
    return spill_and_merge();
  }

 private:
  /// A plain file is its content; what a compressed one holds shows when it is loaded.
  [[nodiscard]] std::size_t content_bytes_known() const {
    const bool plain = report_.container == Container::plain && !input_.converted;
    return plain ? static_cast<std::size_t>(source_.size()) : 0;
  }

  [[nodiscard]] std::int64_t end_max_known() const {
    return std::max(format_.end_max(), attempt_.end_max_known);
  }

  /// Whether the bytes of such a source can be the artifact at all.
  [[nodiscard]] bool may_reuse_source() const {
    return input_.loader->blocks() != nullptr && format_.ties() != Ties::by_group;
  }
  /// Whether nothing yet speaks against it.
  [[nodiscard]] bool may_reuse() const {
    return may_reuse_source() && runs_.order().in_order() && format_.bytes_are_final();
  }
  [[nodiscard]] bool bytes_can_be_reused() const {
    return may_reuse() && input_.loader->tally().empty();
  }

  /// False only while streaming: more memory may help then.
  bool load_next() {
    if (runs_.load_next()) return true;
    if (!streaming_) throw runs_.too_large();
    return false;
  }

  void refuse_if_empty() const {
    if (runs_.records() == 0 && !format_.may_be_empty())
      throw problem_error(Problem::no_records, source_.name());
  }

  /// Numbers the contigs that occur, in output order.
  void number_references() {
    references_.set_ranks(runs_.ranks());
    const std::vector<std::uint32_t> identifiers = runs_.identifiers_by_rank();
    for (std::size_t rank = 0; rank < identifiers.size(); ++rank)
      if (runs_.occurs(identifiers[rank])) references_.see(rank);
  }

  [[nodiscard]] IndexEntry entry_of(const RecordSlot& slot) const {
    IndexEntry entry = format_.entry(slot.key, slot.span, runs_.run().record(slot));
    references_.resolve(entry);
    return entry;
  }

  // In memory
  // ------------------------------------------------------------

  Verdict finish_in_memory() {
    refuse_if_empty();
    if (bytes_can_be_reused()) {
      begin_reuse();
      index_run();
      return finish_reuse();
    }
    const Run& run = runs_.run();
    work_.report(Stage::sort, 0, 0);
    const RunOrder order = order_of(run);
    log_.end("sort", runs_.content_bytes());
    number_references();
    const std::vector<std::uint32_t> no_identifiers;
    MemoryFeed feed({format_, run, order, references_.by_rank(), no_identifiers});
    for (const std::size_t number : probe_numbers(run.count)) {
      const RecordSlot& slot = run.slots[order.ordinal(number)];
      pair_.add_probe(entry_of(slot), run.record(slot));
    }
    write(feed);
    runs_.release();
    return check_and_report();
  }

  /// The order in which the records of the last run are written.
  [[nodiscard]] RunOrder order_of(const Run& run) const {
    const bool ties_matter = format_.ties() == Ties::by_group ||
                             (format_.ties() == Ties::by_span && !runs_.order().sorted());
    RunOrder order;
    if (!runs_.order().sorted() || ties_matter) order = RunOrder::by_key(run, work_, runs_.pages());
    if (ties_matter) order_ties(order, run, format_, work_);
    return order;
  }

  void write(RecordFeed& feed) {
    pair_.write({.feed = feed,
                 .reordered = !runs_.order().in_order(),
                 .records = runs_.records(),
                 .bytes = static_cast<std::int64_t>(runs_.content_bytes()),
                 .end_max = end_max_known()});
    log_.end("write", runs_.content_bytes());
  }

  // Spilling
  // ------------------------------------------------------------

  Verdict spill_and_merge() {
    auto store = std::make_unique<SpillStore>(SpillStore::Options{
        .folder = request_.scratch_folder,
        .bytes_max = request_.scratch_bytes_max,
        .plain_bytes_max =
            std::min(plain_spill_bytes(request_.scratch_folder), request_.scratch_bytes_max / 2),
        .work = work_});
    for (;;) {
      spill_run(*store);
      if (runs_.at_end()) break;
      (void)load_next();  // throws: nothing is streamed here
    }
    report_.runs_spilled = static_cast<std::int64_t>(store->runs());
    refuse_if_empty();
    runs_.release();
    log_.end("spill", runs_.content_bytes());
    merge(merge_to_few(std::move(store), format_, budget_.merge_runs));
    return check_and_report();
  }

  void merge(const std::unique_ptr<SpillStore>& store) {
    number_references();
    const std::set<std::size_t> wanted = probe_numbers(static_cast<std::size_t>(runs_.records()));
    MergeFeed feed(
        {.store = *store,
         .first_run = 0,
         .runs = store->runs(),
         .format = format_,
         .references = references_.by_rank(),
         .spilling = false,
         .group_bytes_max = budget_.run_bytes / 4,
         .observer = [&](std::size_t number, const IndexEntry& entry, std::string_view bytes) {
           if (wanted.contains(number)) pair_.add_probe(entry, bytes);
         }});
    write(feed);
  }

  void spill_run(SpillStore& store) {
    const Run& run = runs_.run();
    if (run.count == 0) return;
    RunOrder order = RunOrder::by_key(run, work_, runs_.pages());
    // Groups may go on in other runs: they are put in order when they are merged.
    if (format_.ties() == Ties::by_span) order_ties(order, run, format_, work_);
    const std::vector<std::uint32_t> identifiers = runs_.identifiers_by_rank();
    MemoryFeed feed({format_, run, order, references_.by_rank(), identifiers});
    store.write_run(feed, runs_.run_end() - runs_.run_offset() + run.count * sizeof(SpillPrefix));
  }

  // Reuse of the source's bytes
  // ------------------------------------------------------------

  void begin_reuse() {
    if (request_.copy_reused) copy_.emplace(source_, request_.data_path);
    const Run& run = runs_.run();
    references_.set_ranks(runs_.ranks());
    const std::uint64_t first = runs_.run_offset() + (run.count > 0 ? run.slots[0].offset : 0);
    pair_.begin_index(input_.loader->blocks()->virtual_offset(first), end_max_known());
  }

  /// Pushes the records of the run with their places in the source. False when the index cannot
  /// hold them.
  bool index_run() {
    constexpr std::size_t k_probes_max = 64;
    BlockMap& blocks = *input_.loader->blocks();
    const Run& run = runs_.run();
    const std::size_t end_bytes = format_.record_end().size();
    references_.set_ranks(runs_.ranks());
    const std::set<std::size_t> probed =
        probe_numbers(pair_.probes() < k_probes_max ? run.count : 0);
    for (std::size_t i = 0; i < run.count; ++i) {
      const RecordSlot& slot = run.slots[i];
      references_.see(RecordKey::contig(slot.key));
      const IndexEntry entry = entry_of(slot);
      if (!pair_.reaches(entry.end)) return false;
      pair_.index().push(
          entry.reference, entry.begin, entry.end,
          blocks.virtual_offset(runs_.run_offset() + slot.offset + slot.length + end_bytes),
          entry.mapped);
      if (probed.contains(i)) pair_.add_probe(entry, run.record(slot));
    }
    return true;
  }

  /// Looks at a source that is taken to be in order, run by run. The first sign of the contrary
  /// ends it: that costs one short run for most sources, and one more reading at the most.
  Verdict stream() {
    if (!may_reuse()) return Verdict::sort_instead;
    begin_reuse();
    bool indexing = true;
    for (;;) {
      indexing = indexing && index_run();
      if (runs_.at_end()) break;
      if (!load_next() || !may_reuse()) return Verdict::sort_instead;
    }
    if (!indexing) return Verdict::wider_index;
    return bytes_can_be_reused() ? finish_reuse() : Verdict::sort_instead;
  }

  Verdict finish_reuse() {
    pair_.finish_index(input_.loader->blocks()->virtual_offset(runs_.run_end()));
    log_.end("index", runs_.content_bytes());
    const Verdict verdict = check_and_report();
    if (copy_) copy_->finish();
    report_.copied_source = copy_.has_value();
    return verdict;
  }

  Verdict check_and_report() {
    pair_.check_and_report(runs_.records(), report_);
    log_.end("check", runs_.content_bytes());
    hasher_.finish();
    report_.header_lines = format_.header_lines();
    report_.was_sorted = runs_.order().in_order();
    report_.source_bytes = static_cast<std::int64_t>(source_.size());
    report_.expanded_bytes = static_cast<std::int64_t>(runs_.content_bytes());
    report_.source_sha256 = hasher_.sha256();
    report_.source_md5 = hasher_.md5();
    ProblemTally all = input_.loader->tally();
    all.merge(format_.tally());
    all.refuse_if_fatal(request_.policy, source_.name());
    const std::vector<Finding> findings = all.findings(request_.policy);
    report_.findings.insert(report_.findings.end(), findings.begin(), findings.end());
    return Verdict::done;
  }

  const ProcessRequest& request_;
  const SourceFile& source_;
  ProcessReport& report_;
  Attempt attempt_;
  MemoryBudget budget_;
  WorkerPool pool_;
  Work work_;
  SourceHasher hasher_;
  SortInput input_;
  RecordFormat& format_;
  const bool streaming_;  ///< see `stream`
  References references_;
  ArtifactPair pair_;
  RunSource runs_;
  std::optional<SourceCopy> copy_;
  PhaseLog log_;
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
