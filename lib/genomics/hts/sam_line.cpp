#include "genomics/hts/sam_line.hpp"

#include "genomics/hts/bam_record.hpp"
#include "genomics/hts/handles.hpp"
#include "genomics/line_parser.hpp"

#include <htslib/kstring.h>
#include <htslib/sam.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace weir::genomics {
namespace {

constexpr std::size_t k_columns_min = 11;
constexpr std::uint32_t k_cigar_max = 0xffff;

template <typename T>
void append(std::vector<std::uint8_t>& to, T value) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&value);
  to.insert(to.end(), bytes, bytes + sizeof(T));
}

void append_bytes(std::vector<std::uint8_t>& to, const std::uint8_t* bytes, std::size_t count) {
  to.insert(to.end(), bytes, bytes + count);
}

/// A whole number, or '-' and a whole number where `negative` allows it, within the bounds.
bool is_integer(std::string_view text, std::int64_t min, std::int64_t max) {
  const bool minus = min < 0 && text.starts_with('-');
  const std::optional<std::int64_t> value = parse_whole_number(minus ? text.substr(1) : text);
  return value && (minus ? -*value >= min : *value <= max);
}

/// What the columns themselves tell before htslib looks: its own refusal comes without a reason.
std::optional<Problem> check_columns(std::string_view line, sam_hdr_t* header) {
  std::array<std::string_view, k_columns_min> columns;
  std::string_view rest = line;
  for (std::string_view& column : columns) column = take_column(rest);
  if (columns.back().empty()) return column_problem(line, k_columns_min);
  constexpr std::int64_t k_i32_max = std::numeric_limits<std::int32_t>::max();
  if (!is_integer(columns[1], 0, 0xffff) && !columns[1].starts_with("0x"))
    return Problem::bad_integer;
  for (const std::size_t at : {std::size_t{3}, std::size_t{7}}) {
    if (!is_integer(columns[at], 0, k_i32_max)) {
      return parse_whole_number(columns[at]) ? Problem::coordinate_overflow : Problem::bad_integer;
    }
  }
  if (!is_integer(columns[4], 0, 0xff)) return Problem::bad_integer;
  if (!is_integer(columns[8], -k_i32_max - 1, k_i32_max)) {
    return is_integer(columns[8], -(std::int64_t{1} << 60), std::int64_t{1} << 60)
               ? Problem::coordinate_overflow
               : Problem::bad_integer;
  }
  for (const std::size_t at : {std::size_t{2}, std::size_t{6}}) {
    const std::string_view name = columns[at];
    if (name == "*" || (at == 6 && name == "=")) continue;
    if (sam_hdr_name2tid(header, std::string(name).c_str()) < 0) return Problem::unknown_reference;
  }
  if (columns[10] != "*" && columns[9].size() != columns[10].size()) return Problem::bad_value;
  return std::nullopt;
}

}  // namespace

struct SamLineEncoder::State {
  SamHeader header;
  BamRecord record;
  kstring_t text = KS_INITIALIZE;

  State(const std::string& header_text, const std::string& file) : record(bam_init1()) {
    quiet_htslib();
    header.reset(sam_hdr_parse(header_text.size(), header_text.c_str()));
    if (!header)
      throw problem_error(Problem::bad_sam_header, file, "htslib does not take the header");
    if (!record) throw system_error("read", "a SAM line", ENOMEM);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ks_free(&text); }
};

SamLineEncoder::SamLineEncoder(const std::string& header_text, const std::string& file)
    : state_(std::make_unique<State>(header_text, file)) {}
SamLineEncoder::SamLineEncoder(SamLineEncoder&&) noexcept = default;
SamLineEncoder& SamLineEncoder::operator=(SamLineEncoder&&) noexcept = default;
SamLineEncoder::~SamLineEncoder() = default;

void append_bam_record(const bam1_t& record, std::vector<std::uint8_t>& to) {
  const bam1_core_t& core = record.core;
  const std::size_t name = core.l_qname - core.l_extranul;
  const std::size_t cigar = std::size_t{core.n_cigar} * 4;
  const std::uint8_t* const after_cigar = record.data + core.l_qname + cigar;
  const auto rest = static_cast<std::size_t>(record.l_data) - core.l_qname - cigar;
  const bool long_cigar = core.n_cigar > k_cigar_max;
  constexpr std::size_t k_fixed = 32;
  constexpr std::size_t k_placeholder = 8;
  constexpr std::size_t k_cg_field = 8;  // "CGBI" and the count
  const std::size_t length =
      k_fixed + name + rest + cigar + (long_cigar ? k_placeholder + k_cg_field : 0);
  append(to, static_cast<std::uint32_t>(length));
  append(to, static_cast<std::int32_t>(core.tid));
  append(to, static_cast<std::int32_t>(core.pos));
  to.push_back(static_cast<std::uint8_t>(name));
  to.push_back(core.qual);
  append(to, core.bin);
  append(to, static_cast<std::uint16_t>(long_cigar ? 2 : core.n_cigar));
  append(to, core.flag);
  append(to, static_cast<std::int32_t>(core.l_qseq));
  append(to, static_cast<std::int32_t>(core.mtid));
  append(to, static_cast<std::int32_t>(core.mpos));
  append(to, static_cast<std::int32_t>(core.isize));
  append_bytes(to, record.data, name);
  if (!long_cigar) {
    append_bytes(to, record.data + core.l_qname, cigar);
    append_bytes(to, after_cigar, rest);
    return;
  }
  const hts_pos_t covered = bam_cigar2rlen(static_cast<int>(core.n_cigar), bam_get_cigar(&record));
  append(to,
         static_cast<std::uint32_t>(static_cast<std::uint32_t>(core.l_qseq) << 4 | BAM_CSOFT_CLIP));
  append(to, static_cast<std::uint32_t>(static_cast<std::uint32_t>(covered) << 4 | BAM_CREF_SKIP));
  append_bytes(to, after_cigar, rest);
  for (const char c : {'C', 'G', 'B', 'I'}) to.push_back(static_cast<std::uint8_t>(c));
  append(to, core.n_cigar);
  append_bytes(to, record.data + core.l_qname, cigar);
}

std::optional<Problem> SamLineEncoder::encode(std::string_view line,
                                              std::vector<std::uint8_t>& to) {
  if (const std::optional<Problem> problem = check_columns(line, state_->header.get()))
    return problem;
  kstring_t& text = state_->text;
  text.l = 0;
  if (kputsn(line.data(), line.size(), &text) < 0) throw system_error("read", "a SAM line", ENOMEM);
  if (sam_parse1(&text, state_->header.get(), state_->record.get()) < 0) return Problem::bad_record;
  append_bam_record(*state_->record, to);
  return std::nullopt;
}

}  // namespace weir::genomics
