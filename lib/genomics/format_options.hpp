#pragma once

#include "genomics/format.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// How contigs are put in order where the format does not say: BED, GFF and their kin.
enum class ContigOrder {
  bytes,    ///< by the bytes of their names
  natural,  ///< chr2 before chr10
  listed,   ///< as `FormatOptions::contigs` lists them, others after by bytes
};

/// Order of variants at one position.
enum class VariantTies {
  input,    ///< as they came
  alleles,  ///< by REF and ALT without regard to case, as bcftools sort does
};

/// The position columns of a table, as tabix takes them.
struct TableColumns {
  std::string sequence;     ///< a number from 1 or a name from the header row
  std::string begin;        ///< likewise
  std::string end;          ///< likewise; the same as `begin` for tables of positions
  bool zero_based = false;  ///< 0-based half-open instead of 1-based closed
  char comment = '#';       ///< lines that begin with it belong to no record
  std::int64_t skip = 0;    ///< lines at the top that are no records
};

/// What concerns single formats. The default of each field leaves a file as it is.
struct FormatOptions {
  /// GTF stays GTF instead of becoming GFF3.
  bool keep_gtf = false;
  /// From GTF: CDS features take in the stop codon, as GFF3 has it.
  bool cds_includes_stop = false;
  /// Declare contigs in the header that records use and no ##contig line declares.
  bool add_contigs = false;
  /// Another format for the artifact: BAM of CRAM, VCF of BCF, BCF of VCF.
  std::optional<Format> to;
  /// Swap start and end where start is larger (`swap`), take blanks for tabs in BED (`spaces`).
  bool fix_swap = false;
  bool fix_spaces = false;
  VariantTies ties = VariantTies::input;
  std::optional<ContigOrder> contig_order;  ///< nothing: by bytes
  std::vector<std::string> contigs;
  /// Position columns of TSV; without them a table is only checked.
  std::optional<TableColumns> columns;
  /// New names of contigs, by the names in the file.
  std::map<std::string, std::string> aliases;
  /// "@SQ" lines for SAM without a header.
  std::string sam_header;
  /// Header for VCF without one, #CHROM line included.
  std::string vcf_header;
  /// Refuse more contigs than this.
  std::int64_t contigs_max = std::int64_t{1} << 22;
  /// Reference sequences for CRAM: an indexed FASTA file, or a folder of sequences named by their
  /// MD5. Does not change an artifact's bytes: what is used is checked against the CRAM's sums.
  std::filesystem::path reference;
};

/// Every option that can change output bytes, by name; options at their default are left out.
[[nodiscard]] std::map<std::string, std::string> parameters_of(const FormatOptions& options);

// Contents of the files that options name. Each throws Error (usage) with the line; `file` is the
// name in messages.

/// A SAM header, a sequence dictionary of Picard or a FASTA index (.fai), as "@SQ" lines.
[[nodiscard]] std::string parse_dictionary(std::string_view text, const std::string& file);
/// "old TAB new" lines.
[[nodiscard]] std::map<std::string, std::string> parse_aliases(std::string_view text,
                                                               const std::string& file);
/// One name a line; further columns (as in .fai) are ignored.
[[nodiscard]] std::vector<std::string> parse_contig_list(std::string_view text,
                                                         const std::string& file);
/// "seq,beg,end" or "seq,pos": numbers from 1, or names.
[[nodiscard]] TableColumns parse_columns(std::string_view text);

}  // namespace weir::genomics
