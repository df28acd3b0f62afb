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

/// What the order of features that start at one place depends on.
struct Feature {
  std::string_view id;
  std::string_view parent;  ///< the first one
  int type_depth = 0;
  int depth = -1;
};

/// Depth of a feature type where no Parent tells it: gene, transcript, exon, CDS and below.
int depth_of_type(std::string_view type) {
  if (type.ends_with("gene")) return 0;
  if (type == "transcript" || type.ends_with("RNA") || type.ends_with("_transcript")) return 1;
  if (type == "exon") return 2;
  if (type == "CDS" || type.ends_with("UTR")) return 3;
  if (type.ends_with("codon")) return 4;
  return 0;
}

/// Of the attributes of GFF3, "key=value" with semicolons between, only the two that link features;
/// those of GTF have none.
Feature parse_feature(std::string_view line, GffKind kind) {
  Feature feature;
  take_column(line);
  take_column(line);
  feature.type_depth = depth_of_type(take_column(line));
  if (kind == GffKind::gtf) return feature;
  for (std::size_t i = 3; i + 1 < k_columns; ++i) take_column(line);
  std::string_view rest = take_column(line);
  while (!rest.empty() && (feature.id.empty() || feature.parent.empty())) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view part = base::trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (feature.id.empty() && part.starts_with("ID=")) {
      feature.id = part.substr(3);
    } else if (feature.parent.empty() && part.starts_with("Parent=")) {
      const std::string_view parents = part.substr(7);
      feature.parent = parents.substr(0, parents.find(','));
    }
  }
  return feature;
}

/// Finds features of a group by ID; the first one counts.
class FeatureIds {
 public:
  explicit FeatureIds(std::span<const Feature> features) : features_(features) {
    if (features.size() <= k_few) return;
    for (std::size_t i = 0; i < features.size(); ++i)
      if (!features[i].id.empty()) by_id_.emplace(features[i].id, i);
  }
  /// The number of features when there is none.
  [[nodiscard]] std::size_t find(std::string_view id) const {
    if (id.empty()) return features_.size();
    if (features_.size() > k_few) {
      const auto found = by_id_.find(id);
      return found == by_id_.end() ? features_.size() : found->second;
    }
    for (std::size_t i = 0; i < features_.size(); ++i)
      if (features_[i].id == id) return i;
    return features_.size();
  }

 private:
  static constexpr std::size_t k_few = 24;  // most groups: comparing is faster than a table
  std::span<const Feature> features_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
};

/// Sets the depths by Parent links inside one group.
void find_depths(std::span<Feature> features) {
  constexpr std::size_t k_chain_max = 64;
  constexpr int k_in_progress = -2;
  const FeatureIds ids(features);
  std::array<std::size_t, k_chain_max> chain;
  for (std::size_t first = 0; first < features.size(); ++first) {
    // Up the chain of parents, then back; a cycle counts as no parent.
    std::size_t length = 0;
    std::size_t at = first;
    while (at < features.size() && features[at].depth == -1 && length < chain.size()) {
      features[at].depth = k_in_progress;
      chain[length++] = at;
      at = ids.find(features[at].parent);
    }
    int above = at < features.size() ? std::max(features[at].depth, -1) : -1;
    while (length > 0) {
      Feature& feature = features[chain[--length]];
      feature.depth = std::max(above + 1, feature.type_depth);
      above = feature.depth;
    }
  }
}

/// Whether column nine is of GFF3: "key=value" first, or nothing.
bool has_gff3_attributes(std::string_view attributes) {
  attributes = base::trim(attributes);
  if (attributes.empty() || attributes == ".") return true;
  const std::string_view key = attributes.substr(0, attributes.find_first_of("=;"));
  return key.size() < attributes.size() && attributes[key.size()] == '=' &&
         key.find_first_of(" \"") == std::string_view::npos;
}

class GffParser final : public LineParser {
 public:
  explicit GffParser(GffKind kind) : kind_(kind) {}

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
    const std::optional<std::int64_t> first = parse_position(columns[3]);
    if (!first) return position_problem(columns[3]);
    const std::optional<std::int64_t> last = parse_position(columns[4]);
    if (!last) return position_problem(columns[4]);
    if (*first == 0) return Problem::start_zero;
    if (*first > *last) return Problem::start_after_end;
    constexpr std::string_view k_strands = "+-.?";
    if (columns[6].size() != 1 || k_strands.find(columns[6][0]) == std::string_view::npos)
      return Problem::bad_value;
    if (kind_ != GffKind::gtf && !has_gff3_attributes(columns[8])) {
      if (kind_ == GffKind::from_gtf) return Problem::bad_value;
      to.warn(Problem::gff2_attributes);
    }
    to.begin = *first - 1;
    to.end = *last;
    return std::nullopt;
  }

  std::string make_header(std::span<const std::string> lines) const override {
    std::vector<std::string> ordered;
    if (kind_ == GffKind::from_gtf) ordered.emplace_back("##gff-version 3");
    for (const std::string& line : lines) {
      if (kind_ != GffKind::from_gtf || !line.starts_with("##gff-version")) ordered.push_back(line);
    }
    std::stable_partition(ordered.begin(), ordered.end(), [](const std::string& line) {
      return line.starts_with("##gff-version");
    });
    return LineParser::make_header(ordered);
  }

  Ties ties() const override { return Ties::by_group; }

  /// Parents before children, longer before shorter, then input order (3.5 of the preprocess
  /// design).
  void order_group(std::span<TiedRecord> group) const override {
    std::vector<Feature> features;
    features.reserve(group.size());
    for (const TiedRecord& record : group) features.push_back(parse_feature(record.bytes, kind_));
    find_depths(features);
    struct Place {
      int depth;
      std::uint32_t span;
      std::size_t index;
    };
    const auto before = [](const Place& a, const Place& b) {
      if (a.depth != b.depth) return a.depth < b.depth;
      return a.span != b.span ? a.span > b.span : a.index < b.index;
    };
    std::vector<Place> places;
    places.reserve(group.size());
    for (std::size_t i = 0; i < group.size(); ++i)
      places.push_back({features[i].depth, group[i].span, i});
    if (std::is_sorted(places.begin(), places.end(), before)) return;
    std::sort(places.begin(), places.end(), before);
    const std::vector<TiedRecord> as_it_was(group.begin(), group.end());
    for (std::size_t i = 0; i < group.size(); ++i) group[i] = as_it_was[places[i].index];
  }

  IndexPreset preset() const override { return IndexPreset::gff; }
  bool may_be_empty() const override { return false; }
  bool declares_contigs() const override { return false; }
  bool wants_even_columns() const override { return false; }
  bool lines_repeat() const override { return true; }

 private:
  GffKind kind_;
};

}  // namespace

std::unique_ptr<LineParser> make_gff_parser(GffKind kind) {
  return std::make_unique<GffParser>(kind);
}

}  // namespace weir::genomics
