// BCF, sorted in its binary form; BCF of VCF and VCF of BCF when another format is asked for.
#include "genomics/bcf_from_vcf.hpp"
#include "genomics/bcf_records.hpp"
#include "genomics/hts/variant_text.hpp"
#include "genomics/line_processor.hpp"
#include "genomics/rewriting_loader.hpp"
#include "genomics/sort_job.hpp"

#include <array>

namespace weir::genomics {
namespace {

class BcfProcessor final : public Processor {
 public:
  std::string_view id() const override { return "bcf-sort"; }
  int version() const override { return 1; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }

  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    if (request.options.to == Format::vcf) return to_vcf(request, source, sniffed);
    ProcessReport report = begin_report(*this, request, sniffed);
    report.data_suffix = ".bcf";
    const std::vector<std::string> extra = contigs_to_add(request, source, sniffed);
    sort_and_index(
        request, source,
        [&](SourceHasher& hasher, const LoadOptions& options) {
          std::unique_ptr<Loader> loader = open_loader(source, sniffed, &hasher, options);
          if (report.format == Format::vcf) {
            loader = make_bcf_from_vcf_loader(renamed(std::move(loader), request, source, options),
                                              {.file = source.name(),
                                               .policy = request.policy,
                                               .line_bytes_max = request.line_bytes_max,
                                               .header = request.options.vcf_header,
                                               .extra_contigs = extra,
                                               .work = options.work});
          }
          return SortInput{
              std::move(loader),
              std::make_unique<BcfRecords>(source.name(), request.policy, request.options.ties),
              report.format == Format::vcf};
        },
        report);
    return report;
  }

 private:
  ProcessReport to_vcf(const ProcessRequest& request, const SourceFile& source,
                       const Sniffed& sniffed) const {
    LineSetup setup;
    setup.parser = [&] { return make_vcf_parser(request.options.ties); };
    setup.data_suffix = ".vcf.gz";
    setup.text = [&](SourceHasher& hasher, const LoadOptions& options) {
      return make_bcf_text_loader(source, hasher, options);
    };
    return process_lines(*this, request, source, sniffed, setup);
  }

  static std::unique_ptr<Loader> renamed(std::unique_ptr<Loader> text,
                                         const ProcessRequest& request, const SourceFile& source,
                                         const LoadOptions& options) {
    if (request.options.aliases.empty()) return text;
    return make_rewriting_loader(std::move(text), make_alias_rewriter(request.options.aliases),
                                 {source.name(), request.line_bytes_max, options.work});
  }

  /// Contigs that a VCF to become BCF uses without declaring them; takes a pass of its own.
  static std::vector<std::string> contigs_to_add(const ProcessRequest& request,
                                                 const SourceFile& source, const Sniffed& sniffed) {
    if (sniffed.inspection.format != Format::vcf || !request.options.add_contigs) return {};
    LoadOptions options;
    options.work = {request.threads, nullptr, request.cancelled};
    options.accept_missing_eof = request.accept_missing_eof;
    options.expanded_bytes_max = request.expanded_bytes_max;
    return undeclared_contigs(
        *renamed(open_loader(source, sniffed, nullptr, options), request, source, options),
        request.options.vcf_header);
  }

  static constexpr std::array<Format, 1> k_formats = {Format::bcf};
  static constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};
};

}  // namespace

const Processor& bcf_processor() {
  static const BcfProcessor processor;
  return processor;
}

}  // namespace weir::genomics
