#pragma once

#include "genomics/record_format.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::genomics {

/// Numbers of contigs in the index: as the header has them where the format says so, else in order
/// of first appearance in the artifact.
class References {
 public:
  explicit References(const RecordFormat& format);

  [[nodiscard]] bool by_header() const { return by_header_; }

  /// Ranks change when a new contig is met, numbers never: to be called before the calls below.
  void set_ranks(const std::vector<std::uint32_t>& ranks);
  /// Numbers a contig that occurs, on first sight. Contigs must come in the artifact's order.
  void see(std::size_t rank);
  /// The entry's rank becomes the contig's number.
  void resolve(IndexEntry& entry) const {
    if (entry.reference >= 0 && !by_rank_.empty())
      entry.reference = by_rank_[static_cast<std::size_t>(entry.reference)];
  }
  /// Number by rank; empty when the rank is the number.
  [[nodiscard]] const std::vector<std::int64_t>& by_rank() const { return by_rank_; }
  /// Of the contigs that occur.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Numbers that the index should be prepared for.
  [[nodiscard]] std::size_t count() const;

 private:
  const RecordFormat& format_;
  bool by_header_;
  std::vector<std::int64_t> numbers_;       ///< by identifier
  std::vector<std::uint32_t> identifiers_;  ///< by rank
  std::vector<std::int64_t> by_rank_;
  std::vector<std::string> names_;
};

}  // namespace weir::genomics
