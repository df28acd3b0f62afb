#pragma once

#include "genomics/processor.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weir::genomics {

/// Column numbers of a table's index, from 1 (tabix specification, section "TBI").
struct TabixColumns {
  int sequence = 1;
  int begin = 2;
  int end = 3;  ///< 0: the same as `begin`
  bool zero_based = false;
  char comment = '#';
  int skip = 0;
  friend bool operator==(const TabixColumns&, const TabixColumns&) = default;
};

/// How readers of the index find sequence, begin and end in a record.
class IndexPreset {
 public:
  enum class Kind { bam, bcf, vcf, bed, gff, table };
  static const IndexPreset bam, bcf, vcf, bed, gff;
  constexpr explicit IndexPreset(Kind kind) : kind_(kind) {}
  /// A table with columns of its own.
  constexpr explicit IndexPreset(const TabixColumns& columns)
      : kind_(Kind::table), columns_(columns) {}

  [[nodiscard]] constexpr Kind kind() const { return kind_; }
  [[nodiscard]] constexpr const TabixColumns& columns() const { return columns_; }
  /// Whether sequences are numbered as the file's header has them, and not in order of appearance.
  [[nodiscard]] constexpr bool by_header() const {
    return kind_ == Kind::bam || kind_ == Kind::bcf;
  }
  friend bool operator==(const IndexPreset&, const IndexPreset&) = default;

 private:
  Kind kind_;
  TabixColumns columns_;
};
inline constexpr IndexPreset IndexPreset::bam{Kind::bam};
inline constexpr IndexPreset IndexPreset::bcf{Kind::bcf};
inline constexpr IndexPreset IndexPreset::vcf{Kind::vcf};
inline constexpr IndexPreset IndexPreset::bed{Kind::bed};
inline constexpr IndexPreset IndexPreset::gff{Kind::gff};

struct IndexPlan {
  IndexType type = IndexType::csi;  ///< never `automatic`
  IndexPreset preset = IndexPreset::bed;
  std::size_t references = 0;  ///< number of sequences if known; more may follow
  std::int64_t end_max = 0;    ///< largest end of a record or, for BAM, of a reference
};

/// The largest end that BAI and TBI can hold.
constexpr std::int64_t k_bai_end_max = std::int64_t{1} << 29;

/// The type for a plan's preset and `end_max`. Throws Error (`index_range`) when `wanted` cannot
/// hold them or does not go with the preset.
[[nodiscard]] IndexType choose_index_type(IndexType wanted, const IndexPreset& preset,
                                          std::int64_t end_max, const std::string& file);

/// Builds BAI, TBI or CSI from records in order, through htslib's index calls.
class IndexBuilder {
 public:
  /// `begin` is the virtual offset of the first record.
  IndexBuilder(const IndexPlan& plan, std::uint64_t begin);
  IndexBuilder(IndexBuilder&&) noexcept;
  IndexBuilder& operator=(IndexBuilder&&) noexcept;
  ~IndexBuilder();

  /// One record: `reference` is -1 without place; 0-based half-open; `virtual_end` is where the
  /// next one begins. Throws Error (bug) when records are out of order.
  void push(std::int64_t reference, std::int64_t begin, std::int64_t end, std::uint64_t virtual_end,
            bool mapped);
  /// After the last record. `names`: of the sequences, for tabix presets.
  void finish(std::uint64_t virtual_end, const std::vector<std::string>& names);
  /// Writes the index to an empty file. Throws Error.
  void save(int fd, const std::string& name) const;
  /// The content of a TBI, to be written as BGZF. Throws Error.
  [[nodiscard]] std::string encode_tbi() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "1.16": htslib's version, which shapes the bytes of compressed indexes.
[[nodiscard]] std::string htslib_version();

}  // namespace weir::genomics
