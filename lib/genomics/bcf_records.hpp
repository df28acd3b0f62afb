#pragma once

#include "genomics/hts/variant_header.hpp"
#include "genomics/record_format.hpp"

#include <string>

namespace weir::genomics {

/// Fields of a BCF record (BCF 2.2 specification, 6.3) that sorting and indexing need.
struct BcfFields {
  std::int32_t contig = 0;
  std::int32_t position = 0;  ///< 0-based; -1 is the telomere
  std::int32_t length = 0;    ///< on the contig
};

/// Checks a whole record (its length fields included) against itself and the header; nothing when
/// it is damaged. The contig is not looked up.
[[nodiscard]] std::optional<BcfFields> parse_bcf_record(std::string_view record,
                                                        const VariantHeader& header);

/// Variants in BCF's binary form.
class BcfRecords final : public RecordFormat {
 public:
  BcfRecords(std::string file, LinePolicy policy, VariantTies ties)
      : file_(std::move(file)), policy_(policy), variant_ties_(ties) {}

  std::optional<std::size_t> read_header(std::span<const std::uint8_t> bytes, bool at_end) override;
  std::size_t split(std::span<const std::uint8_t> run, std::size_t from, RecordSlot* slots,
                    const Work& work) override;
  Scanned scan(std::span<const std::uint8_t> run, RecordSlot* slots, bool at_end,
               const Work& work) override;

  std::vector<std::uint32_t> contig_ranks() const override;
  std::string_view contig_name(std::size_t identifier) const override {
    return header_.contigs[identifier];
  }
  std::int64_t end_max() const override { return end_max_; }
  std::int64_t reach_max() const override;
  Ties ties() const override {
    return variant_ties_ == VariantTies::alleles ? Ties::by_group : Ties::input_order;
  }
  void order_group(std::span<TiedRecord> group) const override;
  IndexEntry entry(std::uint64_t ranked_key, std::uint32_t span,
                   std::string_view bytes) const override;
  bool in_order(std::uint64_t ranked_a, std::uint64_t ranked_b) const override {
    return ranked_a <= ranked_b;
  }
  bool bytes_are_final() const override { return true; }
  std::string output_header(bool reordered) override;
  std::int64_t header_lines() const override;
  std::string_view record_end() const override { return {}; }
  bool may_be_empty() const override { return true; }
  IndexPreset preset() const override { return IndexPreset::bcf; }
  const ProblemTally& tally() const override { return tally_; }

 private:
  [[nodiscard]] ProblemPlace place(std::size_t record, std::size_t offset) const;

  std::string file_;
  LinePolicy policy_;
  VariantTies variant_ties_;
  std::string header_bytes_;
  VariantHeader header_;
  ProblemTally tally_;
  std::size_t found_ = 0;  ///< records of the run that `split` noted
  std::size_t next_ = 0;   ///< where the next one begins
  std::int64_t records_before_ = 0;
  std::int64_t bytes_before_ = 0;
  std::int64_t end_max_ = 0;
};

}  // namespace weir::genomics
