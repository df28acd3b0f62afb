#include "compose/format_flags.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace weir::app {
namespace {

using genomics::FormatOptions;

Error bad_value(const std::string& option, const std::string& value, const std::string& wanted) {
  return Error(ErrorKind::usage, option + " cannot be '" + value + "'").with_hint(wanted);
}

std::uint64_t parse_limit(const std::string& option, const std::string& value) {
  const std::optional<std::int64_t> bytes = base::parse_bytes(value);
  if (!bytes.has_value() || *bytes <= 0)
    throw bad_value(option, value, "a size, such as 64M or 1G");
  return static_cast<std::uint64_t>(*bytes);
}

std::string content_of(const std::string& option, const std::string& path) {
  constexpr std::size_t k_bytes_max = std::size_t{256} << 20;
  std::optional<std::string> content = base::try_read_file(path, k_bytes_max);
  if (!content.has_value())
    throw Error(ErrorKind::usage, "the file of " + option + ", '" + path + "', does not exist");
  return std::move(*content);
}

genomics::Format parse_target(const std::string& word) {
  using genomics::Format;
  const std::optional<Format> format = genomics::parse_format(word);
  for (const Format known : {Format::bam, Format::vcf, Format::bcf}) {
    if (format == known) return known;
  }
  throw bad_value("--to", word, "bam (of CRAM), vcf.gz (of BCF) or bcf (of VCF)");
}

void apply_order(const FormatFlags& flags, FormatOptions& options) {
  if (flags.ties == "alleles") options.ties = genomics::VariantTies::alleles;
  if (!flags.contig_order.has_value()) return;
  if (*flags.contig_order == "bytes" || *flags.contig_order == "natural") {
    options.contig_order = *flags.contig_order == "bytes" ? genomics::ContigOrder::bytes
                                                          : genomics::ContigOrder::natural;
    return;
  }
  options.contig_order = genomics::ContigOrder::listed;
  options.contigs = genomics::parse_contig_list(content_of("--contig-order", *flags.contig_order),
                                                *flags.contig_order);
}

void apply_columns(const FormatFlags& flags, FormatOptions& options) {
  if (!flags.columns.has_value()) {
    if (flags.zero_based || flags.skip != 0 || flags.comment != "#") {
      throw Error(ErrorKind::usage, "--zero-based, --comment and --skip go with --columns");
    }
    return;
  }
  options.columns = genomics::parse_columns(*flags.columns);
  options.columns->zero_based = flags.zero_based;
  if (flags.comment.size() != 1) throw bad_value("--comment", flags.comment, "one character");
  options.columns->comment = flags.comment.front();
  constexpr std::int64_t k_skip_max = 1'000'000;
  if (flags.skip < 0 || flags.skip > k_skip_max)
    throw bad_value("--skip", std::to_string(flags.skip), "from 0 to 1000000");
  options.columns->skip = flags.skip;
}

}  // namespace

void declare_format_flags(OptionTable& table, FormatFlags& flags) {
  table.group("Formats");
  table.option("--to", flags.to, "FORMAT", "bam of CRAM, vcf.gz of BCF, bcf of VCF");
  table.words({"bam", "vcf.gz", "bcf"}, WordRule::open);
  table.flag("--keep-gtf", flags.keep_gtf, "leave GTF as GTF instead of making GFF3 of it");
  table.flag("--cds-includes-stop", flags.cds_includes_stop,
             "GTF to GFF3: CDS features take in their stop codon");
  table.option("--ties", flags.ties, "ORDER",
               "variants at one position: input, or alleles as bcftools sort has them");
  table.words({"input", "alleles"});
  table.option("--contig-order", flags.contig_order, "ORDER",
               "of BED, GFF and tables: bytes, natural, or a file with one name a line");
  table.words({"bytes", "natural"}, WordRule::open);
  table.option("--alias", flags.alias, "FILE", "rename contigs: lines of old name, tab, new name");
  table.flag("--add-contigs", flags.add_contigs, "declare contigs that a VCF header leaves out");
  table.option("--dict", flags.dict, "FILE",
               "sequences for SAM without a header: a .dict, .fai or SAM header");
  table.option("--header", flags.header, "FILE", "header for VCF without one");
  table.option("--reference", flags.reference, "PATH",
               "for CRAM: a FASTA file with .fai, or a folder of sequences named by MD5");
  table.option("--fix", flags.fix, "WHAT",
               "swap: start and end where start is larger; spaces: to tabs in BED");
  table.words({"swap", "spaces"});
  table.option("--columns", flags.columns, "SEQ,BEGIN,END",
               "sort and index TSV by these columns: numbers or names");
  table.flag("--zero-based", flags.zero_based,
             "positions of --columns count from 0, ends excluded");
  table.option("--comment", flags.comment, "CHAR",
               "lines of TSV that begin with it are no records");
  table.option("--skip", flags.skip, "N", "lines at the top of TSV that are no records");
  table.option("--contigs-max", flags.contigs_max, "N", "refuse files with more contigs");
  table.option("--expanded-max", flags.expanded_max, "SIZE",
               "refuse files that are larger than this when decompressed [4T]");
  table.option("--line-max", flags.line_max, "SIZE", "refuse longer lines [64M]");
  table.flag("--accept-missing-eof", flags.accept_missing_eof,
             "accept BGZF files without their end block");
  table.flag("--gzi", flags.gzi, "also make a .gzi index of the compressed blocks");
}

void apply_format_flags(const FormatFlags& flags, preprocess::Request& request) {
  FormatOptions& options = request.options;
  if (flags.to.has_value()) options.to = parse_target(*flags.to);
  options.keep_gtf = flags.keep_gtf;
  options.cds_includes_stop = flags.cds_includes_stop;
  if (flags.keep_gtf && flags.cds_includes_stop)
    throw Error(ErrorKind::usage, "--keep-gtf and --cds-includes-stop exclude each other");
  options.add_contigs = flags.add_contigs;
  for (const std::string& what : flags.fix)
    (what == "swap" ? options.fix_swap : options.fix_spaces) = true;
  apply_order(flags, options);
  apply_columns(flags, options);
  if (flags.alias.has_value())
    options.aliases = genomics::parse_aliases(content_of("--alias", *flags.alias), *flags.alias);
  if (flags.dict.has_value())
    options.sam_header = genomics::parse_dictionary(content_of("--dict", *flags.dict), *flags.dict);
  if (flags.header.has_value()) options.vcf_header = content_of("--header", *flags.header);
  if (flags.contigs_max.has_value()) {
    if (*flags.contigs_max < 1)
      throw bad_value("--contigs-max", std::to_string(*flags.contigs_max), "at least 1");
    options.contigs_max = *flags.contigs_max;
  }
  if (flags.expanded_max.has_value())
    request.expanded_bytes_max = parse_limit("--expanded-max", *flags.expanded_max);
  if (flags.line_max.has_value())
    request.line_bytes_max = parse_limit("--line-max", *flags.line_max);
  if (flags.reference.has_value()) options.reference = *flags.reference;
  request.accept_missing_eof = flags.accept_missing_eof;
  request.want_gzi = flags.gzi;
}

}  // namespace weir::app
