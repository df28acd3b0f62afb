#include "genomics/format.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace weir::genomics {
namespace {

struct Name {
  std::string_view ending;  // lower case
  Format format;
};

// The first entry of a format is its name, but for letter case.
constexpr std::array<Name, 26> k_names{{{"bam", Format::bam},
                                        {"sam", Format::sam},
                                        {"cram", Format::cram},
                                        {"vcf", Format::vcf},
                                        {"bcf", Format::bcf},
                                        {"bed", Format::bed},
                                        {"narrowpeak", Format::narrow_peak},
                                        {"broadpeak", Format::broad_peak},
                                        {"bedgraph", Format::bed_graph},
                                        {"gff3", Format::gff3},
                                        {"gtf", Format::gtf},
                                        {"bigbed", Format::big_bed},
                                        {"bigwig", Format::big_wig},
                                        {"gff", Format::gff3},
                                        {"gff2", Format::gff3},
                                        {"bg", Format::bed_graph},
                                        {"bdg", Format::bed_graph},
                                        {"bb", Format::big_bed},
                                        {"bw", Format::big_wig},
                                        {"tagalign", Format::tag_align},
                                        {"gappedpeak", Format::gapped_peak},
                                        {"csv", Format::csv},
                                        {"tsv", Format::tsv},
                                        {"bedpe", Format::bedpe},
                                        {"biginteract", Format::big_bed},
                                        {"tab", Format::tsv}}};

}  // namespace

std::string_view name_without_compression(std::string_view name) {
  for (const std::string_view ending : {".gz", ".bgz", ".bgzf", ".zst", ".xz", ".bz2", ".zip"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      return name.substr(0, name.size() - ending.size());
    }
  }
  return name;
}

std::string_view name_of(Format format) {
  switch (format) {
    case Format::narrow_peak: return "narrowPeak";
    case Format::broad_peak: return "broadPeak";
    case Format::bed_graph: return "bedGraph";
    case Format::big_bed: return "bigBed";
    case Format::big_wig: return "bigWig";
    case Format::tag_align: return "tagAlign";
    case Format::gapped_peak: return "gappedPeak";
    default: break;
  }
  for (const Name& name : k_names) {
    if (name.format == format) return name.ending;
  }
  return "";
}

std::string_view name_of(Container container) {
  switch (container) {
    case Container::plain: return "plain";
    case Container::gzip: return "gzip";
    case Container::bgzf: return "bgzf";
    case Container::zstd: return "zstd";
    case Container::xz: return "xz";
    case Container::bzip2: return "bzip2";
    case Container::zip: return "zip";
  }
  return "";
}

std::vector<std::string_view> format_words() {
  std::vector<std::string_view> words;
  for (const Name& known : k_names) {
    const bool again = std::any_of(k_names.data(), &known, [&](const Name& earlier) {
      return earlier.format == known.format;
    });
    if (!again) words.push_back(known.ending);
  }
  return words;
}

std::optional<Format> parse_format(std::string_view name) {
  const std::string lower = base::to_lower_ascii(name);
  const std::string_view bare = name_without_compression(lower);
  for (const Name& known : k_names) {
    if (known.ending == bare) return known.format;
  }
  return std::nullopt;
}

std::optional<Format> format_of_name(std::string_view file_name) {
  const std::string lower = base::to_lower_ascii(file_name);
  const std::string_view bare = name_without_compression(lower);
  const std::size_t dot = bare.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return parse_format(bare.substr(dot + 1));
}

}  // namespace weir::genomics
