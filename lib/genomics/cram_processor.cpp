// CRAM in order keeps its bytes and gets a CRAI. Out of order it is decoded, sorted as BAM and
// written again, which takes its reference sequences; `--to bam` stops at the BAM.
#include "base/file.hpp"
#include "genomics/bam_records.hpp"
#include "genomics/hts/cram_file.hpp"
#include "genomics/processors.hpp"
#include "genomics/sort_job.hpp"
#include "genomics/whole_file.hpp"

#include <algorithm>
#include <array>

namespace weir::genomics {
namespace {

class CramProcessor final : public Processor {
 public:
  std::string_view id() const override { return "cram-sort"; }
  int version() const override { return 1; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }

  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    refuse_container(sniffed, source);
    const Work work{request.threads, request.progress, request.cancelled};
    const CramScan scan = scan_cram(source, work, request.accept_missing_eof);
    scan.tally.refuse_if_fatal(request.policy, source.name());
    ProcessReport report = begin_report(*this, request, sniffed);
    if (request.options.to == Format::bam) {
      sort_as_bam(request, source, scan, report);
      return report;
    }
    if (request.index != IndexType::automatic && request.index != IndexType::crai) {
      throw Error(ErrorKind::usage,
                  "CRAM cannot have a " + std::string(name_of(request.index)) + " index")
          .with_hint("use crai, or --to bam");
    }
    if (scan.in_order) {
      keep_bytes(request, source, scan, work, report);
    } else {
      sort_as_cram(request, source, scan, work, report);
    }
    report.data_suffix = ".cram";
    report.index = IndexType::crai;
    report.index_suffix = ".crai";
    return report;
  }

 private:
  static void keep_bytes(const ProcessRequest& request, const SourceFile& source,
                         const CramScan& scan, const Work& work, ProcessReport& report) {
    SourceHasher hasher(request.want_md5);
    hash_whole(source, hasher, work);
    check_cram_layout(source.fd(), source.name(), work);
    write_index(request, source.fd(), scan, source.name());
    report.records = scan.records;
    report.contigs = scan.contigs;
    report.header_lines = std::count(scan.header.begin(), scan.header.end(), '\n');
    report.expanded_bytes = static_cast<std::int64_t>(source.size());
    report_tally(report, scan.tally, request, source.name());
    report_output(report, ArtifactKind::index, request.index_path);
    report_reuse(report, source, hasher);
  }

  static void write_index(const ProcessRequest& request, int cram_fd, const CramScan& scan,
                          const std::string& name) {
    const base::Fd out = base::open_write(request.index_path);
    index_cram(cram_fd, out.get(), name);
    const base::Fd index = base::open_read(request.index_path);
    check_cram(cram_fd, index.get(), scan.probes, name);
  }

  static void sort_as_bam(const ProcessRequest& request, const SourceFile& source,
                          const CramScan& scan, ProcessReport& report) {
    const CramReferences references(request.options.reference, scan.header, scan.used,
                                    request.scratch_folder);
    report.data_suffix = ".bam";
    sort_and_index(
        request, source,
        [&](SourceHasher& hasher, const LoadOptions& options) {
          return SortInput{make_cram_loader(source, references, hasher, options),
                           std::make_unique<BamRecords>(source.name(), request.policy), true};
        },
        report);
  }

  static void sort_as_cram(const ProcessRequest& request, const SourceFile& source,
                           const CramScan& scan, const Work& work, ProcessReport& report) {
    const CramReferences references(request.options.reference, scan.header, scan.used,
                                    request.scratch_folder);
    const base::TempDir folder(request.scratch_folder, "cram");
    ProcessRequest sorting = request;
    sorting.data_path = folder.path() / "bam";
    sorting.index_path = folder.path() / "index";
    sorting.index = IndexType::csi;
    sorting.codec = Codec::libdeflate;
    sorting.level = 1;
    sort_as_bam(sorting, source, scan, report);
    const base::Fd bam = base::open_read(sorting.data_path);
    {
      const base::Fd out = base::open_write(request.data_path);
      write_cram(bam.get(), out.get(), references, source.name(), work);
    }
    const base::Fd cram = base::open_read(request.data_path);
    write_index(request, cram.get(), scan, source.name());
    report.outputs.clear();
    report_output(report, ArtifactKind::data, request.data_path);
    report_output(report, ArtifactKind::index, request.index_path);
  }

  static constexpr std::array<Format, 1> k_formats = {Format::cram};
  static constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};
};

}  // namespace

const Processor& cram_processor() {
  static const CramProcessor processor;
  return processor;
}

}  // namespace weir::genomics
