// BED and its relatives (UCSC's format pages): 0-based half-open, three columns or more, tabs.
#include "base/text.hpp"
#include "genomics/line_parser.hpp"

#include <algorithm>

namespace weir::genomics {
namespace {

constexpr std::int64_t k_score_max = 1000;

/// What a member of the family asks of its columns.
struct Member {
  std::size_t columns_min = 3;
  bool scored = false;       ///< column 5 is a score from 0 to 1000
  bool peak_offset = false;  ///< column 10 is an offset into the interval, or -1
};

Member member_of(Format format) {
  switch (format) {
    case Format::narrow_peak: return {.columns_min = 10, .scored = true, .peak_offset = true};
    case Format::broad_peak: return {.columns_min = 9, .scored = true};
    case Format::tag_align: return {.columns_min = 6};
    case Format::gapped_peak: return {.columns_min = 15, .scored = true};
    default: return {};
  }
}

bool is_ucsc_line(std::string_view line) {
  if (line.front() != 't' && line.front() != 'b') return false;
  for (const std::string_view word : {std::string_view("track"), std::string_view("browser")}) {
    if (line.starts_with(word) &&
        (line.size() == word.size() || line[word.size()] == ' ' || line[word.size()] == '\t')) {
      // A sequence called "track" would be followed by two whole numbers.
      std::string_view rest = line.substr(std::min(line.size(), word.size() + 1));
      return !parse_position(take_column(rest)) || !parse_position(take_column(rest));
    }
  }
  return false;
}

class BedParser final : public LineParser {
 public:
  explicit BedParser(Format format) : member_(member_of(format)) {}

  SideLine side_line(std::string_view line, bool) const override {
    if (line.starts_with('#')) return SideLine::header;
    return is_ucsc_line(line) ? SideLine::comment_out : SideLine::none;
  }

  void read_header(std::span<const std::string>, ContigTable&, const std::string&) override {}

  std::optional<Problem> parse(std::string_view line, ParsedLine& to) const override {
    std::string_view rest = line;
    to.contig = take_column(rest);
    const std::string_view start = take_column(rest);
    const std::string_view end = take_column(rest);
    if (line.front() == ' ' || line.front() == '\t') return Problem::bad_contig_name;
    if (end.empty()) return column_problem(line, member_.columns_min);
    to.columns = 3;
    if (rest.data() != nullptr)
      to.columns += static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\t')) + 1;
    if (to.columns < member_.columns_min) return Problem::too_few_columns;
    const std::optional<std::int64_t> first = parse_position(start);
    if (!first) return position_problem(start);
    const std::optional<std::int64_t> last = parse_position(end);
    if (!last) return position_problem(end);
    if (*first > *last) return Problem::start_after_end;
    to.begin = *first;
    to.end = *last;
    return check_values(rest, to);
  }

  Ties ties() const override { return Ties::by_span; }
  IndexPreset preset() const override { return IndexPreset::bed; }
  bool may_be_empty() const override { return false; }
  bool declares_contigs() const override { return false; }
  bool wants_even_columns() const override { return true; }

 private:
  /// `rest` begins with column 4.
  std::optional<Problem> check_values(std::string_view rest, ParsedLine& to) const {
    if (!member_.scored) return std::nullopt;
    take_column(rest);
    const std::optional<double> score = base::parse_double(take_column(rest));
    if (!score) return Problem::bad_value;
    if (*score < 0 || *score > double{k_score_max}) to.warn(Problem::score_range);
    if (!member_.peak_offset) return std::nullopt;
    for (int column = 6; column < 10; ++column) take_column(rest);
    const std::string_view peak = take_column(rest);
    if (peak == "-1") return std::nullopt;
    const std::optional<std::int64_t> offset = parse_position(peak);
    if (!offset) return Problem::bad_integer;
    if (*offset > to.end - to.begin) to.warn(Problem::peak_outside);
    return std::nullopt;
  }

  Member member_;
};

}  // namespace

std::unique_ptr<LineParser> make_bed_parser(Format format) {
  return std::make_unique<BedParser>(format);
}

}  // namespace weir::genomics
