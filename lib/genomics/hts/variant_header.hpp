#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// What the header of a BCF file declares, by the numbers that its records use.
struct VariantHeader {
  std::vector<std::string> contigs;   ///< empty name: no contig has this number
  std::vector<std::int64_t> lengths;  ///< 0: unknown
  std::size_t samples = 0;
  std::vector<bool> keys;  ///< whether a FILTER, INFO or FORMAT key has this number

  [[nodiscard]] bool has_key(std::size_t number) const {
    return number < keys.size() && keys[number];
  }
};

/// Whether the numbers that a header gives its entries (`IDX=`) are ones that so many lines may
/// need. htslib makes a table as long as the largest: to be asked before it is given a header of a
/// user's.
[[nodiscard]] bool has_modest_numbers(std::string_view header);

/// Reads header text through htslib; nothing when it is none, or has no modest numbers.
[[nodiscard]] std::optional<VariantHeader> parse_variant_header(const std::string& text);

}  // namespace weir::genomics
