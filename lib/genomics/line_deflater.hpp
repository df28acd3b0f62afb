#pragma once

#include "genomics/line_matches.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::genomics {

/// Deflate (RFC 1951) for texts of long lines that are much alike (VCF, GFF): half to three
/// quarters of libdeflate's time for the same size. Other content is compressed correctly, but
/// libdeflate does that better.
///
/// The bytes depend on content and level alone. One object serves one thread.
class LineDeflater {
 public:
  /// The levels that there are, each for the size of libdeflate's level of that number.
  [[nodiscard]] static bool has_level(int level) { return level >= 5 && level <= 7; }
  explicit LineDeflater(int level);

  /// Writes one whole deflate stream of at most `LineMatches::k_content_bytes_max` bytes of
  /// content; answers its length, or zero when it does not fit: up to `k_slack_bytes` more than the
  /// length are written over.
  [[nodiscard]] std::size_t deflate(std::span<const std::uint8_t> content,
                                    std::span<std::uint8_t> to);
  static constexpr std::size_t k_slack_bytes = 8;

 private:
  LineMatches matches_;
};

}  // namespace weir::genomics
