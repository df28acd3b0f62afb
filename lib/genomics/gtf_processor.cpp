// GTF becomes GFF3, since readers of genome browsers parse that one; `keep_gtf` leaves it.
#include "genomics/gtf_rewriter.hpp"
#include "genomics/line_processor.hpp"

#include <array>

namespace weir::genomics {
namespace {

class GtfProcessor final : public Processor {
 public:
  std::string_view id() const override { return "gtf-sort"; }
  int version() const override { return 3; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }

  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    if (request.options.keep_gtf) {
      return process_lines(
          *this, request, source, sniffed,
          {.parser = [] { return make_gff_parser(GffKind::gtf); }, .data_suffix = ".gtf.gz"});
    }
    const StopCodons stops = stop_codons(request, source, sniffed);
    LineSetup setup;
    setup.parser = [] { return make_gff_parser(GffKind::from_gtf); };
    setup.data_suffix = ".gff3.gz";
    setup.rewritten = true;
    setup.text = [&](SourceHasher& hasher, const LoadOptions& options) {
      std::unique_ptr<Loader> text = open_loader(source, sniffed, &hasher, options);
      const RewriteOptions rewrite{source.name(), request.line_bytes_max, options.work};
      // Before the conversion: it leaves lines alone whose start is after their end.
      if (request.options.fix_swap)
        text = make_rewriting_loader(std::move(text), make_swap_rewriter({.begin = 3, .end = 4}),
                                     rewrite);
      return make_rewriting_loader(std::move(text), make_gtf_rewriter(stops), rewrite);
    };
    return process_lines(*this, request, source, sniffed, setup);
  }

 private:
  /// Where CDS features are to be widened; empty unless asked for, since it takes a pass of its
  /// own.
  static StopCodons stop_codons(const ProcessRequest& request, const SourceFile& source,
                                const Sniffed& sniffed) {
    if (!request.options.cds_includes_stop) return {};
    LoadOptions options;
    options.work = {request.threads, nullptr, request.cancelled};
    options.accept_missing_eof = request.accept_missing_eof;
    options.expanded_bytes_max = request.expanded_bytes_max;
    return collect_stop_codons(*open_loader(source, sniffed, nullptr, options));
  }

  static constexpr std::array<Format, 1> k_formats = {Format::gtf};
  static constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};
};

}  // namespace

const Processor& gtf_processor() {
  static const GtfProcessor processor;
  return processor;
}

}  // namespace weir::genomics
