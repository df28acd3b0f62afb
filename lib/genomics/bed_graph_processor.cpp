// bedGraph: BED with a number in its fourth and last column (UCSC's format page). The whole of a
// format of lines in one file, as the README's recipe has it.
#include "base/text.hpp"
#include "genomics/line_processor.hpp"

#include <array>

namespace weir::genomics {
namespace {

/// Everything of BED, and a number behind.
class BedGraphParser final : public LineParser {
 public:
  SideLine side_line(std::string_view line, bool in_header) const override {
    return bed_->side_line(line, in_header);
  }
  void read_header(std::span<const std::string> lines, ContigTable& contigs,
                   const std::string& file) override {
    bed_->read_header(lines, contigs, file);
  }
  std::optional<Problem> parse(std::string_view line, ParsedLine& to) const override {
    if (const std::optional<Problem> problem = bed_->parse(line, to)) return problem;
    std::string_view rest = line;
    for (int column = 0; column < 3; ++column) take_column(rest);
    if (rest.data() == nullptr) return Problem::too_few_columns;
    return base::parse_double(take_column(rest)) ? std::nullopt : std::optional(Problem::bad_value);
  }
  Ties ties() const override { return bed_->ties(); }
  IndexPreset preset() const override { return bed_->preset(); }
  bool may_be_empty() const override { return false; }
  bool declares_contigs() const override { return false; }
  bool wants_even_columns() const override { return true; }

 private:
  std::unique_ptr<LineParser> bed_ = make_bed_parser(Format::bed);
};

class BedGraphProcessor final : public Processor {
 public:
  std::string_view id() const override { return "bed-graph-sort"; }
  int version() const override { return 2; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }
  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    return process_lines(*this, request, source, sniffed,
                         {.parser = [] { return std::make_unique<BedGraphParser>(); },
                          .data_suffix = ".bedGraph.gz"});
  }

 private:
  static constexpr std::array<Format, 1> k_formats = {Format::bed_graph};
  static constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};
};

}  // namespace

const Processor& bed_graph_processor() {
  static const BedGraphProcessor processor;
  return processor;
}

}  // namespace weir::genomics
