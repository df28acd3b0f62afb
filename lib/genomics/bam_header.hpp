#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// One reference sequence of an alignment file.
struct Reference {
  std::string name;
  std::int64_t length = 0;
};

/// Header of SAM and BAM: the text and the references.
struct BamHeader {
  std::string text;  ///< lines, each with '\n'
  std::vector<Reference> references;

  /// The SO value of the @HD line; empty without.
  [[nodiscard]] std::string_view sort_order() const;
  /// Sets SO:coordinate, removes GO and SS; adds an @HD line when there is none (SAM
  /// specification 1.3).
  void mark_sorted();
  /// As it stands in a BAM file (SAM specification 4.2): magic, text, references.
  [[nodiscard]] std::string encode() const;
};

/// Reads a binary header at the front of `bytes`; answers its length, or nothing when more bytes
/// are needed. Throws Error (`bad_bam_header`, `duplicate_sq`, `format_mismatch`); `file` stands in
/// messages.
[[nodiscard]] std::optional<std::size_t> decode_bam_header(std::span<const std::uint8_t> bytes,
                                                           BamHeader& to, const std::string& file);

/// Makes a header from SAM text (its '@' lines). Throws Error (`bad_sam_header`, `duplicate_sq`, …)
/// with the line.
[[nodiscard]] BamHeader parse_sam_header(std::string_view text, const std::string& file);

}  // namespace weir::genomics
