// Lines are found and checked in two steps. `split` sees each piece as it is loaded and surveys it
// in blocks of 256 KiB, whose newlines it counts; so `scan` knows the number of the first line of
// every block, and all blocks can be parsed at once, each into its own stretch of the slot array. A
// line belongs to the block in which it begins.
#include "genomics/text_records.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace weir::genomics {
namespace {

constexpr std::size_t k_block_bytes = std::size_t{256} << 10;

const char* text_of(std::span<const std::uint8_t> bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}

/// End of the line that begins at `at`: the newline, or nothing when it is not there.
std::optional<std::size_t> line_end(std::span<const std::uint8_t> bytes, std::size_t at) {
  const void* const newline = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
  if (newline == nullptr) return std::nullopt;
  return static_cast<std::size_t>(static_cast<const std::uint8_t*>(newline) - bytes.data());
}

bool is_blank(std::string_view line) {
  if (!line.empty() && line.front() > ' ') return false;  // nearly always
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

bool is_plain_human_name(std::string_view name) {
  if (name == "X" || name == "Y" || name == "MT") return true;
  const std::optional<std::int64_t> number = parse_position(name);
  return number && *number >= 1 && *number <= 22;
}

}  // namespace

/// What one block of a run gave.
struct TextRecords::Chunk {
  struct Side {
    SideLine kind;
    std::string text;
  };
  std::size_t first_slot = 0;  ///< also the number of lines of the run before it
  std::size_t records = 0;
  std::size_t incomplete_at =
      std::numeric_limits<std::size_t>::max();  ///< begin of a line without end
  bool ended = false;                           ///< an end_of_data line was met
  std::int64_t end_max = 0;
  std::vector<Side> sides;
  ProblemTally tally;
};

/// Parses the lines that begin in one block.
class TextRecords::ChunkScan {
 public:
  ChunkScan(const TextRecords& owner, std::span<const std::uint8_t> run, RecordSlot* slots,
            ContigCache& cache, Chunk& chunk)
      : owner_(owner), run_(run), slots_(slots), cache_(cache), chunk_(chunk) {}

  void scan(std::size_t begin, std::size_t end, bool at_end) {
    std::size_t at = begin;
    if (begin > 0 && run_[begin - 1] != '\n') {
      const std::optional<std::size_t> newline = line_end(run_, begin);
      if (!newline) return;  // the whole block lies inside one line
      at = *newline + 1;
    }
    const ByteSurvey bytes = survey_of_lines(begin, end);
    check_utf8_ = bytes.high;
    check_control_ = owner_.refuses_control_bytes() && bytes.control;
    line_number_ = owner_.lines_before_ + static_cast<std::int64_t>(chunk_.first_slot);
    while (at < end && at < run_.size() && !chunk_.ended) {
      std::optional<std::size_t> newline = line_end(run_, at);
      if (!newline && !at_end) {
        chunk_.incomplete_at = at;
        return;
      }
      ++line_number_;
      if (!newline) tally(Problem::no_final_newline, at);
      take(at, newline.value_or(run_.size()));
      at = newline.value_or(run_.size()) + 1;
    }
  }

 private:
  void tally(Problem problem, std::size_t at, std::string_view sample = {}) {
    chunk_.tally.add(
        problem,
        {.line = line_number_, .byte_offset = owner_.bytes_before_ + static_cast<std::int64_t>(at)},
        sample);
  }

  /// Of all blocks that the lines which begin in this one reach into.
  [[nodiscard]] ByteSurvey survey_of_lines(std::size_t begin, std::size_t end) const {
    const std::size_t last =
        line_end(run_, std::min(end, run_.size()) - 1).value_or(run_.size() - 1);
    ByteSurvey bytes;
    for (std::size_t block = begin / k_block_bytes; block <= last / k_block_bytes; ++block)
      bytes.add(owner_.blocks_[block]);
    return bytes;
  }

  void take(std::size_t at, std::size_t line_end_at) {
    std::string_view line(text_of(run_) + at, line_end_at - at);
    if (line.ends_with('\r')) {
      // All of them: readers of BGZF lines remove one more.
      while (line.ends_with('\r')) line.remove_suffix(1);
      tally(Problem::crlf, at);
    }
    if (line.empty() || is_blank(line)) {
      tally(Problem::blank_lines, at);
      return;
    }
    const SideLine kind = owner_.parser_->side_line(line, false);
    if (kind == SideLine::none) {
      take_record(line, at);
    } else {
      take_side_line(kind, line, at);
    }
  }

  void take_side_line(SideLine kind, std::string_view line, std::size_t at) {
    switch (kind) {
      case SideLine::comment_out: tally(Problem::ucsc_lines, at); break;
      case SideLine::drop_marker: tally(Problem::gff_markers, at); return;
      case SideLine::drop_comment: tally(Problem::header_in_body, at); return;
      case SideLine::end_of_data:
        tally(Problem::embedded_fasta, at);
        chunk_.ended = true;
        return;
      case SideLine::refuse: tally(Problem::second_header, at, line); return;
      default: break;
    }
    if (check_control_ && survey(line).control) return tally(Problem::control_byte, at);
    chunk_.sides.push_back({kind, std::string(line)});
  }

  void take_record(std::string_view line, std::size_t at) {
    ParsedLine parsed;
    if (const std::optional<Problem> problem = owner_.parser_->parse(line, parsed)) {
      tally(*problem, at, line);
      return;
    }
    const std::optional<std::uint32_t> contig = cache_.find(parsed.contig);
    if (!contig && !is_contig_name(parsed.contig)) return tally(Problem::bad_contig_name, at, line);
    if (check_control_ && survey(line).control) return tally(Problem::control_byte, at, line);
    constexpr std::int64_t k_span_max = std::numeric_limits<std::uint32_t>::max();
    const std::int64_t span = parsed.end - parsed.begin;
    if (parsed.end >= static_cast<std::int64_t>(RecordKey::k_position_max >> 1) ||
        span >= k_span_max) {
      tally(Problem::coordinate_overflow, at, line);
      return;
    }
    if (line.size() > owner_.options_.line_bytes_max) {
      tally(Problem::line_too_long, at);
      return;
    }
    note_warnings(parsed, line, at);
    RecordSlot& slot = slots_[chunk_.first_slot + chunk_.records++];
    slot.offset = at;
    slot.key = RecordKey::make(contig ? *contig : cache_.identify(parsed.contig),
                               static_cast<std::uint64_t>(parsed.begin));
    slot.length = static_cast<std::uint32_t>(line.size());
    slot.span = static_cast<std::uint32_t>(span);
    chunk_.end_max = std::max(chunk_.end_max, parsed.end);
  }

  void note_warnings(ParsedLine& parsed, std::string_view line, std::size_t at) {
    if (check_utf8_ && !base::is_utf8(line)) parsed.warn(Problem::non_utf8);
    if (parsed.columns != owner_.columns_ && owner_.parser_->wants_even_columns()) {
      parsed.warn(Problem::ragged_columns);
    }
    for (std::uint64_t left = parsed.warnings; left != 0; left &= left - 1) {
      tally(static_cast<Problem>(std::countr_zero(left)), at);
    }
  }

  const TextRecords& owner_;
  std::span<const std::uint8_t> run_;
  RecordSlot* slots_;
  ContigCache& cache_;
  Chunk& chunk_;
  bool check_utf8_ = false;
  bool check_control_ = false;
  std::int64_t line_number_ = 0;
};

TextRecords::TextRecords(std::unique_ptr<LineParser> parser, TextOptions options,
                         std::size_t threads)
    : parser_(std::move(parser)),
      options_(std::move(options)),
      caches_(threads, ContigCache(contigs_)) {}

void TextRecords::refuse_encoding(std::span<const std::uint8_t> bytes) const {
  if (bytes.empty()) return;
  if (bytes.size() >= 2 &&
      ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff))) {
    throw problem_error(Problem::utf16, options_.file, {}, {.line = 1, .byte_offset = 0});
  }
  if (const void* const nul = std::memchr(bytes.data(), 0, bytes.size())) {
    const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(nul) - bytes.data());
    throw problem_error(Problem::nul_byte, options_.file, {},
                        {.line = 1 + survey(bytes.first(at)).newlines,
                         .byte_offset = static_cast<std::int64_t>(at)});
  }
  const bool has_newline = std::memchr(bytes.data(), '\n', bytes.size()) != nullptr;
  if (!has_newline && std::memchr(bytes.data(), '\r', bytes.size()) != nullptr) {
    throw problem_error(Problem::cr_only, options_.file, {}, {.line = 1, .byte_offset = 0});
  }
}

/// GFF3 wants control characters escaped, since readers may end a line or a column there; htslib
/// does not take a file for text that has one near its top. A VCF is known by its first line
/// whatever else it has.
bool TextRecords::refuses_control_bytes() const {
  return parser_->preset().kind() != IndexPreset::Kind::vcf;
}

void TextRecords::take_header_line(std::string_view line, std::size_t at) {
  ++lines_before_;
  const ProblemPlace place{.line = lines_before_, .byte_offset = static_cast<std::int64_t>(at)};
  if (line.ends_with('\r')) {
    while (line.ends_with('\r')) line.remove_suffix(1);
    tally_.add(Problem::crlf, place);
  }
  if (refuses_control_bytes() && survey(line).control) {
    tally_.add(Problem::control_byte, place);
    return;
  }
  if (static_cast<std::size_t>(lines_before_) <= parser_->lines_to_skip()) {
    header_.emplace_back(line);
    return;
  }
  if (is_blank(line)) {
    tally_.add(Problem::blank_lines, place);
    return;
  }
  switch (parser_->side_line(line, true)) {
    case SideLine::comment_out:
      tally_.add(Problem::ucsc_lines, place);
      header_.push_back('#' + std::string(line));
      break;
    case SideLine::drop_marker: tally_.add(Problem::gff_markers, place); break;
    case SideLine::end_of_data:
      tally_.add(Problem::embedded_fasta, place);
      ended_ = true;
      break;
    default: header_.emplace_back(line); break;
  }
}

void TextRecords::use_given_header() {
  if (options_.header.empty()) return;
  if (!header_.empty()) throw has_header(options_.file, "--header");
  for (const std::string_view line : base::split(options_.header, '\n')) {
    if (!line.empty()) header_.emplace_back(line);
  }
  tally_.add(Problem::given_header, {});
}

void TextRecords::finish_header(std::string_view first_record) {
  if (first_record.ends_with('\r')) first_record.remove_suffix(1);
  columns_ =
      static_cast<std::size_t>(std::count(first_record.begin(), first_record.end(), '\t')) + 1;
  use_given_header();
  if (options_.contig_order == ContigOrder::natural) contigs_.order_naturally();
  for (const std::string& name : options_.contigs) contigs_.identify(name);
  parser_->read_header(header_, contigs_, options_.file);
  contigs_.end_of_declarations();
  contigs_noted_ = contigs_.size();
}

std::optional<std::size_t> TextRecords::read_header(std::span<const std::uint8_t> bytes,
                                                    bool at_end) {
  if (bytes.size() < k_block_bytes && !at_end) return std::nullopt;
  refuse_encoding(bytes);
  constexpr std::string_view k_bom = "\xef\xbb\xbf";
  const std::string_view text(text_of(bytes), bytes.size());
  const std::size_t begin = text.starts_with(k_bom) ? k_bom.size() : 0;
  // Once without effect, to see whether all of it is there; then again.
  std::vector<std::size_t> starts;
  std::size_t at = begin;
  std::string_view first_record;
  for (bool ended = false; at < bytes.size() && !ended;) {
    const std::optional<std::size_t> newline = line_end(bytes, at);
    if (!newline && !at_end) {
      if (bytes.size() - at > options_.line_bytes_max) {
        throw problem_error(Problem::line_too_long, options_.file, {},
                            {.line = static_cast<std::int64_t>(starts.size()) + 1});
      }
      return std::nullopt;
    }
    std::string_view line = text.substr(at, newline.value_or(bytes.size()) - at);
    const std::string_view bare = line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0));
    const SideLine kind = starts.size() < parser_->lines_to_skip() ? SideLine::header
                          : is_blank(bare)                         ? SideLine::drop
                                                                   : parser_->side_line(bare, true);
    if (kind == SideLine::none) {
      first_record = line;
      break;
    }
    ended = kind == SideLine::end_of_data;
    starts.push_back(at);
    at = newline.value_or(bytes.size() - 1) + 1;
  }
  if (at >= bytes.size() && first_record.empty() && !at_end) return std::nullopt;
  if (begin > 0) tally_.add(Problem::bom, {.line = 1, .byte_offset = 0});
  for (const std::size_t start : starts) {
    const std::optional<std::size_t> newline = line_end(bytes, start);
    take_header_line(text.substr(start, newline.value_or(bytes.size()) - start), start);
    if (!newline)
      tally_.add(Problem::no_final_newline,
                 {.line = lines_before_, .byte_offset = static_cast<std::int64_t>(start)});
  }
  finish_header(first_record);
  bytes_before_ = static_cast<std::int64_t>(at);
  return at;
}

void TextRecords::refuse_nul(std::span<const std::uint8_t> run, std::size_t begin,
                             std::size_t end) const {
  const void* const nul = std::memchr(run.data() + begin, 0, end - begin);
  if (nul == nullptr) return;
  const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(nul) - run.data());
  throw problem_error(Problem::nul_byte, options_.file, {},
                      {.line = lines_before_ + 1 + survey(run.first(at)).newlines,
                       .byte_offset = bytes_before_ + static_cast<std::int64_t>(at)});
}

std::size_t TextRecords::split(std::span<const std::uint8_t> run, std::size_t from, RecordSlot*,
                               const Work& work) {
  if (from == 0) {
    blocks_.clear();
    last_newline_ = 0;
  }
  blocks_.resize((run.size() + k_block_bytes - 1) / k_block_bytes);
  const std::size_t first_block = from / k_block_bytes;
  parallel_for(work, blocks_.size() - first_block, [&](std::size_t index, std::size_t) {
    const std::size_t block = first_block + index;
    const std::size_t begin = std::max(from, block * k_block_bytes);
    const std::size_t end = std::min(run.size(), (block + 1) * k_block_bytes);
    const ByteSurvey found = survey(run.subspan(begin, end - begin));
    if (found.control && !ended_) refuse_nul(run, begin, end);
    blocks_[block].add(found);
  });
  std::size_t lines = 0;
  for (const ByteSurvey& block : blocks_) lines += block.newlines;
  const void* const last = memrchr(run.data() + from, '\n', run.size() - from);
  if (last != nullptr)
    last_newline_ = static_cast<std::size_t>(static_cast<const std::uint8_t*>(last) - run.data());
  if (run.size() - last_newline_ > options_.line_bytes_max + 1) {
    throw problem_error(Problem::line_too_long, options_.file,
                        fmt::format("more than {} bytes", options_.line_bytes_max),
                        {.line = lines_before_ + static_cast<std::int64_t>(lines) + 1,
                         .byte_offset = bytes_before_ + static_cast<std::int64_t>(last_newline_)});
  }
  return lines + 1;
}

TextRecords::Scanned TextRecords::scan(std::span<const std::uint8_t> run, RecordSlot* slots,
                                       bool at_end, const Work& work) {
  if (ended_) return {.records = 0, .consumed = run.size()};
  std::vector<Chunk> chunks(blocks_.size());
  std::size_t lines = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const bool at_line_start = i == 0 || run[i * k_block_bytes - 1] == '\n';
    chunks[i].first_slot = lines + (at_line_start ? 0 : 1);
    lines += blocks_[i].newlines;
  }
  parallel_for(work, chunks.size(), [&](std::size_t i, std::size_t worker) {
    ChunkScan(*this, run, slots, caches_[worker], chunks[i])
        .scan(i * k_block_bytes, (i + 1) * k_block_bytes, at_end);
  });
  const std::size_t incomplete_at =
      chunks.empty()
          ? run.size()
          : std::min_element(chunks.begin(), chunks.end(), [](const Chunk& a, const Chunk& b) {
              return a.incomplete_at < b.incomplete_at;
            })->incomplete_at;
  const std::size_t records = gather(chunks, slots);
  tally_.refuse_if_fatal(options_.policy, options_.file);
  note_contigs();
  const std::size_t consumed = ended_ ? run.size() : std::min(incomplete_at, run.size());
  lines_before_ += static_cast<std::int64_t>(lines);
  bytes_before_ += static_cast<std::int64_t>(consumed);
  return {.records = records, .consumed = consumed};
}

std::size_t TextRecords::gather(std::vector<Chunk>& chunks, RecordSlot* slots) {
  std::size_t records = 0;
  for (Chunk& chunk : chunks) {
    if (chunk.first_slot != records) {
      std::memmove(slots + records, slots + chunk.first_slot, chunk.records * sizeof(RecordSlot));
    }
    records += chunk.records;
    end_max_ = std::max(end_max_, chunk.end_max);
    tally_.merge(chunk.tally);
    for (const Chunk::Side& side : chunk.sides) {
      header_.push_back(side.kind == SideLine::comment_out ? '#' + side.text : side.text);
    }
    if (chunk.ended) {
      ended_ = true;
      break;
    }
  }
  return records;
}

void TextRecords::note_contigs() {
  const std::size_t count = contigs_.size();
  const auto limit = std::min<std::uint64_t>(static_cast<std::uint64_t>(options_.contigs_max),
                                             RecordKey::k_contig_max);
  if (count > limit) {
    throw problem_error(Problem::many_contigs, options_.file, fmt::format("more than {}", limit));
  }
  constexpr std::size_t k_many = 1'000'000;
  if (count > k_many && contigs_noted_ <= k_many) tally_.add(Problem::very_many_contigs, {});
  bool with_chr = false;
  bool without_chr = false;
  for (std::size_t id = contigs_noted_; id < count; ++id) {
    const std::string_view name = contigs_.name(id);
    if (parser_->declares_contigs()) {
      tally_.add(options_.add_contigs ? Problem::added_contigs : Problem::undeclared_contig, {},
                 name);
    }
    if (name.find_first_of(":,") != std::string_view::npos ||
        name.find("..") != std::string_view::npos) {
      tally_.add(Problem::odd_contig_name, {}, name);
    }
    with_chr = with_chr || name.starts_with("chr");
    without_chr = without_chr || is_plain_human_name(name);
  }
  if (with_chr && without_chr) tally_.add(Problem::mixed_naming, {});
  contigs_noted_ = count;
  tally_.refuse_if_fatal(options_.policy, options_.file);
}

IndexEntry TextRecords::entry(std::uint64_t ranked_key, std::uint32_t span,
                              std::string_view) const {
  const auto begin = static_cast<std::int64_t>(RecordKey::position(ranked_key));
  // A width of 0 (an insertion site in BED) is indexed as 1, or no query could find it.
  return {.reference = static_cast<std::int64_t>(RecordKey::contig(ranked_key)),
          .begin = begin,
          .end = begin + std::max<std::int64_t>(span, 1)};
}

bool TextRecords::bytes_are_final() const {
  const std::vector<Finding> findings = tally_.findings(options_.policy);
  const bool untouched = std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.kind == Finding::Kind::warning;
  });
  return untouched && parser_->make_header(header_) == parser_->LineParser::make_header(header_);
}

std::string TextRecords::output_header(bool) {
  const std::size_t declared = contigs_.declared();
  if (!options_.add_contigs || !parser_->declares_contigs() || contigs_.size() == declared)
    return parser_->make_header(header_);
  // In the order that their records have.
  const std::vector<std::uint32_t> ranks = contigs_.ranks();
  std::vector<std::string> names(contigs_.size() - declared);
  for (std::size_t id = declared; id < ranks.size(); ++id)
    names[ranks[id] - declared] = contigs_.name(id);
  std::vector<std::string> lines = header_;
  parser_->declare(names, lines);
  return parser_->make_header(lines);
}

}  // namespace weir::genomics
