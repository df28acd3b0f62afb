#include "genomics/sam_loader.hpp"

#include "base/text.hpp"
#include "genomics/bam_header.hpp"
#include "genomics/hts/sam_line.hpp"
#include "genomics/piece_loader.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace weir::genomics {
namespace {

class SamLoader final : public PieceLoader<std::vector<std::uint8_t>> {
 public:
  SamLoader(std::unique_ptr<Loader> text, const SamOptions& options)
      : text_(std::move(text)),
        options_(options),
        parts_(options.work.threads),
        staging_(options.piece_bytes) {}

  std::uint64_t source_position() const override { return text_->source_position(); }
  const ProblemTally& tally() const override { return tally_; }

 private:
  /// Lines of a piece that one thread converts.
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::int64_t first_line = 0;
    std::vector<std::uint8_t> records;
    ProblemTally tally;
  };

  /// Loads more text behind what is left of it.
  void refill() {
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(input_at_));
    input_offset_ += static_cast<std::int64_t>(input_at_);
    input_at_ = 0;
    const std::size_t kept = input_.size();
    if (kept > options_.line_bytes_max) {
      throw problem_error(Problem::line_too_long, options_.file, {}, {.line = lines_ + 1});
    }
    // Not straight into `input_`: somebody may still be reading what was loaded (see SourceHasher),
    // and it moves.
    const std::size_t got = text_->load(staging_.data(), staging_.size());
    input_.insert(input_.end(), staging_.begin(),
                  staging_.begin() + static_cast<std::ptrdiff_t>(got));
    at_end_ = got == 0;
    refuse_binary(kept);
  }

  void refuse_binary(std::size_t from) const {
    const auto nul = std::find(input_.begin() + static_cast<std::ptrdiff_t>(from), input_.end(), 0);
    if (nul == input_.end()) return;
    throw problem_error(Problem::nul_byte, options_.file, {},
                        {.line = lines_ + 1 + std::count(input_.begin(), nul, '\n'),
                         .byte_offset = input_offset_ + (nul - input_.begin())});
  }

  [[nodiscard]] std::string_view view(std::size_t begin, std::size_t end) const {
    return {reinterpret_cast<const char*>(input_.data()) + begin, end - begin};
  }

  /// The line at `input_at_` without its end, which is passed over; nothing at the end of the text.
  std::optional<std::string_view> peek_line() {
    for (;;) {
      const std::string_view rest = view(input_at_, input_.size());
      const std::size_t newline = rest.find('\n');
      if (newline != std::string_view::npos) return rest.substr(0, newline);
      if (at_end_) return rest.empty() ? std::nullopt : std::optional(rest);
      refill();
    }
  }

  void read_header() {
    header_done_ = true;
    std::string text;
    for (;;) {
      std::optional<std::string_view> line = peek_line();
      if (!line || !line->starts_with('@')) break;
      const std::size_t length = line->size() + 1;
      ++lines_;
      if (line->ends_with('\r')) {
        line->remove_suffix(1);
        tally_.add(
            Problem::crlf,
            {.line = lines_, .byte_offset = input_offset_ + static_cast<std::int64_t>(input_at_)});
      }
      text += *line;
      text += '\n';
      input_at_ = std::min(input_at_ + length, input_.size());
    }
    if (!options_.header.empty()) {
      if (!text.empty()) throw has_header(options_.file, "--dict");
      text = options_.header;
      tally_.add(Problem::given_dictionary, {});
    }
    if (text.empty()) throw problem_error(Problem::no_sam_header, options_.file, {}, {.line = 1});
    BamHeader header = parse_sam_header(text, options_.file);
    const std::string bytes = header.encode();
    ready_.assign(bytes.begin(), bytes.end());
    for (std::size_t i = 0; i < parts_.size(); ++i)
      encoders_.emplace_back(header.text, options_.file);
  }

  void make_piece() override {
    if (!header_done_) return read_header();
    options_.work.check();
    refill();
    const std::string_view rest = view(0, input_.size());
    const std::size_t newline = rest.rfind('\n');
    const std::size_t end = at_end_                             ? rest.size()
                            : newline == std::string_view::npos ? 0
                                                                : newline + 1;
    finished_ = at_end_;
    if (end == 0) return;
    divide(rest.substr(0, end));
    parallel_for(options_.work, parts_.size(),
                 [&](std::size_t i, std::size_t worker) { convert(parts_[i], encoders_[worker]); });
    for (Part& part : parts_) {
      ready_.insert(ready_.end(), part.records.begin(), part.records.end());
      tally_.merge(part.tally);
    }
    input_at_ = end;
    tally_.refuse_if_fatal(options_.policy, options_.file);
  }

  /// Gives each thread about as many bytes of whole lines.
  void divide(std::string_view text) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      Part& part = parts_[i];
      const std::size_t aim = text.size() * (i + 1) / parts_.size();
      const std::size_t newline =
          aim >= text.size() ? std::string_view::npos : text.find('\n', std::max(aim, at));
      const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
      part.begin = at;
      part.end = end;
      part.first_line = lines_ + 1;
      part.records.clear();
      part.tally = {};
      lines_ += std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                           text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
      at = end;
    }
  }

  void convert(Part& part, SamLineEncoder& encoder) const {
    std::int64_t number = part.first_line;
    for (std::size_t at = part.begin; at < part.end; ++number) {
      const ProblemPlace place{.line = number,
                               .byte_offset = input_offset_ + static_cast<std::int64_t>(at)};
      const std::string_view rest = view(at, part.end);
      std::string_view line = rest.substr(0, rest.find('\n'));
      at += line.size() + 1;
      if (line.size() == rest.size()) part.tally.add(Problem::no_final_newline, place);
      if (line.ends_with('\r')) {
        line.remove_suffix(1);
        part.tally.add(Problem::crlf, place);
      }
      if (line.empty()) {
        part.tally.add(Problem::blank_lines, place);
      } else if (const std::optional<Problem> problem = encoder.encode(line, part.records)) {
        part.tally.add(*problem, place, line);
      }
    }
  }

  std::unique_ptr<Loader> text_;
  SamOptions options_;
  std::vector<Part> parts_;
  std::vector<SamLineEncoder> encoders_;  ///< one per thread
  std::vector<std::uint8_t> staging_;     ///< never moves
  std::vector<std::uint8_t> input_;
  std::size_t input_at_ = 0;
  std::int64_t input_offset_ = 0;  ///< of input_[0] in the text
  std::int64_t lines_ = 0;
  bool at_end_ = false;
  bool header_done_ = false;
  ProblemTally tally_;
};

}  // namespace

std::unique_ptr<Loader> make_sam_loader(std::unique_ptr<Loader> text, const SamOptions& options) {
  return std::make_unique<SamLoader>(std::move(text), options);
}

}  // namespace weir::genomics
