#include "genomics/hts/variant_text.hpp"

#include "genomics/hts/handles.hpp"
#include "genomics/hts/record_loader.hpp"
#include "genomics/hts/variant_header.hpp"
#include "genomics/read_word.hpp"

#include <htslib/bgzf.h>
#include <htslib/kstring.h>
#include <algorithm>
#include <array>
#include <cstring>

namespace weir::genomics {
namespace {

/// A growing text of htslib's.
struct Text {
  kstring_t string = KS_INITIALIZE;
  Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { ks_free(&string); }
  [[nodiscard]] std::string_view view() const { return {string.s, string.l}; }
};

/// htslib reads the header with the file, so it is looked at before.
void refuse_wild_numbers(const SourceFile& source) {
  const HtsFile file = open_for_reading(source.fd(), source.name());
  if (!file || hts_get_format(file.get())->format != bcf) return;
  BGZF* const stream = file->fp.bgzf;
  std::array<char, 9> start;  // "BCF", version, length of the text
  if (bgzf_read(stream, start.data(), start.size()) != static_cast<ssize_t>(start.size())) return;
  std::size_t left = read_word<std::uint32_t>(start.data() + 5);
  constexpr std::size_t k_piece = std::size_t{1} << 20;
  std::string text;
  while (left > 0) {
    const std::size_t before = text.size();
    text.resize(before + std::min(left, k_piece));
    const ssize_t got = bgzf_read(stream, text.data() + before, text.size() - before);
    if (got <= 0) return;  // refused when it is read again
    text.resize(before + static_cast<std::size_t>(got));
    left -= static_cast<std::size_t>(got);
  }
  if (!has_modest_numbers(text))
    throw problem_error(Problem::bad_bcf_header, source.name(), "its IDX numbers are too large");
}

HtsFile open_checked(const SourceFile& source) {
  refuse_wild_numbers(source);
  return open_for_reading(source.fd(), source.name());
}

class BcfTextLoader final : public RecordLoader<std::string> {
 public:
  BcfTextLoader(const SourceFile& source, SourceHasher& hasher, const LoadOptions& options)
      : RecordLoader(source, hasher, options, std::size_t{1} << 20),
        file_(open_checked(source)),
        header_(file_ ? bcf_hdr_read(file_.get()) : nullptr),
        record_(bcf_init()) {
    if (!header_) throw problem_error(Problem::bad_bcf_header, source.name());
    const bool blocks = hts_get_format(file_.get())->compression == bgzf;
    if (blocks && hts_check_EOF(file_.get()) == 0 && !options.accept_missing_eof)
      throw problem_error(Problem::bgzf_no_eof, source.name());
    Text text;
    if (bcf_hdr_format(header_.get(), 0, &text.string) != 0)
      throw problem_error(Problem::bad_bcf_header, source.name());
    ready_ = text.view();
  }

 private:
  bool append_record() override {
    const int status = bcf_read(file_.get(), header_.get(), record_.get());
    if (status == -1) return false;
    line_.string.l = 0;
    if (status < -1 || record_->errcode != 0 ||
        vcf_format(header_.get(), record_.get(), &line_.string) != 0)
      throw problem_error(Problem::bad_record, source_.name(), {}, {.line = number_});
    ready_ += line_.view();
    return true;
  }

  HtsFile file_;
  BcfHeader header_;
  BcfRecord record_;
  Text line_;
};

void append_u32(std::vector<std::uint8_t>& to, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    to.push_back(static_cast<std::uint8_t>(value >> shift & 0xff));
}

}  // namespace

std::unique_ptr<Loader> make_bcf_text_loader(const SourceFile& source, SourceHasher& hasher,
                                             const LoadOptions& options) {
  return std::make_unique<BcfTextLoader>(source, hasher, options);
}

struct BcfLineEncoder::State {
  BcfHeader header{bcf_hdr_init("r")};
  BcfRecord record{bcf_init()};
  Text line;
};

BcfLineEncoder::BcfLineEncoder(BcfLineEncoder&&) noexcept = default;
BcfLineEncoder& BcfLineEncoder::operator=(BcfLineEncoder&&) noexcept = default;
BcfLineEncoder::~BcfLineEncoder() = default;

BcfLineEncoder::BcfLineEncoder(const std::string& header, const std::string& file)
    : state_(std::make_unique<State>()) {
  quiet_htslib();
  std::string copy = header;
  if (!has_modest_numbers(header))
    throw problem_error(Problem::bad_vcf_header, file, "its IDX numbers are too large");
  if (!state_->header || bcf_hdr_parse(state_->header.get(), copy.data()) != 0)
    throw problem_error(Problem::bad_vcf_header, file, "htslib cannot read the header");
}

std::string BcfLineEncoder::header_bytes() const {
  Text text;
  if (bcf_hdr_format(state_->header.get(), 1, &text.string) != 0)
    throw Error(ErrorKind::bug, "a header that was read cannot be written");
  std::string bytes("BCF\2\2", 5);
  const std::size_t length = text.view().size() + 1;  // ends in a zero
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<char>(length >> shift & 0xff));
  return bytes.append(text.view()).append(1, '\0');
}

std::optional<Problem> BcfLineEncoder::encode(std::string_view line,
                                              std::vector<std::uint8_t>& to) {
  State& state = *state_;
  state.line.string.l = 0;
  if (kputsn(line.data(), line.size(), &state.line.string) < 0) return Problem::bad_record;
  bcf1_t& record = *state.record;
  bcf_clear(&record);
  if (vcf_parse(&state.line.string, state.header.get(), &record) != 0) return Problem::bad_record;
  // htslib declares what is missing in its own copy of the header and goes on.
  if ((record.errcode & BCF_ERR_CTG_UNDEF) != 0) return Problem::undeclared_in_bcf;
  if ((record.errcode & BCF_ERR_TAG_UNDEF) != 0) return Problem::undeclared_tag;
  if (record.errcode != 0) return Problem::bad_record;
  constexpr hts_pos_t k_position_max = 0x7fffffff;
  if (record.pos + record.rlen > k_position_max) return Problem::coordinate_overflow;
  constexpr std::size_t k_fixed_bytes = 24;
  append_u32(to, static_cast<std::uint32_t>(record.shared.l + k_fixed_bytes));
  append_u32(to, static_cast<std::uint32_t>(record.indiv.l));
  append_u32(to, static_cast<std::uint32_t>(record.rid));
  append_u32(to, static_cast<std::uint32_t>(record.pos));
  append_u32(to, static_cast<std::uint32_t>(record.rlen));
  std::uint32_t quality = 0;
  std::memcpy(&quality, &record.qual, sizeof(quality));
  append_u32(to, quality);
  const auto unsigned_of = [](std::uint32_t field) { return field; };  // of narrow bit fields
  append_u32(to, unsigned_of(record.n_allele) << 16 | unsigned_of(record.n_info));
  append_u32(to, unsigned_of(record.n_fmt) << 24 | unsigned_of(record.n_sample));
  const auto append = [&](const kstring_t& text) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.s);
    to.insert(to.end(), bytes, bytes + text.l);
  };
  append(record.shared);
  append(record.indiv);
  return std::nullopt;
}

}  // namespace weir::genomics
