#include "genomics/references.hpp"

namespace weir::genomics {

References::References(const RecordFormat& format)
    : format_(format), by_header_(format.preset().by_header()) {}

void References::set_ranks(const std::vector<std::uint32_t>& ranks) {
  identifiers_.resize(ranks.size());
  for (std::uint32_t identifier = 0; identifier < ranks.size(); ++identifier)
    identifiers_[ranks[identifier]] = identifier;
  numbers_.resize(ranks.size(), -1);
  if (by_header_) return;
  by_rank_.resize(ranks.size());
  for (std::size_t rank = 0; rank < ranks.size(); ++rank)
    by_rank_[rank] = numbers_[identifiers_[rank]];
}

void References::see(std::size_t rank) {
  if (by_header_ && rank + 1 == identifiers_.size()) return;  // the records without place
  std::int64_t& number = numbers_[identifiers_[rank]];
  if (number >= 0) return;
  number = static_cast<std::int64_t>(names_.size());
  names_.emplace_back(by_header_ ? std::string_view() : format_.contig_name(identifiers_[rank]));
  if (!by_header_) by_rank_[rank] = number;
}

std::size_t References::count() const {
  return by_header_ ? identifiers_.size() - 1 : names_.size();
}

}  // namespace weir::genomics
