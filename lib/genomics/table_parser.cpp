// Tables whose position columns the user names (tabix specification: generic presets).
#include "base/text.hpp"
#include "genomics/line_parser.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace weir::genomics {
namespace {

class TableParser final : public LineParser {
 public:
  explicit TableParser(const TableColumns& columns) : columns_(columns) {}

  SideLine side_line(std::string_view line, bool) const override {
    return line.starts_with(columns_.comment) ? SideLine::header : SideLine::none;
  }
  std::size_t lines_to_skip() const override { return static_cast<std::size_t>(columns_.skip); }

  void read_header(std::span<const std::string> lines, ContigTable&,
                   const std::string& file) override {
    const std::string names = lines.empty() ? std::string() : lines.back();
    places_.sequence = place_of(columns_.sequence, names, file);
    places_.begin = place_of(columns_.begin, names, file);
    places_.end = place_of(columns_.end, names, file);
    places_.zero_based = columns_.zero_based;
    places_.comment = columns_.comment;
    places_.skip = static_cast<int>(lines_to_skip());
    columns_min_ =
        static_cast<std::size_t>(std::max({places_.sequence, places_.begin, places_.end}));
  }

  std::optional<Problem> parse(std::string_view line, ParsedLine& to) const override {
    std::string_view rest = line;
    std::string_view begin;
    std::string_view end;
    while (rest.data() != nullptr) {
      const std::string_view column = take_column(rest);
      ++to.columns;
      const auto number = static_cast<int>(to.columns);
      if (number == places_.sequence) to.contig = column;
      if (number == places_.begin) begin = column;
      if (number == places_.end) end = column;
    }
    if (to.columns < columns_min_) return column_problem(line, columns_min_);
    const std::optional<std::int64_t> first = parse_position(begin);
    if (!first) return position_problem(begin);
    const std::optional<std::int64_t> last = parse_position(end);
    if (!last) return position_problem(end);
    if (!places_.zero_based && *first == 0) return Problem::start_zero;
    to.begin = places_.zero_based ? *first : *first - 1;
    // One column of 0-based positions means one base each.
    to.end = places_.zero_based && places_.begin == places_.end ? *last + 1 : *last;
    if (to.begin > to.end) return Problem::start_after_end;
    return std::nullopt;
  }

  Ties ties() const override { return Ties::by_span; }
  IndexPreset preset() const override { return IndexPreset(places_); }
  bool may_be_empty() const override { return false; }
  bool declares_contigs() const override { return false; }
  bool wants_even_columns() const override { return true; }

 private:
  /// The number of a column given by number, or by its name in a header row.
  [[nodiscard]] int place_of(const std::string& wanted, std::string_view names,
                             const std::string& file) const {
    constexpr std::int64_t k_columns_max = 10'000;
    if (const std::optional<std::int64_t> number = parse_position(wanted)) {
      if (*number >= 1 && *number <= k_columns_max) return static_cast<int>(*number);
      throw Error(ErrorKind::usage, fmt::format("there is no column {}", *number))
          .with_hint("columns count from 1");
    }
    if (names.starts_with(columns_.comment)) names.remove_prefix(1);
    int place = 0;
    while (names.data() != nullptr) {
      ++place;
      if (base::trim(take_column(names)) == wanted) return place;
    }
    throw Error(ErrorKind::input, fmt::format("no column is named '{}'", wanted))
        .with_code("no_such_column")
        .with_hint("give its number, or say with --skip 1 that the first line has names")
        .at({.file = file});
  }

  TableColumns columns_;
  TabixColumns places_;
  std::size_t columns_min_ = 0;
};

}  // namespace

std::unique_ptr<LineParser> make_table_parser(const TableColumns& columns) {
  return std::make_unique<TableParser>(columns);
}

}  // namespace weir::genomics
