// Which option works for which format: one table, from which every refusal comes. Limits (such as
// `--line-max`) and conditions (such as `--accept-missing-eof`) are not in it: a file to which they
// do not apply meets them.
#include "genomics/option_scope.hpp"

#include "genomics/line_parser.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <initializer_list>

namespace weir::genomics {
namespace {

bool is_one_of(Format format, std::initializer_list<Format> formats) {
  return std::find(formats.begin(), formats.end(), format) != formats.end();
}

bool is_interval_lines(Format format) {
  return is_one_of(format, {Format::bed, Format::narrow_peak, Format::broad_peak,
                            Format::gapped_peak, Format::tag_align, Format::bed_graph});
}

bool is_features(Format format) {
  return is_one_of(format, {Format::gff3, Format::gtf});
}

/// Whether a data artifact of our own making comes of it.
bool is_made_by_us(const ProcessRequest& request, Format format) {
  const Processor* const processor = find_processor(format, request.options);
  if (processor == nullptr || !processor->needs_processing(format)) return false;
  return format != Format::cram || request.options.to == Format::bam;
}

bool becomes(const ProcessRequest& request, Format target) {
  return request.options.to == target;
}

bool has_target(const ProcessRequest& request, Format format) {
  const Format target = request.options.to.value_or(format);
  return target == format ||
         (target == Format::bam && is_one_of(format, {Format::sam, Format::cram})) ||
         (target == Format::vcf && format == Format::bcf) ||
         (target == Format::bcf && format == Format::vcf);
}

/// Contigs are told apart by the names in the records.
bool has_named_contigs(const ProcessRequest& request, Format format) {
  return is_interval_lines(format) || is_features(format) || format == Format::big_bed ||
         (format == Format::tsv && request.options.columns.has_value());
}

/// Of a table, the column that is rewritten must be known before its first line is read.
bool can_rename(const ProcessRequest& request, Format format) {
  if (format == Format::tsv)
    return request.options.columns && parse_position(request.options.columns->sequence);
  return has_named_contigs(request, format) || format == Format::vcf ||
         (format == Format::bcf && becomes(request, Format::vcf));
}

struct OptionRow {
  std::string_view option;
  bool (*is_given)(const ProcessRequest& request);
  bool (*works)(const ProcessRequest& request, Format format);
  std::string_view reason;  ///< where it does not work
  std::string_view hint = "leave it out, or process such files in a call of their own";
};

constexpr std::array k_rows = {
    OptionRow{"--to", [](const ProcessRequest& r) { return r.options.to.has_value(); }, has_target,
              "CRAM and SAM can become BAM, BCF can become VCF and VCF BCF"},
    OptionRow{"--alias", [](const ProcessRequest& r) { return !r.options.aliases.empty(); },
              can_rename,
              "names are changed in lines of text, and in tables whose sequence column is given by "
              "its number",
              "rename before with `samtools reheader` or `bcftools annotate --rename-chrs`; of BCF "
              "also --to vcf.gz"},
    OptionRow{"--contig-order",
              [](const ProcessRequest& r) { return r.options.contig_order.has_value(); },
              has_named_contigs, "the header gives the order of its contigs, or nothing is sorted",
              "reorder the header's lines instead, or leave the option out"},
    OptionRow{"--ties=alleles",
              [](const ProcessRequest& r) { return r.options.ties == VariantTies::alleles; },
              [](const ProcessRequest&, Format f) {
                return is_one_of(f, {Format::vcf, Format::bcf});
              },
              "it orders variants"},
    OptionRow{"--add-contigs", [](const ProcessRequest& r) { return r.options.add_contigs; },
              [](const ProcessRequest&, Format f) { return f == Format::vcf; },
              "it completes the header of a VCF"},
    OptionRow{"--header", [](const ProcessRequest& r) { return !r.options.vcf_header.empty(); },
              [](const ProcessRequest&, Format f) { return f == Format::vcf; },
              "it is for VCF without a header"},
    OptionRow{"--dict", [](const ProcessRequest& r) { return !r.options.sam_header.empty(); },
              [](const ProcessRequest&, Format f) { return f == Format::sam; },
              "it is for SAM without a header"},
    OptionRow{"--reference", [](const ProcessRequest& r) { return !r.options.reference.empty(); },
              [](const ProcessRequest&, Format f) { return f == Format::cram; },
              "only CRAM is read with reference sequences"},
    OptionRow{"--keep-gtf", [](const ProcessRequest& r) { return r.options.keep_gtf; },
              [](const ProcessRequest&, Format f) { return f == Format::gtf; },
              "only GTF becomes another format unasked"},
    OptionRow{"--cds-includes-stop",
              [](const ProcessRequest& r) { return r.options.cds_includes_stop; },
              [](const ProcessRequest&, Format f) { return f == Format::gtf; },
              "it is for GTF that becomes GFF3"},
    OptionRow{"--fix swap", [](const ProcessRequest& r) { return r.options.fix_swap; },
              [](const ProcessRequest&, Format f) {
                return is_interval_lines(f) || is_features(f);
              },
              "start and end stand beside each other in BED, its kin, GFF and GTF"},
    OptionRow{"--fix spaces", [](const ProcessRequest& r) { return r.options.fix_spaces; },
              [](const ProcessRequest&, Format f) { return f == Format::bed; },
              "blanks can be told from names in BED alone"},
    OptionRow{"--columns", [](const ProcessRequest& r) { return r.options.columns.has_value(); },
              [](const ProcessRequest&, Format f) { return f == Format::tsv; },
              "its columns are known, or it has none",
              "--format tsv takes a file as a table; else leave the option out"},
    OptionRow{"--contigs-max",
              [](const ProcessRequest& r) {
                return r.options.contigs_max != FormatOptions().contigs_max;
              },
              [](const ProcessRequest& r, Format f) {
                return has_named_contigs(r, f) || (f == Format::vcf && !becomes(r, Format::bcf)) ||
                       (f == Format::bcf && becomes(r, Format::vcf));
              },
              "contigs are counted in text that names them in its lines"},
    OptionRow{"--index-type",
              [](const ProcessRequest& r) { return r.index != IndexType::automatic; },
              [](const ProcessRequest& r, Format f) {
                const Processor* const processor = find_processor(f, r.options);
                return processor == nullptr || processor->needs_processing(f);
              },
              "it is checked and passed on as it is, without an index"},
    OptionRow{"--level",
              [](const ProcessRequest& r) {
                return r.codec == Codec::libdeflate && r.level != ProcessRequest().level;
              },
              is_made_by_us, "its data are not compressed by us"},
    OptionRow{"--fast", [](const ProcessRequest& r) { return r.codec == Codec::isal; },
              is_made_by_us, "its data are not compressed by us"},
};

}  // namespace

void refuse_idle_options(const ProcessRequest& request, Format format, const std::string& file) {
  for (const OptionRow& row : k_rows) {
    if (!row.is_given(request) || row.works(request, format)) continue;
    throw Error(ErrorKind::usage,
                fmt::format("{} does nothing for {}: {}", row.option, name_of(format), row.reason))
        .with_code("option_without_effect")
        .with_hint(std::string(row.hint))
        .at({.file = file});
  }
}

}  // namespace weir::genomics
