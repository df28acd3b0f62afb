#include "genomics/processors.hpp"
#include "genomics/sort_job.hpp"
#include "genomics/text_records.hpp"

#include <array>
#include <string>

namespace weir::genomics {
namespace {

std::unique_ptr<LineParser> parser_of(Format format) {
  switch (format) {
    case Format::vcf: return make_vcf_parser();
    case Format::gff3:
    case Format::gtf: return make_gff_parser();
    default: return make_bed_parser(format);
  }
}

/// All formats whose records are lines differ in their parser only.
ProcessReport process_lines(const Processor& processor, const ProcessRequest& request,
                            const SourceFile& source, const Sniffed& sniffed) {
  ProcessReport report = begin_report(processor, request, sniffed);
  report.data_suffix = '.' + std::string(name_of(report.format)) + ".gz";
  sort_and_index(
      request, source,
      [&](SourceHasher& hasher, const LoadOptions& options) {
        return SortInput{
            open_loader(source, sniffed, hasher, options),
            std::make_unique<TextRecords>(parser_of(report.format),
                                          TextOptions{.file = source.name(),
                                                      .policy = request.policy,
                                                      .line_bytes_max = request.line_bytes_max,
                                                      .allow_empty = request.allow_empty},
                                          options.work.threads)};
      },
      report);
  return report;
}

constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};

class VariantProcessor final : public Processor {
 public:
  std::string_view id() const override { return "variant-sort"; }
  int version() const override { return 1; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }
  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    return process_lines(*this, request, source, sniffed);
  }

 private:
  static constexpr std::array<Format, 1> k_formats = {Format::vcf};
};

class IntervalProcessor final : public Processor {
 public:
  std::string_view id() const override { return "interval-sort"; }
  int version() const override { return 1; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }
  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    return process_lines(*this, request, source, sniffed);
  }

 private:
  static constexpr std::array<Format, 6> k_formats = {Format::bed,        Format::narrow_peak,
                                                      Format::broad_peak, Format::bed_graph,
                                                      Format::gff3,       Format::gtf};
};

}  // namespace

const Processor& variant_processor() {
  static const VariantProcessor processor;
  return processor;
}

const Processor& interval_processor() {
  static const IntervalProcessor processor;
  return processor;
}

}  // namespace weir::genomics
