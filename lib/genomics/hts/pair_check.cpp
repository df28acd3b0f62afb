#include "genomics/hts/pair_check.hpp"

#include "genomics/hts/handles.hpp"
#include "genomics/problem.hpp"

#include <fmt/format.h>
#include <htslib/kstring.h>
#include <cstring>
#include <memory>

namespace weir::genomics {
namespace {

[[noreturn]] void fail(const FinishedPair& pair, const std::string& why) {
  throw problem_error(Problem::index_check, pair.name, why);
}

HtsFile open_data(const FinishedPair& pair) {
  HtsFile file = open_for_reading(pair.data_fd, pair.name);
  if (!file) fail(pair, "the data cannot be opened again");
  return file;
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
  const HtsFile file = open_data(pair);
  const SamHeader header(sam_hdr_read(file.get()));
  if (!header) fail(pair, "the header cannot be read again");
  const std::unique_ptr<hts_idx_t, DestroyIndex> index(sam_index_load3(
      file.get(), path_of(pair.data_fd).c_str(), path_of(pair.index_fd).c_str(), 0));
  if (!index) fail(pair, "the index cannot be read again");
  check_counts(pair, index.get());
  const BamRecord record(bam_init1());
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

// Of a BCF record: the lengths of its two parts, and the numbers at the front of the first.
constexpr std::size_t k_lengths = 8;
constexpr std::size_t k_fixed = 24;

/// Some callers give an insertion the END before its POS, whose length is 0 then.
bool has_no_length(std::string_view bytes) {
  constexpr std::size_t k_length_at = k_lengths + 8;
  return bytes.substr(k_length_at, 4) == std::string_view("\0\0\0\0", 4);
}

bool equals(const bcf1_t& record, std::string_view bytes) {
  const std::size_t shared = record.shared.l;
  const std::size_t samples = record.indiv.l;
  return bytes.size() == k_lengths + k_fixed + shared + samples &&
         std::memcmp(bytes.data() + k_lengths + k_fixed, record.shared.s, shared) == 0 &&
         std::memcmp(bytes.data() + k_lengths + k_fixed + shared, record.indiv.s, samples) == 0;
}

void check_variants(const FinishedPair& pair, const std::vector<Probe>& probes) {
  const HtsFile file = open_data(pair);
  const BcfHeader header(bcf_hdr_read(file.get()));
  if (!header) fail(pair, "the header cannot be read again");
  const std::unique_ptr<hts_idx_t, DestroyIndex> index(
      bcf_index_load3(path_of(pair.data_fd).c_str(), path_of(pair.index_fd).c_str(), 0));
  if (!index) fail(pair, "the index cannot be read again");
  check_counts(pair, index.get());
  const BcfRecord record(bcf_init());
  for (const Probe& probe : probes) {
    if (has_no_length(probe.bytes)) continue;  // htslib finds it in no region
    const Iterator iterator(bcf_itr_queryi(index.get(), static_cast<int>(probe.entry.reference),
                                           probe.entry.begin, probe.entry.end));
    bool found = false;
    while (iterator && !found && bcf_itr_next(file.get(), iterator.get(), record.get()) >= 0) {
      found = equals(*record, probe.bytes);
    }
    if (!found)
      fail(pair,
           fmt::format("a record at {}:{} is not found", probe.entry.reference, probe.entry.begin));
  }
}

void check_lines(const FinishedPair& pair, const std::vector<Probe>& probes) {
  const HtsFile file = open_data(pair);
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
  quiet_htslib();
  switch (pair.preset.kind()) {
    case IndexPreset::Kind::bam: check_alignments(pair, probes); break;
    case IndexPreset::Kind::bcf: check_variants(pair, probes); break;
    default: check_lines(pair, probes);
  }
}

}  // namespace weir::genomics
