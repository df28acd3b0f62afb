#include "genomics/hts/cram_file.hpp"

#include "base/fd.hpp"
#include "base/text.hpp"
#include "genomics/bam_header.hpp"
#include "genomics/hts/bam_record.hpp"
#include "genomics/hts/handles.hpp"
#include "genomics/hts/record_loader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <htslib/cram.h>
#include <unistd.h>
#include <cerrno>

namespace weir::genomics {
namespace {

constexpr std::size_t k_probes = 16;

/// htslib looks sequences up by their M5 tags (REF_PATH, a server at the EBI) and opens what UR
/// tags name, over the network as well. Without the tags only the references given to it are left.
void forget_locations(htsFile* file) {
  sam_hdr_t* const header = cram_fd_get_header(file->fp.cram);
  if (header == nullptr) return;
  for (int i = 0; i < sam_hdr_nref(header); ++i) {
    const std::string name = sam_hdr_tid2name(header, i);
    sam_hdr_remove_tag_id(header, "SQ", "SN", name.c_str(), "UR");
    sam_hdr_remove_tag_id(header, "SQ", "SN", name.c_str(), "M5");
  }
}

struct OpenCram {
  HtsFile file;
  SamHeader header;
  std::string text;  ///< of the header, as it is in the file
};

OpenCram open_cram(int fd, const std::string& name) {
  OpenCram opened{open_for_reading(fd, name), nullptr, {}};
  if (opened.file && opened.file->format.format == cram)
    opened.header.reset(sam_hdr_read(opened.file.get()));
  if (!opened.header) throw problem_error(Problem::cram_corrupt, name, "its header cannot be read");
  const char* const text = sam_hdr_str(opened.header.get());
  opened.text = text != nullptr ? text : "";
  forget_locations(opened.file.get());
  return opened;
}

/// The place of a record among all: reference, then position; without place last.
std::pair<std::uint32_t, std::int64_t> place_of(const bam1_t& record) {
  return {static_cast<std::uint32_t>(record.core.tid), record.core.pos};
}

bool is_probe(std::int64_t number) {
  // 1, 2, 4, 8, …: some of the first and some of the last, whatever the number of records.
  return number > 0 && (number & (number - 1)) == 0;
}

}  // namespace

CramScan scan_cram(const SourceFile& source, const Work& work, bool accept_missing_eof) {
  const OpenCram opened = open_cram(source.fd(), source.name());
  htsFile* const file = opened.file.get();
  if (hts_check_EOF(file) == 0 && !accept_missing_eof)
    throw problem_error(Problem::bgzf_no_eof, source.name(), "the CRAM end container is missing");
  hts_set_opt(file, CRAM_OPT_REQUIRED_FIELDS,
              SAM_QNAME | SAM_FLAG | SAM_RNAME | SAM_POS | SAM_CIGAR);
  hts_set_opt(file, CRAM_OPT_DECODE_MD, 0);
  CramScan scan;
  scan.header = opened.text;
  const auto references = static_cast<std::size_t>(sam_hdr_nref(opened.header.get()));
  scan.used.assign(references, false);
  const BamRecord record(bam_init1());
  std::pair<std::uint32_t, std::int64_t> last{0, -1};
  constexpr std::int64_t k_records_per_check = 4096;
  for (;;) {
    const int status = sam_read1(file, opened.header.get(), record.get());
    if (status == -1) break;
    ++scan.records;
    if (status < -1) {
      throw problem_error(Problem::cram_corrupt, source.name(), {}, {.line = scan.records});
    }
    if (scan.records % k_records_per_check == 0) work.check();
    const auto place = place_of(*record);
    scan.in_order = scan.in_order && place >= last;
    last = place;
    if (record->core.tid < 0) continue;
    const auto reference = static_cast<std::size_t>(record->core.tid);
    if (reference >= references)
      throw problem_error(Problem::unknown_reference, source.name(), {}, {.line = scan.records});
    if (!scan.used[reference]) ++scan.contigs;
    scan.used[reference] = true;
    if (bam_endpos(record.get()) > sam_hdr_tid2len(opened.header.get(), record->core.tid))
      scan.tally.add(Problem::past_reference_end, {.line = scan.records});
    if (!is_probe(scan.records) || record->core.pos < 0) continue;
    if (scan.probes.size() == k_probes) scan.probes.erase(scan.probes.begin() + 1);
    scan.probes.push_back({record->core.tid, record->core.pos, bam_get_qname(record.get())});
  }
  if (hts_check_EOF(file) == 0) scan.tally.add(Problem::accepted_no_eof, {});
  return scan;
}

namespace {

class CramLoader final : public RecordLoader<std::vector<std::uint8_t>> {
 public:
  CramLoader(const SourceFile& source, const CramReferences& references, SourceHasher& hasher,
             const LoadOptions& options)
      : RecordLoader(source, hasher, options, std::size_t{2} << 20),
        cram_(open_cram(source.fd(), source.name())),
        record_(bam_init1()) {
    if (!references.htslib_name().empty() &&
        hts_set_fai_filename(cram_.file.get(), references.htslib_name().c_str()) != 0) {
      throw problem_error(Problem::reference_unavailable, source.name(),
                          "the reference cannot be read");
    }
    const BamHeader header = parse_sam_header(cram_.text, source.name());
    const std::string bytes = header.encode();
    ready_.assign(bytes.begin(), bytes.end());
  }

 private:
  bool append_record() override {
    const int status = sam_read1(cram_.file.get(), cram_.header.get(), record_.get());
    if (status == -1) return false;
    // The scan before has read the same file without bases: what fails now is their reference.
    if (status < -1) {
      throw problem_error(Problem::reference_unavailable, source_.name(),
                          "or it is not the one that the file was made with", {.line = number_});
    }
    append_bam_record(*record_, ready_);
    return true;
  }

  OpenCram cram_;
  BamRecord record_;
};

HtsFile open_for_writing(int fd, const std::string& name) {
  quiet_htslib();
  base::Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) throw system_error("open again", name, errno);
  hFILE* const stream = hdopen(copy.get(), "w");
  if (stream == nullptr) throw system_error("open", name, errno);
  static_cast<void>(copy.release());
  htsFile* const file = hts_hopen(stream, "artifact", "wc");
  if (file == nullptr) {
    hclose_abruptly(stream);
    throw system_error("open", name, ENOMEM);
  }
  return HtsFile(file);
}

}  // namespace

std::unique_ptr<Loader> make_cram_loader(const SourceFile& source, const CramReferences& references,
                                         SourceHasher& hasher, const LoadOptions& options) {
  return std::make_unique<CramLoader>(source, references, hasher, options);
}

void write_cram(int bam_fd, int cram_fd, const CramReferences& references, const std::string& name,
                const Work& work) {
  const HtsFile from = open_for_reading(bam_fd, name);
  const SamHeader stored(from ? sam_hdr_read(from.get()) : nullptr);
  if (!stored) throw Error(ErrorKind::bug, "the sorted records cannot be read again");
  const std::string text = sam_hdr_str(stored.get());
  for (const std::string_view line : base::split(text, '\n')) {
    // htslib would add the sum together with the path of the reference, which must not get out.
    if (line.starts_with("@SQ") && line.find("\tM5:") == std::string_view::npos) {
      throw problem_error(Problem::reference_unavailable, name, "an @SQ line has no M5 sum")
          .with_hint("make a BAM file of it with --to bam");
    }
  }
  const SamHeader header(sam_hdr_parse(text.size(), text.c_str()));
  HtsFile to = open_for_writing(cram_fd, name);
  hts_set_opt(to.get(), CRAM_OPT_VERSION, "3.0");
  const bool has_references = !references.htslib_name().empty();
  if (has_references) {
    if (hts_set_fai_filename(to.get(), references.htslib_name().c_str()) != 0)
      throw problem_error(Problem::reference_unavailable, name, "the reference cannot be read");
  } else {
    hts_set_opt(to.get(), CRAM_OPT_NO_REF, 1);
  }
  const auto refuse = [&](std::int64_t number) {
    throw problem_error(Problem::reference_unavailable, name, "or the disk is full",
                        {.line = number});
  };
  if (!header || sam_hdr_write(to.get(), header.get()) != 0) refuse(0);
  forget_locations(to.get());
  const BamRecord record(bam_init1());
  constexpr std::int64_t k_records_per_check = 4096;
  for (std::int64_t number = 1;; ++number) {
    const int status = sam_read1(from.get(), stored.get(), record.get());
    if (status == -1) break;
    if (status < -1) throw Error(ErrorKind::bug, "the sorted records cannot be read again");
    if (sam_write1(to.get(), header.get(), record.get()) < 0) refuse(number);
    if (number % k_records_per_check == 0) work.check();
  }
  if (hts_close(to.release()) != 0) refuse(0);
}

void index_cram(int cram_fd, int crai_fd, const std::string& name) {
  quiet_htslib();
  errno = 0;
  // Opened by descriptor, and known to be CRAM: no name of a user's, no ticket to follow.
  const int status = sam_index_build3(path_of(cram_fd).c_str(), path_of(crai_fd).c_str(), 0, 0);
  if (status == 0) return;
  if (status == -1 || errno == 0)
    throw problem_error(Problem::cram_corrupt, name, "no index can be made of it");
  throw system_error("index", name, errno);
}

void check_cram(int cram_fd, int crai_fd, const std::vector<CramProbe>& probes,
                const std::string& name) {
  const OpenCram opened = open_cram(cram_fd, name);
  hts_set_opt(opened.file.get(), CRAM_OPT_REQUIRED_FIELDS,
              SAM_QNAME | SAM_FLAG | SAM_RNAME | SAM_POS | SAM_CIGAR);
  hts_set_opt(opened.file.get(), CRAM_OPT_DECODE_MD, 0);
  const std::unique_ptr<hts_idx_t, DestroyIndex> index(
      sam_index_load3(opened.file.get(), path_of(cram_fd).c_str(), path_of(crai_fd).c_str(), 0));
  if (!index) throw problem_error(Problem::index_check, name, "the index cannot be read again");
  const BamRecord record(bam_init1());
  for (const CramProbe& probe : probes) {
    const Iterator iterator(
        sam_itr_queryi(index.get(), probe.reference, probe.begin, probe.begin + 1));
    bool found = false;
    while (iterator && !found && sam_itr_next(opened.file.get(), iterator.get(), record.get()) >= 0)
      found = record->core.pos == probe.begin && bam_get_qname(record.get()) == probe.name;
    if (!found) {
      throw problem_error(
          Problem::index_check, name,
          fmt::format("a record at {}:{} is not found", probe.reference, probe.begin));
    }
  }
}

}  // namespace weir::genomics
