// Formats whose own bytes are what readers want: bigWig, CSV, TSV. They are checked from end to
// end; no bytes are made of them.
#include "genomics/big_bed_loader.hpp"
#include "genomics/processors.hpp"
#include "genomics/table_check.hpp"
#include "genomics/whole_file.hpp"

#include <array>

namespace weir::genomics {
namespace {

/// Closing magic numbers came with this version.
constexpr unsigned k_end_magic_version = 4;

std::int64_t check_big_wig(const SourceFile& source, const Work& work) {
  const BbiFile file = open_bbi(source);
  for (const BbiFile::ZoomLevel& level : file.zoom_levels()) file.check_zoom_level(level);
  if (file.version() >= k_end_magic_version && !file.has_end_magic())
    file.refuse("the closing magic number is missing", source.size() - 4);
  std::int64_t values = 0;
  std::vector<std::uint8_t> content;
  for (const BbiFile::Block& block : file.data_blocks()) {
    work.check();
    file.read_block(block, content);
    values += count_wig_values(file, content, block.offset);
    work.report(Stage::load, static_cast<std::int64_t>(block.offset),
                static_cast<std::int64_t>(source.size()));
  }
  return values;
}

class PassThroughProcessor final : public Processor {
 public:
  std::string_view id() const override { return "pass-through"; }
  int version() const override { return 1; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return false; }

  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    ProcessReport report = begin_report(*this, request, sniffed);
    const Work work{request.threads, request.progress, request.cancelled};
    std::vector<std::uint8_t> bytes;  // before the hasher, which may read it to its own end
    SourceHasher hasher(request.want_md5);
    report.data_suffix = suffix_of(sniffed);
    if (report.format == Format::big_wig) {
      refuse_container(sniffed, source);
      report.records = check_big_wig(source, work);
      report.expanded_bytes = static_cast<std::int64_t>(source.size());
      hash_whole(source, hasher, work);
    } else {
      check_table(request, source, sniffed, hasher, bytes, report);
    }
    report_reuse(report, source, hasher);
    return report;
  }

 private:
  static std::string suffix_of(const Sniffed& sniffed) {
    if (sniffed.inspection.format == Format::big_wig) return ".bw";
    std::string suffix = '.' + std::string(name_of(sniffed.inspection.format));
    switch (sniffed.inspection.container) {
      case Container::plain: break;
      case Container::gzip:
      case Container::bgzf: suffix += ".gz"; break;
      case Container::zstd: suffix += ".zst"; break;
      case Container::xz: suffix += ".xz"; break;
      case Container::bzip2: suffix += ".bz2"; break;
      case Container::zip: suffix += ".zip"; break;
    }
    return suffix;
  }

  static void check_table(const ProcessRequest& request, const SourceFile& source,
                          const Sniffed& sniffed, SourceHasher& hasher,
                          std::vector<std::uint8_t>& bytes, ProcessReport& report) {
    const Work work{request.threads, request.progress, request.cancelled};
    LoadOptions options;
    options.work = work;
    options.accept_missing_eof = request.accept_missing_eof;
    options.expanded_bytes_max = request.expanded_bytes_max;
    const std::unique_ptr<Loader> loader = open_loader(source, sniffed, &hasher, options);
    TableChecker checker(source.name(), request.line_bytes_max);
    bytes.resize(std::max(options.piece_bytes, k_load_room_min));
    while (const std::size_t got = loader->load(bytes.data(), bytes.size())) {
      work.check();
      checker.take({reinterpret_cast<const char*>(bytes.data()), got});
      work.report(Stage::load, static_cast<std::int64_t>(loader->source_position()),
                  static_cast<std::int64_t>(source.size()));
    }
    checker.finish();
    hasher.drain();
    if (checker.summary().rows == 0 && !request.allow_empty)
      throw problem_error(Problem::no_records, source.name());
    ProblemTally all = loader->tally();
    all.merge(checker.tally());
    report_tally(report, all, request, source.name());
    report.records = checker.summary().rows;
    report.header_lines = checker.summary().header_lines;
    report.expanded_bytes = static_cast<std::int64_t>(checker.summary().bytes);
  }

  static constexpr std::array<Format, 3> k_formats = {Format::big_wig, Format::csv, Format::tsv};
  static constexpr std::array<ArtifactKind, 1> k_kinds = {ArtifactKind::data};
};

}  // namespace

const Processor& pass_through_processor() {
  static const PassThroughProcessor processor;
  return processor;
}

}  // namespace weir::genomics
