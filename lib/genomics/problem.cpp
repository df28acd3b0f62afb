#include "genomics/problem.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace weir::genomics {
namespace {

using enum Problem;
using enum Severity;

// In the order of the enumeration: `info` indexes it, a test checks it.
constexpr std::array<ProblemInfo, static_cast<std::size_t>(count_)> k_problems{{
    {empty_source, refuse, "empty_source", "the file is empty", ""},
    {bgzf_truncated, refuse, "bgzf_truncated", "the file ends inside a BGZF block",
     "fetch or copy the file again"},
    {bgzf_no_eof, refuse, "bgzf_no_eof",
     "the BGZF end block is missing, so the end of the data may be, too",
     "fetch the file again, or give --accept-missing-eof when its checksum is known"},
    {accepted_no_eof, repair, "accepted_no_eof", "the missing BGZF end block was accepted", ""},
    {bgzf_crc, refuse, "bgzf_crc", "a BGZF block is damaged", "fetch or copy the file again"},
    {gzip_truncated, refuse, "gzip_truncated", "the gzip stream ends too early",
     "fetch or copy the file again"},
    {gzip_crc, refuse, "gzip_crc", "the gzip stream is damaged", "fetch or copy the file again"},
    {trailing_garbage, refuse, "trailing_garbage",
     "the compressed data is followed by bytes that are not gzip",
     "cut the file after its last gzip member"},
    {trailing_zeros, warning, "trailing_zeros", "zero bytes after the compressed data were ignored",
     ""},
    {unsupported_container, refuse, "unsupported_container",
     "this kind of compression or archive is not read", "unpack it first"},
    {nested_compression, warning, "nested_compression", "the data is compressed twice", ""},
    {expansion_limit, refuse, "expansion_limit", "the decompressed data is larger than the limit",
     "raise the limit with --expanded-max if the file is honest"},
    {format_mismatch, refuse, "format_mismatch",
     "the content is not what the name or the option says",
     "give the right format, or check the file"},
    {not_genomic, refuse, "not_genomic", "the content is not genomic data",
     "check where the file came from"},
    {unknown_format, refuse, "unknown_format", "the format cannot be told from content and name",
     "name it with --format"},
    {unsupported_format, refuse, "unsupported_format", "no artifact can be made of this format",
     ""},
    {not_regular, refuse, "not_regular", "not a regular file", "give a regular file"},
    {source_changed, refuse, "source_changed", "the file changed while it was read",
     "try again when it is complete"},
    {blank_lines, repair, "blank_lines", "blank lines were dropped", ""},
    {crlf, repair, "crlf", "carriage returns at line ends were removed", ""},
    {cr_only, refuse, "cr_only", "lines end with a lone carriage return",
     "convert it: tr '\\r' '\\n'"},
    {bom, repair, "bom", "a byte order mark was removed", ""},
    {utf16, refuse, "utf16", "the text is UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"},
    {non_utf8, warning, "non_utf8", "bytes that are not UTF-8 were kept", ""},
    {nul_byte, refuse, "nul_byte", "a zero byte in text",
     "check the file: it is binary or damaged"},
    {no_final_newline, repair, "no_final_newline", "a newline was added at the end", ""},
    {line_too_long, refuse, "line_too_long", "a line is longer than the limit",
     "raise the limit with --line-max if the file is honest"},
    {spaces_not_tabs, refuse, "spaces_not_tabs", "columns are separated by blanks, not by tabs",
     "convert it: sed 's/ \\+/\\t/g'; for BED with at most six columns: --fix spaces"},
    {too_few_columns, droppable, "too_few_columns", "too few columns", ""},
    {bad_columns, droppable, "bad_columns", "the number of columns is not that of the header", ""},
    {bad_contig_name, droppable, "bad_contig_name", "not a usable sequence name", ""},
    {bad_integer, droppable, "bad_integer",
     "not a whole number in decimal digits, without leading zeros", ""},
    {bad_value, droppable, "bad_value", "a column has a value it cannot have", ""},
    {negative_start, droppable, "negative_start", "the start is negative", ""},
    {start_zero, droppable, "start_zero", "the start is 0, but positions count from 1", ""},
    {start_after_end, droppable, "start_after_end", "the start is after the end",
     "correct the line, or exchange them with --fix swap"},
    {coordinate_overflow, refuse, "coordinate_overflow",
     "a coordinate is larger than the format can hold", ""},
    {index_range, refuse, "index_range", "a record ends beyond 2^29, which BAI and TBI cannot hold",
     "use --index-type csi"},
    {end_before_pos, warning, "end_before_pos", "INFO/END before POS was ignored", ""},
    {past_reference_end, warning, "past_reference_end",
     "alignments past the end of their reference", ""},
    {many_contigs, refuse, "many_contigs", "more sequence names than can be held", ""},
    {odd_contig_name, warning, "odd_contig_name",
     "sequence names with ':', ',' or '..', ambiguous in regions", ""},
    {mixed_naming, warning, "mixed_naming", "names with and without 'chr' in one file", ""},
    {undeclared_contig, warning, "undeclared_contig",
     "sequence names that no ##contig line declares", ""},
    {unknown_reference, refuse, "unknown_reference", "a reference that the header does not declare",
     "add its @SQ line"},
    {duplicate_sq, refuse, "duplicate_sq", "two @SQ lines declare the same name",
     "remove one of them"},
    {no_records, refuse, "no_records", "no record in the file", "accept it with --allow-empty"},
    {no_sam_header, refuse, "no_sam_header", "alignments without a header",
     "give the sequences with --dict reference.fa.fai"},
    {bad_sam_header, refuse, "bad_sam_header", "a header line is wrong", ""},
    {no_vcf_header, refuse, "no_vcf_header",
     "the header is missing or has no ##fileformat or #CHROM line",
     "put a header before the records, or give one with --header"},
    {bad_vcf_header, refuse, "bad_vcf_header", "the #CHROM line is wrong", ""},
    {header_in_body, repair, "header_in_body", "comment lines between records were dropped", ""},
    {second_header, refuse, "header_in_body", "a second header between records",
     "sort and join the files with bcftools concat"},
    {bad_bam_header, refuse, "bad_bam_header", "the BAM header is damaged", ""},
    {lying_sort_order, warning, "lying_sort_order", "the header said sorted, the records were not",
     ""},
    {bad_record, refuse, "bad_record", "a record is damaged", ""},
    {ragged_columns, warning, "ragged_columns", "lines with different numbers of columns", ""},
    {ucsc_lines, repair, "ucsc_lines", "track and browser lines were turned into comments", ""},
    {embedded_fasta, repair, "embedded_fasta", "the embedded FASTA section was left out", ""},
    {gff_markers, repair, "gff_markers", "### markers, meaningless after sorting, were left out",
     ""},
    {score_range, warning, "score_range", "scores outside 0-1000", ""},
    {peak_outside, warning, "peak_outside", "peak offsets outside their interval", ""},
    {gff2_attributes, warning, "gff2_attributes",
     "attributes as in GFF2, which readers of GFF3 do not understand", ""},
    {scratch_full, refuse, "scratch_full", "spilled data exceeds the limit of scratch space",
     "free space, raise the memory limit or the scratch limit"},
    {index_check, refuse, "index_check", "the finished index does not give back the records",
     "report this"},
    {control_byte, droppable, "control_byte", "a control character in a line",
     "remove it; GFF3 writes it as %XX"},
    {swapped_coordinates, repair, "start_after_end", "start and end were swapped", ""},
    {fixed_spaces, repair, "spaces_not_tabs", "blanks between columns were made tabs", ""},
    {added_contigs, repair, "undeclared_contig", "##contig lines were added", ""},
    {given_header, repair, "no_vcf_header", "the header that was given was put before the records",
     ""},
    {given_dictionary, repair, "no_sam_header", "the sequences that were given made the header",
     ""},
    {very_many_contigs, warning, "many_contigs",
     "more than a million sequence names: readers hold all of them in memory", ""},
    {archive_damaged, refuse, "archive_damaged", "the compressed data is damaged or cut",
     "fetch or copy the file again"},
    {reference_unavailable, refuse, "reference_unavailable",
     "a reference sequence that the CRAM needs is not there",
     "name an indexed FASTA file or a folder of sequences by MD5 with --reference"},
    {cram_corrupt, refuse, "cram_corrupt", "the CRAM data is damaged or cut",
     "fetch or copy the file again"},
    {bad_bcf_header, refuse, "bad_bcf_header", "the BCF header is damaged", ""},
    {undeclared_in_bcf, refuse, "undeclared_contig",
     "a contig that no ##contig line declares, which BCF cannot hold",
     "declare it, or let --add-contigs do it"},
    {undeclared_tag, refuse, "undeclared_tag",
     "a FILTER, INFO or FORMAT key that the header does not declare, which BCF cannot hold",
     "declare it in the header"},
    {bbi_corrupt, refuse, "bbi_corrupt", "the bigBed or bigWig file is damaged or cut",
     "fetch or copy the file again"},
    {no_position_columns, refuse, "no_position_columns",
     "no column of the table holds positions on sequences",
     "name them in the first line, such as chrom, start and end"},
}};

ErrorKind kind_of(Problem problem) {
  switch (problem) {
    case source_changed:
    case scratch_full: return ErrorKind::temporary;
    case index_check: return ErrorKind::bug;
    default: return ErrorKind::input;
  }
}

constexpr std::size_t k_sample_bytes_max = 120;

}  // namespace

const ProblemInfo& info(Problem problem) {
  return k_problems[static_cast<std::size_t>(problem)];
}

std::vector<ProblemInfo> problem_catalogue() {
  return {k_problems.begin(), k_problems.end()};
}

bool refuses(Problem problem, LinePolicy policy) {
  switch (info(problem).severity) {
    case refuse: return true;
    case droppable: return policy != LinePolicy::lenient;
    case repair:
    case warning: return policy == LinePolicy::strict;
  }
  return true;
}

Error problem_error(Problem problem, std::string_view file, std::string_view detail,
                    ProblemPlace place) {
  const ProblemInfo& known = info(problem);
  std::string message(known.sentence);
  if (!detail.empty()) message += fmt::format(": {}", detail);
  if (place.byte_offset >= 0) message += fmt::format(" (byte {})", place.byte_offset);
  Error error(kind_of(problem), std::move(message));
  error.with_code(std::string(known.code));
  if (!known.hint.empty()) error.with_hint(std::string(known.hint));
  error.at({.file = std::string(file), .line = place.line, .byte_offset = place.byte_offset});
  return error;
}

Error has_header(std::string_view file, std::string_view option) {
  return Error(ErrorKind::usage, fmt::format("'{}' has a header already", file))
      .with_hint(fmt::format("leave {} out", option));
}

void ProblemTally::add(Problem problem, ProblemPlace place, std::string_view sample,
                       std::int64_t count) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.problem == problem; });
  if (found == entries_.end()) {
    entries_.push_back({problem, count, place, base::printable(sample, k_sample_bytes_max)});
    return;
  }
  found->count += count;
  const bool earlier = place.line > 0 && (found->first.line == 0 || place.line < found->first.line);
  if (earlier) {
    found->first = place;
    found->sample = base::printable(sample, k_sample_bytes_max);
  }
}

void ProblemTally::merge(const ProblemTally& other, std::int64_t line_shift,
                         std::int64_t offset_shift) {
  for (const Entry& entry : other.entries_) {
    ProblemPlace place = entry.first;
    if (place.line > 0) place.line += line_shift;
    if (place.byte_offset >= 0) place.byte_offset += offset_shift;
    add(entry.problem, place, {}, entry.count);
    const auto mine = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const Entry& e) { return e.problem == entry.problem; });
    if (mine->first.line == place.line && mine->first.byte_offset == place.byte_offset) {
      mine->sample = entry.sample;
    }
  }
}

std::int64_t ProblemTally::count(Problem problem) const {
  for (const Entry& entry : entries_) {
    if (entry.problem == problem) return entry.count;
  }
  return 0;
}

void ProblemTally::refuse_if_fatal(LinePolicy policy, std::string_view file) const {
  const Entry* worst = nullptr;
  for (const Entry& entry : entries_) {
    if (!refuses(entry.problem, policy)) continue;
    if (worst == nullptr || entry.first.line < worst->first.line ||
        (entry.first.line == worst->first.line && entry.problem < worst->problem)) {
      worst = &entry;
    }
  }
  if (worst == nullptr) return;
  std::string detail;
  if (!worst->sample.empty()) detail = fmt::format("'{}'", worst->sample);
  if (worst->count > 1) {
    detail += fmt::format("{}{} places in all", detail.empty() ? "" : "; ", worst->count);
  }
  Error error = problem_error(worst->problem, file, detail, worst->first);
  if (info(worst->problem).severity == droppable && info(worst->problem).hint.empty()) {
    error.with_hint("correct the line, or drop such lines with --lenient");
  }
  throw error;
}

std::vector<Finding> ProblemTally::findings(LinePolicy policy) const {
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries_) {
    if (!refuses(entry.problem, policy)) sorted.push_back(&entry);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const Entry* a, const Entry* b) { return a->problem < b->problem; });
  std::vector<Finding> result;
  for (const Entry* entry : sorted) {
    const ProblemInfo& known = info(entry->problem);
    const Finding::Kind kind = known.severity == repair      ? Finding::Kind::repair
                               : known.severity == droppable ? Finding::Kind::dropped
                                                             : Finding::Kind::warning;
    result.push_back({kind, std::string(known.code), std::string(known.sentence), entry->count,
                      entry->first.line, entry->first.byte_offset});
  }
  return result;
}

}  // namespace weir::genomics
