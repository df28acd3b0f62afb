#include "genomics/bcf_from_vcf.hpp"

#include "base/text.hpp"
#include "genomics/contig_table.hpp"
#include "genomics/hts/variant_text.hpp"
#include "genomics/line_parser.hpp"
#include "genomics/piece_loader.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace weir::genomics {
namespace {

constexpr std::size_t k_staging_bytes = std::size_t{4} << 20;

/// Takes a text apart into lines, with their places.
class LineReader {
 public:
  LineReader(Loader& text, std::uint64_t line_bytes_max, std::string file)
      : text_(text),
        line_bytes_max_(line_bytes_max),
        file_(std::move(file)),
        staging_(k_staging_bytes) {}

  /// The next line, without its end, valid until the next call; nothing at the end.
  std::optional<std::string_view> next() {
    for (;;) {
      const std::size_t newline = pending_.find('\n', searched_);
      if (newline != std::string::npos || (at_end_ && at_ < pending_.size())) {
        const std::size_t end = std::min(newline, pending_.size());
        const std::string_view line = std::string_view(pending_).substr(at_, end - at_);
        place_ = {.line = place_.line + 1, .byte_offset = offset_ + static_cast<std::int64_t>(at_)};
        at_ = std::min(end + 1, pending_.size());
        searched_ = at_;
        return line;
      }
      if (at_end_) return std::nullopt;
      refill();
    }
  }
  [[nodiscard]] ProblemPlace place() const { return place_; }

 private:
  void refill() {
    pending_.erase(0, at_);
    offset_ += static_cast<std::int64_t>(at_);
    at_ = 0;
    searched_ = pending_.size();
    if (pending_.size() > line_bytes_max_) {
      throw problem_error(Problem::line_too_long, file_, {},
                          {.line = place_.line + 1, .byte_offset = offset_});
    }
    const std::size_t got = text_.load(staging_.data(), staging_.size());
    pending_.append(reinterpret_cast<const char*>(staging_.data()), got);
    at_end_ = got == 0;
  }

  Loader& text_;
  std::uint64_t line_bytes_max_;
  std::string file_;
  std::vector<std::uint8_t> staging_;  ///< never moves: a hasher may still read it
  std::string pending_;
  std::size_t at_ = 0;
  std::size_t searched_ = 0;
  std::int64_t offset_ = 0;
  bool at_end_ = false;
  ProblemPlace place_{.line = 0, .byte_offset = 0};
};

class BcfFromVcfLoader final : public PieceLoader<std::vector<std::uint8_t>> {
 public:
  BcfFromVcfLoader(std::unique_ptr<Loader> text, const BcfFromVcfOptions& options)
      : text_(std::move(text)),
        options_(options),
        lines_(*text_, options.line_bytes_max, options.file),
        parser_(make_vcf_parser()) {}

  std::uint64_t source_position() const override { return text_->source_position(); }
  const ProblemTally& tally() const override {
    all_ = text_->tally();
    all_.merge(tally_);
    return all_;
  }

 private:
  /// The line with its repairs counted; nothing when it is blank.
  std::optional<std::string_view> repaired(std::string_view line) {
    const ProblemPlace place = lines_.place();
    if (place.line == 1 && line.starts_with("\xef\xbb\xbf")) {
      line.remove_prefix(3);
      tally_.add(Problem::bom, place);
    }
    if (line.find('\0') != std::string_view::npos)
      throw problem_error(Problem::nul_byte, options_.file, {}, place);
    if (line.ends_with('\r')) {
      while (line.ends_with('\r')) line.remove_suffix(1);
      tally_.add(Problem::crlf, place);
    }
    if (line.find_first_not_of(" \t") != std::string_view::npos) return line;
    tally_.add(Problem::blank_lines, place);
    return std::nullopt;
  }

  void use_given_header(std::vector<std::string>& header) {
    if (options_.header.empty()) return;
    if (!header.empty()) throw has_header(options_.file, "--header");
    for (const std::string_view line : base::split(options_.header, '\n')) {
      if (!line.empty()) header.emplace_back(line);
    }
    tally_.add(Problem::given_header, {});
  }

  void read_header() {
    std::vector<std::string> header;
    while (const std::optional<std::string_view> raw = lines_.next()) {
      const std::optional<std::string_view> line = repaired(*raw);
      if (!line) continue;
      if (!line->starts_with('#')) {
        first_ = std::string(*line);
        first_place_ = lines_.place();
        break;
      }
      header.emplace_back(*line);
    }
    use_given_header(header);
    ContigTable contigs;
    parser_->read_header(header, contigs, options_.file);
    if (!options_.extra_contigs.empty()) {
      parser_->declare(options_.extra_contigs, header);
      tally_.add(Problem::added_contigs, {}, options_.extra_contigs.front(),
                 static_cast<std::int64_t>(options_.extra_contigs.size()));
    }
    encoder_.emplace(parser_->LineParser::make_header(header), options_.file);
    const std::string bytes = encoder_->header_bytes();
    ready_.assign(bytes.begin(), bytes.end());
    if (!first_) finished_ = true;
  }

  void make_piece() override {
    if (!encoder_) return read_header();
    options_.work.check();
    if (first_) {
      convert(*first_, first_place_);
      first_.reset();
    }
    constexpr std::size_t k_ready_bytes = std::size_t{2} << 20;
    while (ready_.size() < k_ready_bytes) {
      const std::optional<std::string_view> raw = lines_.next();
      if (!raw) {
        finished_ = true;
        break;
      }
      if (const std::optional<std::string_view> line = repaired(*raw))
        convert(*line, lines_.place());
    }
    tally_.refuse_if_fatal(options_.policy, options_.file);
  }

  void convert(std::string_view line, ProblemPlace place) {
    switch (parser_->side_line(line, false)) {
      case SideLine::refuse: tally_.add(Problem::second_header, place, line); return;
      case SideLine::drop_comment: tally_.add(Problem::header_in_body, place); return;
      default: break;
    }
    ParsedLine parsed;
    std::optional<Problem> problem = parser_->parse(line, parsed);
    if (!problem && !is_contig_name(parsed.contig)) problem = Problem::bad_contig_name;
    if (!problem) problem = encoder_->encode(line, ready_);
    if (problem) tally_.add(*problem, place, line);
  }

  std::unique_ptr<Loader> text_;
  BcfFromVcfOptions options_;
  LineReader lines_;
  std::unique_ptr<LineParser> parser_;
  std::optional<BcfLineEncoder> encoder_;
  std::optional<std::string> first_;  ///< the record that ended the header
  ProblemPlace first_place_;
  ProblemTally tally_;
  mutable ProblemTally all_;
};

}  // namespace

std::unique_ptr<Loader> make_bcf_from_vcf_loader(std::unique_ptr<Loader> text,
                                                 const BcfFromVcfOptions& options) {
  return std::make_unique<BcfFromVcfLoader>(std::move(text), options);
}

std::vector<std::string> undeclared_contigs(Loader& text, std::string_view given_header) {
  LineReader lines(text, ~std::uint64_t{0}, {});
  ContigTable declared;
  std::vector<std::string> header;
  for (const std::string_view line : base::split(given_header, '\n')) header.emplace_back(line);
  std::set<std::string, std::less<>> used;
  while (const std::optional<std::string_view> line = lines.next()) {
    if (line->starts_with("##contig=")) header.emplace_back(*line);
    if (line->empty() || line->starts_with('#')) continue;
    std::string_view rest = *line;
    const std::string_view name = take_column(rest);
    if (!used.contains(name)) used.emplace(name);
  }
  for (const std::string& line : header) {
    if (const std::optional<std::string_view> name = declared_contig(line)) {
      const auto found = used.find(*name);
      if (found != used.end()) used.erase(found);
    }
  }
  return {used.begin(), used.end()};
}

}  // namespace weir::genomics
