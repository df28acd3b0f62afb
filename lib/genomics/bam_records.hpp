#pragma once

#include "genomics/bam_header.hpp"
#include "genomics/record_format.hpp"

#include <string>

namespace weir::genomics {

/// Fields of a BAM record (SAM specification 4.2) that sorting and indexing need.
struct BamFields {
  std::int32_t reference = -1;
  std::int32_t position = -1;  ///< 0-based
  std::uint16_t flags = 0;
  std::int64_t reference_bases = 0;  ///< that the CIGAR covers

  static constexpr std::uint16_t k_unmapped = 0x4;
  static constexpr std::uint16_t k_reverse = 0x10;
};

/// Checks one whole record (its length field included) against itself; nothing when it is damaged.
[[nodiscard]] std::optional<BamFields> parse_bam_record(std::string_view record);

/// Alignments in BAM's binary form.
class BamRecords final : public RecordFormat {
 public:
  BamRecords(std::string file, LinePolicy policy) : file_(std::move(file)), policy_(policy) {}

  std::optional<std::size_t> read_header(std::span<const std::uint8_t> bytes, bool at_end) override;
  std::size_t split(std::span<const std::uint8_t> run, std::size_t from, RecordSlot* slots,
                    const Work& work) override;
  Scanned scan(std::span<const std::uint8_t> run, RecordSlot* slots, bool at_end,
               const Work& work) override;

  std::vector<std::uint32_t> contig_ranks() const override;
  std::string_view contig_name(std::size_t identifier) const override {
    return header_.references[identifier].name;
  }
  std::int64_t end_max() const override { return end_max_; }
  std::int64_t reach_max() const override;
  Ties ties() const override { return Ties::input_order; }
  void order_group(std::span<TiedRecord>) const override {}
  IndexEntry entry(std::uint64_t ranked_key, std::uint32_t span,
                   std::string_view bytes) const override;
  bool in_order(std::uint64_t ranked_a, std::uint64_t ranked_b) const override;
  bool bytes_are_final() const override { return true; }
  std::string output_header(bool reordered) override;
  std::int64_t header_lines() const override;
  std::string_view record_end() const override { return {}; }
  bool may_be_empty() const override { return true; }
  IndexPreset preset() const override { return IndexPreset::bam; }
  const ProblemTally& tally() const override { return tally_; }

  [[nodiscard]] const BamHeader& header() const { return header_; }

 private:
  [[nodiscard]] ProblemPlace place(std::size_t record, std::size_t offset) const;

  std::string file_;
  LinePolicy policy_;
  BamHeader header_;
  ProblemTally tally_;
  std::size_t found_ = 0;  ///< records of the run that `split` noted
  std::size_t next_ = 0;   ///< where the next one begins
  std::int64_t records_before_ = 0;
  std::int64_t bytes_before_ = 0;
  std::int64_t end_max_ = 0;
};

}  // namespace weir::genomics
