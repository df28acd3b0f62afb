// TSV with position columns that the user named. Without them a table is passed through.
#include "genomics/line_processor.hpp"

#include <array>

namespace weir::genomics {
namespace {

class TableProcessor final : public Processor {
 public:
  std::string_view id() const override { return "table-sort"; }
  int version() const override { return 2; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }

  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    return process_lines(
        *this, request, source, sniffed,
        {.parser = [&] { return make_table_parser(request.options.columns.value()); },
         .data_suffix = ".tsv.gz"});
  }

 private:
  static constexpr std::array<Format, 1> k_formats = {Format::tsv};
  static constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};
};

}  // namespace

const Processor& table_processor() {
  static const TableProcessor processor;
  return processor;
}

}  // namespace weir::genomics
