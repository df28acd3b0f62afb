#include "genomics/bam_records.hpp"
#include "genomics/processors.hpp"
#include "genomics/sam_loader.hpp"
#include "genomics/sort_job.hpp"

#include <array>

namespace weir::genomics {
namespace {

class AlignmentProcessor final : public Processor {
 public:
  std::string_view id() const override { return "alignment-sort"; }
  int version() const override { return 1; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }

  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    ProcessReport report = begin_report(*this, request, sniffed);
    report.data_suffix = ".bam";
    sort_and_index(
        request, source,
        [&](SourceHasher& hasher, const LoadOptions& options) {
          std::unique_ptr<Loader> loader = open_loader(source, sniffed, &hasher, options);
          if (report.format == Format::sam) {
            loader = make_sam_loader(std::move(loader), {.file = source.name(),
                                                         .policy = request.policy,
                                                         .line_bytes_max = request.line_bytes_max,
                                                         .piece_bytes = options.piece_bytes,
                                                         .work = options.work,
                                                         .header = request.options.sam_header});
          }
          return SortInput{std::move(loader),
                           std::make_unique<BamRecords>(source.name(), request.policy),
                           report.format == Format::sam};
        },
        report);
    return report;
  }

 private:
  static constexpr std::array<Format, 2> k_formats = {Format::bam, Format::sam};
  static constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};
};

}  // namespace

const Processor& alignment_processor() {
  static const AlignmentProcessor processor;
  return processor;
}

}  // namespace weir::genomics
