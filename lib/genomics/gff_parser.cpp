// GFF3 (Sequence Ontology specification 1.26) and GTF/GFF2 lines: nine columns, 1-based closed
// coordinates.
#include "base/text.hpp"
#include "genomics/line_parser.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace weir::genomics {
namespace {

constexpr std::size_t k_columns = 9;

/// The value of `key` in column 9 of a GFF3 line, or nothing.
std::optional<std::string_view> attribute(std::string_view line, std::string_view key) {
  for (std::size_t i = 0; i + 1 < k_columns; ++i) take_column(line);
  for (std::string_view part : base::split(take_column(line), ';')) {
    part = base::trim(part);
    if (part.size() > key.size() && part.starts_with(key) && part[key.size()] == '=') {
      return part.substr(key.size() + 1);
    }
  }
  return std::nullopt;
}

/// Depth of a feature type where no Parent tells it: gene, transcript, exon, CDS and below.
int type_depth(std::string_view line) {
  take_column(line);
  take_column(line);
  const std::string_view type = take_column(line);
  if (type.ends_with("gene")) return 0;
  if (type == "transcript" || type.ends_with("RNA") || type.ends_with("_transcript")) return 1;
  if (type == "exon") return 2;
  if (type == "CDS" || type.ends_with("UTR")) return 3;
  if (type.ends_with("codon")) return 4;
  return 0;
}

/// Depths by Parent links inside one group of features that start at one place.
class Depths {
 public:
  explicit Depths(std::span<const TiedRecord> group)
      : group_(group), depths_(group.size(), k_unknown) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (const auto id = attribute(group[i].bytes, "ID")) by_id_.emplace(*id, i);
    }
    for (std::size_t i = 0; i < group.size(); ++i) find(i);
  }
  [[nodiscard]] int operator[](std::size_t index) const { return depths_[index]; }

 private:
  static constexpr int k_unknown = -1;
  static constexpr int k_in_progress = -2;
  static constexpr std::size_t k_chain_max = 64;

  /// Walks up the chain of parents, then assigns depths on the way back; a cycle counts as no
  /// parent.
  void find(std::size_t index) {
    std::vector<std::size_t> chain;
    while (depths_[index] == k_unknown && chain.size() < k_chain_max) {
      depths_[index] = k_in_progress;
      chain.push_back(index);
      const auto parent = attribute(group_[index].bytes, "Parent");
      if (!parent) break;
      const auto found = by_id_.find(parent->substr(0, parent->find(',')));
      if (found == by_id_.end()) break;
      index = found->second;
    }
    int above = depths_[index] >= 0 ? depths_[index] : k_unknown;
    while (!chain.empty()) {
      const std::size_t at = chain.back();
      chain.pop_back();
      depths_[at] = above == k_unknown ? type_depth(group_[at].bytes)
                                       : std::max(above + 1, type_depth(group_[at].bytes));
      above = depths_[at];
    }
  }

  std::span<const TiedRecord> group_;
  std::vector<int> depths_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
};

class GffParser final : public LineParser {
 public:
  SideLine side_line(std::string_view line, bool) const override {
    if (line.starts_with('>')) return SideLine::end_of_data;
    if (!line.starts_with('#')) return SideLine::none;
    if (line.starts_with("##FASTA")) return SideLine::end_of_data;
    if (line.starts_with("###") && base::trim(line) == "###") return SideLine::drop_marker;
    return SideLine::header;
  }

  void read_header(std::span<const std::string>, ContigTable&, const std::string&) override {}

  std::optional<Problem> parse(std::string_view line, ParsedLine& to) const override {
    std::string_view rest = line;
    std::array<std::string_view, k_columns> columns;
    for (std::string_view& column : columns) column = take_column(rest);
    if (line.front() == ' ' || line.front() == '\t') return Problem::bad_contig_name;
    // GFF2 allows the attributes to be left out.
    if (columns[k_columns - 2].data() == nullptr) return column_problem(line, k_columns - 1);
    if (rest.data() != nullptr) to.warn(Problem::ragged_columns);
    to.contig = columns[0];
    to.columns = k_columns;
    if (!is_contig_name(to.contig)) return Problem::bad_contig_name;
    const std::optional<std::int64_t> first = parse_position(columns[3]);
    if (!first) return position_problem(columns[3]);
    const std::optional<std::int64_t> last = parse_position(columns[4]);
    if (!last) return position_problem(columns[4]);
    if (*first == 0) return Problem::start_zero;
    if (*first > *last) return Problem::start_after_end;
    constexpr std::string_view k_strands = "+-.?";
    if (columns[6].size() != 1 || k_strands.find(columns[6][0]) == std::string_view::npos)
      return Problem::bad_value;
    to.begin = *first - 1;
    to.end = *last;
    return std::nullopt;
  }

  std::string make_header(std::span<const std::string> lines) const override {
    std::vector<std::string> ordered(lines.begin(), lines.end());
    std::stable_partition(ordered.begin(), ordered.end(), [](const std::string& line) {
      return line.starts_with("##gff-version");
    });
    return LineParser::make_header(ordered);
  }

  Ties ties() const override { return Ties::by_group; }

  /// Parents before children, longer before shorter, then input order (3.5 of the preprocess
  /// design).
  void order_group(std::span<TiedRecord> group) const override {
    const Depths depths(group);
    std::vector<std::size_t> order(group.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (depths[a] != depths[b]) return depths[a] < depths[b];
      return group[a].span > group[b].span;
    });
    std::vector<TiedRecord> sorted;
    sorted.reserve(group.size());
    for (const std::size_t index : order) sorted.push_back(group[index]);
    std::copy(sorted.begin(), sorted.end(), group.begin());
  }

  IndexPreset preset() const override { return IndexPreset::gff; }
  bool may_be_empty() const override { return false; }
  bool declares_contigs() const override { return false; }
  bool wants_even_columns() const override { return false; }
};

}  // namespace

std::unique_ptr<LineParser> make_gff_parser() {
  return std::make_unique<GffParser>();
}

}  // namespace weir::genomics
