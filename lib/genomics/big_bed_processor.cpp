// bigBed becomes BED: its own index is of no use to readers of tabix.
#include "genomics/big_bed_loader.hpp"
#include "genomics/line_processor.hpp"
#include "genomics/whole_file.hpp"

#include <array>

namespace weir::genomics {
namespace {

class BigBedProcessor final : public Processor {
 public:
  std::string_view id() const override { return "big-bed"; }
  int version() const override { return 2; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }

  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    refuse_container(sniffed, source);
    LineSetup setup;
    setup.parser = [] { return make_bed_parser(Format::bed); };
    setup.data_suffix = ".bed.gz";
    setup.text = [&](SourceHasher& hasher, const LoadOptions& options) {
      return make_big_bed_loader(source, hasher, options);
    };
    return process_lines(*this, request, source, sniffed, setup);
  }

 private:
  static constexpr std::array<Format, 1> k_formats = {Format::big_bed};
  static constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};
};

}  // namespace

const Processor& big_bed_processor() {
  static const BigBedProcessor processor;
  return processor;
}

}  // namespace weir::genomics
