#pragma once

#include "base/error.hpp"
#include "genomics/processor.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// Everything that can be wrong with an input. The enumerator is the code that users and manifests
/// see.
enum class Problem : std::uint8_t {
  // container
  empty_source,
  bgzf_truncated,
  bgzf_no_eof,
  accepted_no_eof,
  bgzf_crc,
  gzip_truncated,
  gzip_crc,
  trailing_garbage,
  trailing_zeros,
  unsupported_container,
  nested_compression,
  expansion_limit,
  // kind of content
  format_mismatch,
  not_genomic,
  unknown_format,
  unsupported_format,
  not_regular,
  source_changed,
  // text
  blank_lines,
  crlf,
  cr_only,
  bom,
  utf16,
  non_utf8,
  nul_byte,
  no_final_newline,
  line_too_long,
  spaces_not_tabs,
  too_few_columns,
  bad_columns,
  bad_contig_name,
  bad_integer,
  bad_value,
  // coordinates
  negative_start,
  start_zero,
  start_after_end,
  coordinate_overflow,
  index_range,
  end_before_pos,
  past_reference_end,
  // names
  many_contigs,
  odd_contig_name,
  mixed_naming,
  undeclared_contig,
  unknown_reference,
  duplicate_sq,
  // headers
  no_records,
  no_sam_header,
  bad_sam_header,
  no_vcf_header,
  bad_vcf_header,
  header_in_body,
  second_header,
  bad_bam_header,
  lying_sort_order,
  // records
  bad_record,
  ragged_columns,
  ucsc_lines,
  embedded_fasta,
  gff_markers,
  score_range,
  peak_outside,
  gff2_attributes,
  // work
  scratch_full,
  index_check,
  // found by converters and readers of binary files; never by a LineParser as a warning
  control_byte,
  swapped_coordinates,
  fixed_spaces,
  added_contigs,
  given_header,
  given_dictionary,
  very_many_contigs,
  archive_damaged,
  reference_unavailable,
  cram_corrupt,
  bad_bcf_header,
  undeclared_in_bcf,
  undeclared_tag,
  bbi_corrupt,
  no_position_columns,
  count_,
};

/// What meeting a problem means under the normal policy.
enum class Severity {
  refuse,     ///< the file is refused
  droppable,  ///< the file is refused; `lenient` drops the line instead
  repair,     ///< mended without loss and reported; `strict` refuses
  warning,    ///< accepted and reported; `strict` refuses
};

struct ProblemInfo {
  Problem problem;
  Severity severity;
  std::string_view code;
  std::string_view sentence;  ///< the cause, one clause
  std::string_view hint;      ///< the next step; may be empty
};

[[nodiscard]] const ProblemInfo& info(Problem problem);
/// The whole catalogue, in the order of the enumeration; for documentation and tests.
[[nodiscard]] std::vector<ProblemInfo> problem_catalogue();

/// Where a problem stands in its input.
struct ProblemPlace {
  std::int64_t line = 0;  ///< 1-based; for BAM the record's number; 0: unknown
  std::int64_t byte_offset =
      -1;  ///< in the uncompressed stream unless the problem concerns the container
};

/// An Error (kind `input`, or `temporary` where trying again may help) with code, hint and place.
/// `detail` completes the catalogue's sentence; `file` is the name as the user knows it.
[[nodiscard]] Error problem_error(Problem problem, std::string_view file,
                                  std::string_view detail = {}, ProblemPlace place = {});

/// The refusal of `option`, which gives a header, for a file that has one. A usage error.
[[nodiscard]] Error has_header(std::string_view file, std::string_view option);

/// Counts problems by kind with the first place of each. One object serves one thread; `merge`
/// joins.
class ProblemTally {
 public:
  /// `sample` is the offending text, kept (cut and escaped) for the first place only.
  void add(Problem problem, ProblemPlace place, std::string_view sample = {},
           std::int64_t count = 1);
  /// Adds the other's counts, with its lines and offsets moved by the given amounts.
  void merge(const ProblemTally& other, std::int64_t line_shift = 0, std::int64_t offset_shift = 0);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::int64_t count(Problem problem) const;

  /// Throws the earliest problem that the policy refuses, saying how many lines share it.
  void refuse_if_fatal(LinePolicy policy, std::string_view file) const;
  /// What is left as findings, in the order of the catalogue.
  [[nodiscard]] std::vector<Finding> findings(LinePolicy policy) const;

 private:
  struct Entry {
    Problem problem;
    std::int64_t count;
    ProblemPlace first;
    std::string sample;
  };
  std::vector<Entry> entries_;
};

/// Whether a line with this problem refuses the file under the policy.
[[nodiscard]] bool refuses(Problem problem, LinePolicy policy);

}  // namespace weir::genomics
