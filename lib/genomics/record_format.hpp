#pragma once

#include "genomics/bgzf_writer.hpp"
#include "genomics/problem.hpp"
#include "genomics/run.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// How records with equal keys are put in order; input order decides what is left.
enum class Ties { input_order, by_span, by_group };

/// A record among those with the same key, for `RecordFormat::order_group`.
struct TiedRecord {
  std::string_view bytes;
  std::uint32_t span = 0;
  std::uint64_t ordinal = 0;  ///< carried along
};

/// What the sorter needs to know of a format: the header, where records begin and end, their keys
/// and index entries.
///
/// One object reads one input from front to back: `read_header` until it answers, then for each run
/// of records in memory `split` for every loaded piece and `scan` once. All but `entry` and
/// `order_group` are called by one thread.
class RecordFormat {
 public:
  virtual ~RecordFormat() = default;

  /// Bytes of the header at the front of `bytes`, or nothing when more are needed. Throws Error for
  /// a bad header.
  [[nodiscard]] virtual std::optional<std::size_t> read_header(std::span<const std::uint8_t> bytes,
                                                               bool at_end) = 0;

  /// Looks at bytes [from, run.size()) of a run, new since the last call for it, quickly: refuses
  /// what cannot be right and answers how many records may begin in the whole run so far. May note
  /// them in `slots`.
  [[nodiscard]] virtual std::size_t split(std::span<const std::uint8_t> run, std::size_t from,
                                          RecordSlot* slots, const Work& work) = 0;

  struct Scanned {
    std::size_t records = 0;  ///< slots filled
    std::size_t consumed =
        0;  ///< bytes of the run; the rest begins a record that is not there wholly
  };
  /// Checks every record of the run and fills its slot. Throws Error for what the policy refuses.
  [[nodiscard]] virtual Scanned scan(std::span<const std::uint8_t> run, RecordSlot* slots,
                                     bool at_end, const Work& work) = 0;

  /// Rank of every contig identifier met so far. Relative order of two contigs never changes.
  [[nodiscard]] virtual std::vector<std::uint32_t> contig_ranks() const = 0;
  [[nodiscard]] virtual std::string_view contig_name(std::size_t identifier) const = 0;
  /// Largest end of a record so far.
  [[nodiscard]] virtual std::int64_t end_max() const = 0;
  /// Largest end that the header allows.
  [[nodiscard]] virtual std::int64_t reach_max() const { return 0; }

  [[nodiscard]] virtual Ties ties() const = 0;
  virtual void order_group(std::span<TiedRecord> group) const = 0;

  /// Index entry of a record, `end_position` left out. `reference` is the contig's rank, -1 without
  /// place.
  [[nodiscard]] virtual IndexEntry entry(std::uint64_t ranked_key, std::uint32_t span,
                                         std::string_view bytes) const = 0;

  /// Whether key `b` may follow `a` in a file whose bytes are reused.
  [[nodiscard]] virtual bool in_order(std::uint64_t ranked_a, std::uint64_t ranked_b) const = 0;
  /// Whether nothing was repaired or dropped and the header is as the artifact wants it.
  [[nodiscard]] virtual bool bytes_are_final() const = 0;
  /// The header of the artifact. `reordered`: the records were not in order.
  [[nodiscard]] virtual std::string output_header(bool reordered) = 0;
  [[nodiscard]] virtual std::int64_t header_lines() const = 0;
  /// Bytes that follow each record in the artifact: "\n" or "".
  [[nodiscard]] virtual std::string_view record_end() const = 0;
  /// Whether records are long lines that are much alike, which `LineDeflater` is for.
  [[nodiscard]] virtual bool lines_repeat() const { return false; }
  /// Whether an input without any record gives an artifact.
  [[nodiscard]] virtual bool may_be_empty() const = 0;
  [[nodiscard]] virtual IndexPreset preset() const = 0;
  [[nodiscard]] virtual const ProblemTally& tally() const = 0;
};

}  // namespace weir::genomics
