#include "genomics/hts/index_builder.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"
#include "genomics/problem.hpp"

#include <fmt/format.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <htslib/tbx.h>
#include <sys/mman.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace weir::genomics {
namespace {

constexpr int k_min_shift = 14;
constexpr int k_bai_levels = 5;

/// Levels of a CSI index whose bins reach `end_max` (CSI specification: 2^(min_shift + 3 * depth)).
int csi_levels(std::int64_t end_max) {
  int levels = 0;
  for (std::int64_t reach = std::int64_t{1} << k_min_shift; reach < end_max; reach <<= 3) ++levels;
  return levels < k_bai_levels ? k_bai_levels : levels;
}

tbx_conf_t tabix_columns(const IndexPreset& preset) {
  switch (preset.kind()) {
    case IndexPreset::Kind::vcf: return tbx_conf_vcf;
    case IndexPreset::Kind::gff: return tbx_conf_gff;
    case IndexPreset::Kind::table: {
      const TabixColumns& columns = preset.columns();
      return {TBX_GENERIC | (columns.zero_based ? TBX_UCSC : 0),
              columns.sequence,
              columns.begin,
              columns.end,
              columns.comment,
              columns.skip};
    }
    default: return tbx_conf_bed;
  }
}

void append_i32(std::string& to, std::size_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    to.push_back(static_cast<char>(value >> shift & 0xff));
}

/// The part of a TBI that a CSI of a text file carries as its auxiliary data (tabix specification).
std::string tabix_meta(const IndexPreset& preset, const std::vector<std::string>& sequences) {
  const tbx_conf_t columns = tabix_columns(preset);
  std::string names;
  for (const std::string& name : sequences) {
    names += name;
    names.push_back('\0');
  }
  std::string meta;
  for (const int value :
       {columns.preset, columns.sc, columns.bc, columns.ec, columns.meta_char, columns.line_skip}) {
    append_i32(meta, static_cast<std::size_t>(value));
  }
  append_i32(meta, names.size());
  return meta + names;
}

int format_of(IndexType type) {
  switch (type) {
    case IndexType::bai: return HTS_FMT_BAI;
    case IndexType::tbi: return HTS_FMT_TBI;
    default: return HTS_FMT_CSI;
  }
}

}  // namespace

IndexType choose_index_type(IndexType wanted, const IndexPreset& preset, std::int64_t end_max,
                            const std::string& file) {
  const IndexType small = preset == IndexPreset::bam   ? IndexType::bai
                          : preset == IndexPreset::bcf ? IndexType::csi
                                                       : IndexType::tbi;
  const bool fits = end_max <= k_bai_end_max;
  if (wanted == IndexType::automatic) return fits ? small : IndexType::csi;
  if (wanted == IndexType::csi) return wanted;
  if (wanted != small) {
    throw Error(ErrorKind::usage, fmt::format("'{}' cannot have a {} index", file, name_of(wanted)))
        .with_hint(small == IndexType::csi ? "use csi"
                                           : fmt::format("use {} or csi", name_of(small)));
  }
  if (!fits) throw problem_error(Problem::index_range, file, fmt::format("end {}", end_max));
  return wanted;
}

struct IndexBuilder::State {
  hts_idx_t* index;
  std::string meta;  // columns and names, after `finish`; not for BAM
  IndexType type;
  IndexPreset preset;

  State(const IndexPlan& plan, std::uint64_t begin) : type(plan.type), preset(plan.preset) {
    hts_set_log_level(HTS_LOG_OFF);  // everything it would say comes back as a status
    const int levels = plan.type == IndexType::csi ? csi_levels(plan.end_max) : k_bai_levels;
    index = hts_idx_init(static_cast<int>(plan.references), format_of(plan.type), begin,
                         k_min_shift, levels);
    if (index == nullptr) throw system_error("make", "an index", ENOMEM);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { hts_idx_destroy(index); }
};

IndexBuilder::IndexBuilder(const IndexPlan& plan, std::uint64_t begin)
    : state_(std::make_unique<State>(plan, begin)) {}
IndexBuilder::IndexBuilder(IndexBuilder&&) noexcept = default;
IndexBuilder& IndexBuilder::operator=(IndexBuilder&&) noexcept = default;
IndexBuilder::~IndexBuilder() = default;

void IndexBuilder::push(std::int64_t reference, std::int64_t begin, std::int64_t end,
                        std::uint64_t virtual_end, bool mapped) {
  if (hts_idx_push(state_->index, static_cast<int>(reference), begin, end, virtual_end,
                   mapped ? 1 : 0) < 0) {
    throw Error(ErrorKind::bug,
                fmt::format("record {}:{}-{} does not fit the index", reference, begin, end));
  }
}

void IndexBuilder::finish(std::uint64_t virtual_end, const std::vector<std::string>& names) {
  bool done = hts_idx_finish(state_->index, virtual_end) == 0;
  if (!state_->preset.by_header()) {
    std::string& meta = state_->meta;
    meta = tabix_meta(state_->preset, names);
    done = done && hts_idx_set_meta(state_->index, static_cast<std::uint32_t>(meta.size()),
                                    reinterpret_cast<std::uint8_t*>(meta.data()), 1) == 0;
  }
  if (!done) throw system_error("finish", "an index", ENOMEM);
}

void IndexBuilder::save(int fd, const std::string& name) const {
  // By descriptor: a name could hold htslib's "##idx##" separator or look like a URL.
  const std::string path = fmt::format("/proc/self/fd/{}", fd);
  errno = 0;
  if (hts_idx_save_as(state_->index, nullptr, path.c_str(), format_of(state_->type)) != 0) {
    throw system_error("write", name, errno != 0 ? errno : EIO);
  }
}

std::string IndexBuilder::encode_tbi() const {
  // A TBI is a BAI with `meta` between the number of sequences and their tables (tabix
  // specification); htslib would compress it with one thread.
  const base::Fd file(memfd_create("tbi", MFD_CLOEXEC));
  if (!file) throw system_error("make", "an index", errno);
  const std::string path = fmt::format("/proc/self/fd/{}", file.get());
  errno = 0;
  if (hts_idx_save_as(state_->index, nullptr, path.c_str(), HTS_FMT_BAI) != 0)
    throw system_error("make", "an index", errno != 0 ? errno : EIO);
  std::string tbi = base::read_file(path);
  constexpr std::size_t k_before_meta = 8;  // magic and number of sequences
  tbi.replace(0, 4, "TBI\1", 4);
  tbi.insert(k_before_meta, state_->meta);
  return tbi;
}

std::string htslib_version() {
  return hts_version();
}

}  // namespace weir::genomics
