#include "genomics/hts/pair_check.hpp"

#include "base/fd.hpp"
#include "genomics/problem.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <htslib/kstring.h>
#include <htslib/sam.h>
#include <htslib/tbx.h>
#include <cerrno>
#include <cstring>
#include <memory>

namespace weir::genomics {
namespace {

struct CloseFile {
  void operator()(htsFile* file) const { hts_close(file); }
};
struct DestroyIndex {
  void operator()(hts_idx_t* index) const { hts_idx_destroy(index); }
};
struct DestroyTabix {
  void operator()(tbx_t* index) const { tbx_destroy(index); }
};
struct DestroyIterator {
  void operator()(hts_itr_t* iterator) const { hts_itr_destroy(iterator); }
};
struct DestroyHeader {
  void operator()(sam_hdr_t* header) const { sam_hdr_destroy(header); }
};
struct DestroyRecord {
  void operator()(bam1_t* record) const { bam_destroy1(record); }
};
using Iterator = std::unique_ptr<hts_itr_t, DestroyIterator>;

std::string path_of(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

[[noreturn]] void fail(const FinishedPair& pair, const std::string& why) {
  throw problem_error(Problem::index_check, pair.name, why);
}

/// Opens the data by descriptor: htslib would follow what a name or a ticket says.
std::unique_ptr<htsFile, CloseFile> open_data(const FinishedPair& pair) {
  const int copy = fcntl(pair.data_fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw system_error("open again", pair.name, errno);
  if (lseek(copy, 0, SEEK_SET) != 0) throw system_error("rewind", pair.name, errno);
  hFILE* const stream = hdopen(copy, "r");
  htsFile* const file = stream == nullptr ? nullptr : hts_hopen(stream, "artifact", "r");
  if (file == nullptr) fail(pair, "the data cannot be opened again");
  return std::unique_ptr<htsFile, CloseFile>(file);
}

void check_counts(const FinishedPair& pair, const hts_idx_t* index) {
  std::uint64_t known = hts_idx_get_n_no_coor(index);
  for (int reference = 0; reference < hts_idx_nseq(index); ++reference) {
    std::uint64_t mapped = 0;
    std::uint64_t unmapped = 0;
    if (hts_idx_get_stat(index, reference, &mapped, &unmapped) == 0) known += mapped + unmapped;
  }
  if (known != static_cast<std::uint64_t>(pair.records)) {
    fail(pair, fmt::format("it knows {} of {} records", known, pair.records));
  }
}

bool equals(const bam1_t& record, std::string_view bytes) {
  constexpr std::size_t k_fixed = 36;
  const std::size_t name = record.core.l_qname - record.core.l_extranul;
  // A CIGAR too long for its field has been moved into place by the reader: compare the name only.
  if (record.core.n_cigar > 0xffff || memmem(bytes.data(), bytes.size(), "CGBI", 4) != nullptr) {
    return bytes.substr(k_fixed, name) == std::string_view(bam_get_qname(&record), name);
  }
  const std::size_t rest = static_cast<std::size_t>(record.l_data) - record.core.l_qname;
  return bytes.size() == k_fixed + name + rest &&
         std::memcmp(bytes.data() + k_fixed, record.data, name) == 0 &&
         std::memcmp(bytes.data() + k_fixed + name, record.data + record.core.l_qname, rest) == 0;
}

void check_alignments(const FinishedPair& pair, const std::vector<Probe>& probes) {
  const std::unique_ptr<htsFile, CloseFile> file = open_data(pair);
  const std::unique_ptr<sam_hdr_t, DestroyHeader> header(sam_hdr_read(file.get()));
  if (!header) fail(pair, "the header cannot be read again");
  const std::unique_ptr<hts_idx_t, DestroyIndex> index(sam_index_load3(
      file.get(), path_of(pair.data_fd).c_str(), path_of(pair.index_fd).c_str(), 0));
  if (!index) fail(pair, "the index cannot be read again");
  check_counts(pair, index.get());
  const std::unique_ptr<bam1_t, DestroyRecord> record(bam_init1());
  for (const Probe& probe : probes) {
    if (probe.entry.reference < 0 || probe.entry.begin < 0) continue;
    const Iterator iterator(sam_itr_queryi(index.get(), static_cast<int>(probe.entry.reference),
                                           probe.entry.begin, probe.entry.end));
    bool found = false;
    while (iterator && !found && sam_itr_next(file.get(), iterator.get(), record.get()) >= 0) {
      found = equals(*record, probe.bytes);
    }
    if (!found)
      fail(pair,
           fmt::format("a record at {}:{} is not found", probe.entry.reference, probe.entry.begin));
  }
}

void check_lines(const FinishedPair& pair, const std::vector<Probe>& probes) {
  const std::unique_ptr<htsFile, CloseFile> file = open_data(pair);
  const std::unique_ptr<tbx_t, DestroyTabix> index(
      tbx_index_load3(path_of(pair.data_fd).c_str(), path_of(pair.index_fd).c_str(), 0));
  if (!index) fail(pair, "the index cannot be read again");
  check_counts(pair, index->idx);
  kstring_t line = KS_INITIALIZE;
  for (const Probe& probe : probes) {
    // htslib finds an insertion site (start = end) only from the base before it; at 0 there is
    // none.
    if (probe.entry.begin == 0 && probe.entry.end == 1) continue;
    const std::int64_t begin = probe.entry.begin > 0 ? probe.entry.begin - 1 : 0;
    const Iterator iterator(tbx_itr_queryi(index.get(), static_cast<int>(probe.entry.reference),
                                           begin, probe.entry.end));
    bool found = false;
    while (iterator && !found &&
           tbx_itr_next(file.get(), index.get(), iterator.get(), &line) >= 0) {
      found = std::string_view(line.s, line.l) == probe.bytes;
    }
    if (!found) {
      ks_free(&line);
      fail(pair,
           fmt::format("a record at {}:{} is not found", probe.entry.reference, probe.entry.begin));
    }
  }
  ks_free(&line);
}

}  // namespace

void check_pair(const FinishedPair& pair, const std::vector<Probe>& probes) {
  hts_set_log_level(HTS_LOG_OFF);  // everything it would say comes back as a status
  if (pair.preset == IndexPreset::bam) {
    check_alignments(pair, probes);
  } else {
    check_lines(pair, probes);
  }
}

}  // namespace weir::genomics
