#include "genomics/rewriting_loader.hpp"

#include "genomics/line_parser.hpp"
#include "genomics/piece_loader.hpp"

#include <algorithm>
#include <vector>

namespace weir::genomics {
namespace {

constexpr std::size_t k_staging_bytes = std::size_t{4} << 20;
constexpr std::string_view k_bom = "\xef\xbb\xbf";

class RewritingLoader final : public PieceLoader<std::string> {
 public:
  RewritingLoader(std::unique_ptr<Loader> text, std::unique_ptr<LineRewriter> rewriter,
                  const RewriteOptions& options)
      : staging_(k_staging_bytes),
        text_(std::move(text)),
        rewriter_(std::move(rewriter)),
        options_(options) {}

  std::uint64_t source_position() const override { return text_->source_position(); }
  const ProblemTally& tally() const override {
    all_ = text_->tally();
    all_.merge(rewriter_->tally());
    return all_;
  }

 private:
  void make_piece() override {
    options_.work.check();
    const std::size_t got = text_->load(staging_.data(), staging_.size());
    pending_.append(reinterpret_cast<const char*>(staging_.data()), got);
    std::size_t at = 0;
    for (;;) {
      const std::size_t newline = pending_.find('\n', std::max(at, searched_));
      if (newline == std::string::npos) break;
      take(std::string_view(pending_).substr(at, newline - at));
      ready_ += '\n';
      at = newline + 1;
    }
    offset_ += static_cast<std::int64_t>(at);
    pending_.erase(0, at);
    searched_ = pending_.size();
    consumed_ = 0;
    if (pending_.size() > options_.line_bytes_max) {
      throw problem_error(Problem::line_too_long, options_.file, {},
                          {.line = line_ + 1, .byte_offset = offset_});
    }
    if (got > 0) return;
    finished_ = true;
    const bool whole = pending_.empty();
    if (!whole) take(pending_);
    std::string last;
    rewriter_->finish(last);
    if (!whole && !last.empty()) ready_ += '\n';
    ready_ += last;
  }

  void take(std::string_view line) {
    const ProblemPlace place{.line = ++line_, .byte_offset = offset_ + consumed_};
    consumed_ += static_cast<std::int64_t>(line.size()) + 1;
    if (line_ == 1 && line.starts_with(k_bom)) {
      ready_ += k_bom;
      line.remove_prefix(k_bom.size());
    }
    std::size_t end = line.size();
    while (end > 0 && line[end - 1] == '\r') --end;
    const std::string_view bare = line.substr(0, end);
    // What is no text is refused further on, by the line that it came in.
    const bool passes = bare.find_first_not_of(" \t") == std::string_view::npos ||
                        bare.find('\0') != std::string_view::npos;
    if (passes) {
      ready_ += bare;
    } else {
      rewriter_->rewrite(bare, place, ready_);
    }
    ready_ += line.substr(end);
  }

  std::vector<std::uint8_t> staging_;  ///< before the loader, whose hasher may still read it
  std::unique_ptr<Loader> text_;
  std::unique_ptr<LineRewriter> rewriter_;
  RewriteOptions options_;
  std::string pending_;        ///< begin of a line whose end was not loaded
  std::size_t searched_ = 0;   ///< bytes of it without a line end
  std::int64_t offset_ = 0;    ///< of `pending_` in the text
  std::int64_t consumed_ = 0;  ///< of `pending_` by lines taken
  std::int64_t line_ = 0;
  mutable ProblemTally all_;
};

class SwapRewriter final : public LineRewriter {
 public:
  explicit SwapRewriter(LineColumns columns) : columns_(columns) {}

  void rewrite(std::string_view line, ProblemPlace place, std::string& to) override {
    std::vector<std::string_view> columns;
    std::string_view rest = line;
    while (columns.size() <= columns_.end && rest.data() != nullptr)
      columns.push_back(take_column(rest));
    if (line.starts_with('#') || columns.size() <= columns_.end) {
      to += line;
      return;
    }
    std::string_view& begin = columns[columns_.begin];
    std::string_view& end = columns[columns_.end];
    const std::optional<std::int64_t> first = parse_position(begin);
    const std::optional<std::int64_t> last = parse_position(end);
    if (!first || !last || *first <= *last) {
      to += line;
      return;
    }
    std::swap(begin, end);
    tally_.add(Problem::swapped_coordinates, place);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) to += '\t';
      to += columns[i];
    }
    if (rest.data() != nullptr) to.append("\t").append(rest);
  }
  const ProblemTally& tally() const override { return tally_; }

 private:
  LineColumns columns_;
  ProblemTally tally_;
};

class SpacesRewriter final : public LineRewriter {
 public:
  void rewrite(std::string_view line, ProblemPlace place, std::string& to) override {
    std::vector<std::string_view> words;
    for (std::size_t at = line.find_first_not_of(' '); at != std::string_view::npos;) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      words.push_back(line.substr(at, end - at));
      at = line.find_first_not_of(' ', end);
    }
    constexpr std::size_t k_words_min = 3;
    constexpr std::size_t k_words_max = 6;  // beyond, a blank may belong to a name
    const bool is_record = line.find('\t') == std::string_view::npos && !line.starts_with('#') &&
                           words.size() >= k_words_min && words.size() <= k_words_max &&
                           parse_position(words[1]) && parse_position(words[2]);
    if (!is_record) {
      to += line;
      return;
    }
    tally_.add(Problem::fixed_spaces, place);
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (i > 0) to += '\t';
      to += words[i];
    }
  }
  const ProblemTally& tally() const override { return tally_; }

 private:
  ProblemTally tally_;
};

class AliasRewriter final : public LineRewriter {
 public:
  AliasRewriter(std::map<std::string, std::string> aliases, NamePlace name)
      : aliases_(aliases.begin(), aliases.end()), name_(name) {}

  void rewrite(std::string_view line, ProblemPlace place, std::string& to) override {
    constexpr std::string_view k_contig = "##contig=<ID=";
    constexpr std::string_view k_region = "##sequence-region ";
    if (line.starts_with(k_contig)) {
      replace(line, k_contig.size(), ",>", to);
    } else if (line.starts_with(k_region)) {
      replace(line, k_region.size(), " \t", to);
    } else if (line.starts_with(name_.comment) || place.line <= name_.skip) {
      to += line;
    } else {
      replace(line, begin_of_name(line), "\t", to);
    }
  }
  const ProblemTally& tally() const override { return tally_; }

 private:
  /// The end of the line when it has fewer columns.
  [[nodiscard]] std::size_t begin_of_name(std::string_view line) const {
    std::size_t begin = 0;
    for (std::size_t column = 0; column < name_.column; ++column) {
      const std::size_t tab = line.find('\t', begin);
      if (tab == std::string_view::npos) return line.size();
      begin = tab + 1;
    }
    return begin;
  }

  void replace(std::string_view line, std::size_t begin, std::string_view ends,
               std::string& to) const {
    const std::size_t end = std::min(line.find_first_of(ends, begin), line.size());
    const auto found = aliases_.find(line.substr(begin, end - begin));
    if (found == aliases_.end()) {
      to += line;
      return;
    }
    to.append(line.substr(0, begin)).append(found->second).append(line.substr(end));
  }

  std::map<std::string, std::string, std::less<>> aliases_;
  NamePlace name_;
  ProblemTally tally_;
};

}  // namespace

std::unique_ptr<Loader> make_rewriting_loader(std::unique_ptr<Loader> text,
                                              std::unique_ptr<LineRewriter> rewriter,
                                              const RewriteOptions& options) {
  return std::make_unique<RewritingLoader>(std::move(text), std::move(rewriter), options);
}

std::unique_ptr<LineRewriter> make_swap_rewriter(LineColumns columns) {
  return std::make_unique<SwapRewriter>(columns);
}

std::unique_ptr<LineRewriter> make_spaces_rewriter() {
  return std::make_unique<SpacesRewriter>();
}

std::unique_ptr<LineRewriter> make_alias_rewriter(std::map<std::string, std::string> aliases,
                                                  NamePlace place) {
  return std::make_unique<AliasRewriter>(std::move(aliases), place);
}

std::map<std::int64_t, std::int64_t> offsets_of_lines(Loader& text,
                                                      const std::set<std::int64_t>& lines) {
  std::map<std::int64_t, std::int64_t> offsets;
  std::vector<std::uint8_t> bytes(k_staging_bytes);
  auto wanted = lines.begin();
  std::int64_t line = 1;
  std::int64_t begin = 0;   // of the line
  std::int64_t loaded = 0;  // bytes before this piece
  while (wanted != lines.end()) {
    if (*wanted <= line) {
      offsets[*wanted++] = begin;
      continue;
    }
    const std::size_t got = text.load(bytes.data(), bytes.size());
    if (got == 0) break;
    const std::string_view piece(reinterpret_cast<const char*>(bytes.data()), got);
    for (std::size_t at = piece.find('\n'); at != std::string_view::npos && wanted != lines.end();
         at = piece.find('\n', at + 1)) {
      ++line;
      begin = loaded + static_cast<std::int64_t>(at) + 1;
      while (wanted != lines.end() && *wanted == line) offsets[*wanted++] = begin;
    }
    loaded += static_cast<std::int64_t>(got);
  }
  return offsets;
}

}  // namespace weir::genomics
