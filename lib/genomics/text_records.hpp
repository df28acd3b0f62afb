#pragma once

#include "genomics/byte_survey.hpp"
#include "genomics/contig_table.hpp"
#include "genomics/line_parser.hpp"
#include "genomics/record_format.hpp"

#include <memory>
#include <string>
#include <vector>

namespace weir::genomics {

struct TextOptions {
  std::string file;  ///< for messages
  LinePolicy policy = LinePolicy::normal;
  std::uint64_t line_bytes_max = std::uint64_t{64} << 20;
  bool allow_empty = false;
  std::string header;        ///< for a file that has none (VCF)
  bool add_contigs = false;  ///< declare in the header what records use
  ContigOrder contig_order = ContigOrder::bytes;
  std::vector<std::string> contigs;  ///< in order, for `ContigOrder::listed`
  std::int64_t contigs_max = std::int64_t{1} << 22;
};

/// A format of lines: finds them, repairs what can be repaired, and lets a LineParser check each.
class TextRecords final : public RecordFormat {
 public:
  TextRecords(std::unique_ptr<LineParser> parser, TextOptions options, std::size_t threads);

  std::optional<std::size_t> read_header(std::span<const std::uint8_t> bytes, bool at_end) override;
  std::size_t split(std::span<const std::uint8_t> run, std::size_t from, RecordSlot* slots,
                    const Work& work) override;
  Scanned scan(std::span<const std::uint8_t> run, RecordSlot* slots, bool at_end,
               const Work& work) override;

  std::vector<std::uint32_t> contig_ranks() const override { return contigs_.ranks(); }
  std::string_view contig_name(std::size_t identifier) const override {
    return contigs_.name(identifier);
  }
  std::int64_t end_max() const override { return end_max_; }
  Ties ties() const override { return parser_->ties(); }
  void order_group(std::span<TiedRecord> group) const override { parser_->order_group(group); }
  IndexEntry entry(std::uint64_t ranked_key, std::uint32_t span,
                   std::string_view bytes) const override;
  bool in_order(std::uint64_t ranked_a, std::uint64_t ranked_b) const override {
    return ranked_a <= ranked_b;
  }
  bool bytes_are_final() const override;
  std::string output_header(bool reordered) override;
  std::int64_t header_lines() const override { return static_cast<std::int64_t>(header_.size()); }
  std::string_view record_end() const override { return "\n"; }
  bool lines_repeat() const override { return parser_->lines_repeat(); }
  bool may_be_empty() const override { return parser_->may_be_empty() || options_.allow_empty; }
  IndexPreset preset() const override { return parser_->preset(); }
  const ProblemTally& tally() const override { return tally_; }

 private:
  struct Chunk;
  class ChunkScan;

  void refuse_encoding(std::span<const std::uint8_t> bytes) const;
  /// Throws when the bytes of `run` from `begin` to `end` have a NUL.
  void refuse_nul(std::span<const std::uint8_t> run, std::size_t begin, std::size_t end) const;
  [[nodiscard]] bool refuses_control_bytes() const;
  void take_header_line(std::string_view line, std::size_t at);
  void finish_header(std::string_view first_record);
  void use_given_header();
  [[nodiscard]] std::size_t gather(std::vector<Chunk>& chunks, RecordSlot* slots);
  void note_contigs();

  std::unique_ptr<LineParser> parser_;
  TextOptions options_;
  ContigTable contigs_;
  std::vector<ContigCache> caches_;  ///< one per worker
  ProblemTally tally_;
  std::vector<std::string> header_;
  std::vector<ByteSurvey> blocks_;  ///< of the current run, from `split`
  std::size_t last_newline_ = 0;    ///< end of the last whole line seen by `split`
  std::int64_t lines_before_ = 0;   ///< of header and earlier runs
  std::int64_t bytes_before_ = 0;   ///< likewise
  std::size_t columns_ = 0;         ///< of the first record
  std::int64_t end_max_ = 0;
  std::size_t contigs_noted_ = 0;
  bool ended_ = false;  ///< an end_of_data line was met
};

}  // namespace weir::genomics
