#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// What a file's records are.
enum class Format {
  bam,
  sam,
  cram,
  vcf,
  bcf,
  bed,
  narrow_peak,
  broad_peak,
  bed_graph,
  gff3,
  gtf,
  big_bed,
  big_wig,
  tag_align,
  gapped_peak,
  csv,
  tsv,
  bedpe  ///< known in order to be refused: two intervals a line
};

/// How the records are wrapped.
enum class Container { plain, gzip, bgzf, zstd, xz, bzip2, zip };

/// The name used in options, manifests and messages: "bam", "vcf", "narrowPeak", …
[[nodiscard]] std::string_view name_of(Format format);
[[nodiscard]] std::string_view name_of(Container container);

/// The name of each format, in lower case.
[[nodiscard]] std::vector<std::string_view> format_words();
/// A name as a user writes it ("narrowpeak", "GFF", "vcf.gz"), or nothing when it is none.
[[nodiscard]] std::optional<Format> parse_format(std::string_view name);

/// The name without an ending that tells a compression (".gz", ".bgz", ".zst", …).
[[nodiscard]] std::string_view name_without_compression(std::string_view lower_case_name);

/// The format that a file name's ending suggests (".gz", ".bgz" looked through), or nothing.
[[nodiscard]] std::optional<Format> format_of_name(std::string_view file_name);

}  // namespace weir::genomics
