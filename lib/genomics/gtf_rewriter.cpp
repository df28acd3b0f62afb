#include "genomics/gtf_rewriter.hpp"

#include "base/text.hpp"
#include "genomics/line_parser.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_map>

namespace weir::genomics {
namespace {

constexpr std::size_t k_columns = 9;

/// The columns of a feature line with whole-number coordinates.
struct Feature {
  std::array<std::string_view, k_columns> columns;
  std::string_view extra;  ///< beyond the ninth; without data when there is none
  std::int64_t start = 0;
  std::int64_t end = 0;

  [[nodiscard]] std::string_view sequence() const { return columns[0]; }
  [[nodiscard]] std::string_view type() const { return columns[2]; }
};

std::optional<Feature> feature_of(std::string_view line) {
  if (line.starts_with('#') || line.starts_with('>')) return std::nullopt;
  Feature feature;
  std::string_view rest = line;
  for (std::size_t i = 0; i < k_columns; ++i) {
    // The attributes may be left out, as in GFF2.
    if (rest.data() == nullptr && i + 1 < k_columns) return std::nullopt;
    feature.columns[i] = take_column(rest);
  }
  feature.extra = rest;
  const std::optional<std::int64_t> start = parse_position(feature.columns[3]);
  const std::optional<std::int64_t> end = parse_position(feature.columns[4]);
  if (!start || !end || *start > *end) return std::nullopt;
  feature.start = *start;
  feature.end = *end;
  return feature;
}

/// GFF3's escapes in column nine: what separates there, and control characters.
void append_escaped(std::string_view value, std::string& to) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool special = c == ';' || c == '=' || c == '&' || c == ',' || c == '%';
    if (special || byte < ' ' || byte == 0x7f) {
      fmt::format_to(std::back_inserter(to), "%{:02X}", byte);
    } else {
      to += c;
    }
  }
}

std::string_view value_of(const std::vector<GtfAttribute>& attributes, std::string_view key) {
  for (const GtfAttribute& attribute : attributes) {
    if (attribute.key == key) return attribute.value;
  }
  return {};
}

/// ID and Parent are ours; a key of that name keeps its value under another.
std::string_view renamed(std::string_view key) {
  if (key == "ID") return "gtf_ID";
  if (key == "Parent") return "gtf_Parent";
  return key;
}

/// A gene or transcript as far as its lines have told.
struct Group {
  std::string sequence;
  std::string id;      ///< as in the ID attribute, escaped
  std::string name;    ///< as in gene_id or transcript_id
  std::string parent;  ///< transcripts: the gene's ID
  std::string gene;    ///< transcripts: the gene_id
  std::string source;
  std::string strand;
  std::int64_t start = std::numeric_limits<std::int64_t>::max();
  std::int64_t end = 0;
  bool has_line = false;
  bool has_cds = false;
};

/// Genes or transcripts by sequence and name, in order of first appearance.
class Groups {
 public:
  Group& find(const Feature& feature, std::string_view name) {
    key_.assign(feature.sequence()).append("\t").append(name);
    const auto [entry, fresh] = places_.try_emplace(key_, groups_.size());
    if (!fresh) return groups_[entry->second];
    Group& group = groups_.emplace_back();
    group.sequence = feature.sequence();
    group.name = name;
    append_escaped(name, group.id);
    // The same name on another sequence is another feature (genes on both X and Y).
    if (!sequences_.try_emplace(std::string(name), group.sequence).second) {
      group.id += '.';
      append_escaped(group.sequence, group.id);
    }
    group.source = feature.columns[1];
    group.strand = feature.columns[6];
    return group;
  }
  [[nodiscard]] const std::vector<Group>& all() const { return groups_; }

 private:
  std::string key_;
  std::unordered_map<std::string, std::size_t> places_;
  std::unordered_map<std::string, std::string> sequences_;  ///< of the first group of a name
  std::vector<Group> groups_;
};

void widen(Group& group, const Feature& feature) {
  group.start = std::min(group.start, feature.start);
  group.end = std::max(group.end, feature.end);
}

class GtfRewriter final : public LineRewriter {
 public:
  explicit GtfRewriter(StopCodons stops) : stops_(std::move(stops)) {}

  void rewrite(std::string_view line, ProblemPlace, std::string& to) override {
    std::optional<Feature> feature = feature_of(line);
    if (!feature || !split_gtf_attributes(feature->columns[8], attributes_)) {
      to += line;
      return;
    }
    for (std::size_t i = 0; i + 1 < k_columns; ++i) {
      if (i == 3 || i == 4) {
        if (i == 3) append_coordinates(*feature, to);
        continue;
      }
      to.append(feature->columns[i]).append("\t");
    }
    const std::size_t begin = to.size();
    append_links(*feature, to);
    append_attributes(to, begin);
    if (to.size() == begin) to += '.';
    if (feature->extra.data() != nullptr) to.append("\t").append(feature->extra);
  }

  void finish(std::string& to) override {
    for (const Group& group : genes_.all()) {
      if (!group.has_line) append_inferred(group, "gene", "gene_id", to);
    }
    for (const Group& group : transcripts_.all()) {
      if (!group.has_line)
        append_inferred(group, group.has_cds ? "mRNA" : "transcript", "transcript_id", to);
    }
  }

  const ProblemTally& tally() const override { return tally_; }

 private:
  /// Columns four and five; a CDS that its stop codon touches takes it in when asked for.
  void append_coordinates(const Feature& feature, std::string& to) const {
    std::int64_t start = feature.start;
    std::int64_t end = feature.end;
    if (!stops_.empty() && feature.type() == "CDS") {
      const auto stop = stops_.find(
          fmt::format("{}\t{}", feature.sequence(), value_of(attributes_, "transcript_id")));
      if (stop != stops_.end()) {
        if (feature.columns[6] == "-" && stop->second.second + 1 == start)
          start = stop->second.first;
        if (feature.columns[6] != "-" && stop->second.first == end + 1) end = stop->second.second;
      }
    }
    fmt::format_to(std::back_inserter(to), "{}\t{}\t", start, end);
  }

  void append_links(const Feature& feature, std::string& to) {
    const std::string_view gene_name = value_of(attributes_, "gene_id");
    const std::string_view transcript_name = value_of(attributes_, "transcript_id");
    Group* const gene = gene_name.empty() ? nullptr : &genes_.find(feature, gene_name);
    if (gene != nullptr) widen(*gene, feature);
    if (feature.type() == "gene" && gene != nullptr) {
      gene->has_line = true;
      append_pair("ID", gene->id, to);
      append_name("gene_name", to);
      return;
    }
    if (transcript_name.empty()) {
      if (gene != nullptr) append_pair("Parent", gene->id, to);
      return;
    }
    Group& transcript = transcripts_.find(feature, transcript_name);
    widen(transcript, feature);
    if (gene != nullptr && transcript.parent.empty()) {
      transcript.parent = gene->id;
      transcript.gene = gene_name;
    }
    if (feature.type() == "transcript" || feature.type() == "mRNA") {
      transcript.has_line = true;
      append_pair("ID", transcript.id, to);
      if (gene != nullptr) append_pair("Parent", gene->id, to);
      append_name("transcript_name", to);
      return;
    }
    transcript.has_cds = transcript.has_cds || feature.type() == "CDS";
    const std::string_view exon = value_of(attributes_, "exon_id");
    if (feature.type() == "exon" && !exon.empty()) {
      // One exon of several transcripts is as many features in GTF.
      std::string id;
      append_escaped(exon, id);
      append_pair("ID", id + '.' + transcript.id, to);
    }
    append_pair("Parent", transcript.id, to);
  }

  static void append_pair(std::string_view key, std::string_view escaped, std::string& to) {
    if (to.back() != '\t') to += ';';
    to.append(key).append("=").append(escaped);
  }

  /// What browsers show.
  void append_name(std::string_view key, std::string& to) const {
    const std::string_view name = value_of(attributes_, key);
    if (name.empty() || !value_of(attributes_, "Name").empty()) return;
    std::string escaped;
    append_escaped(name, escaped);
    append_pair("Name", escaped, to);
  }

  /// All of the line's attributes; repeats join the first of their key.
  void append_attributes(std::string& to, std::size_t begin) const {
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      const std::string_view key = attributes_[i].key;
      const auto same = [&](const GtfAttribute& other) { return other.key == key; };
      const auto here = attributes_.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::find_if(attributes_.begin(), here, same) != here) continue;
      if (to.size() > begin) to += ';';
      append_escaped(renamed(key), to);
      to += '=';
      append_escaped(attributes_[i].value, to);
      for (auto next = here + 1; next != attributes_.end(); ++next) {
        if (!same(*next)) continue;
        to += ',';
        append_escaped(next->value, to);
      }
    }
  }

  static void append_inferred(const Group& group, std::string_view type, std::string_view key,
                              std::string& to) {
    fmt::format_to(std::back_inserter(to), "{}\t{}\t{}\t{}\t{}\t.\t{}\t.\tID={}", group.sequence,
                   group.source, type, group.start, group.end, group.strand, group.id);
    if (!group.parent.empty()) to.append(";Parent=").append(group.parent);
    if (!group.gene.empty()) {
      to += ";gene_id=";
      append_escaped(group.gene, to);
    }
    to.append(";").append(key).append("=");
    append_escaped(group.name, to);
    to += ";weir_inferred=1\n";
  }

  StopCodons stops_;
  Groups genes_;
  Groups transcripts_;
  std::vector<GtfAttribute> attributes_;
  ProblemTally tally_;
};

/// Notes stop codons and gives nothing.
class StopCollector final : public LineRewriter {
 public:
  explicit StopCollector(StopCodons& stops) : stops_(stops) {}

  void rewrite(std::string_view line, ProblemPlace, std::string&) override {
    const std::optional<Feature> feature = feature_of(line);
    if (!feature || feature->type() != "stop_codon" ||
        !split_gtf_attributes(feature->columns[8], attributes_))
      return;
    const std::string_view transcript = value_of(attributes_, "transcript_id");
    if (transcript.empty()) return;
    const auto [entry, fresh] = stops_.try_emplace(
        fmt::format("{}\t{}", feature->sequence(), transcript), feature->start, feature->end);
    if (fresh) return;
    // A codon that an intron divides comes in parts; only a whole one can touch its CDS.
    entry->second = {-2, -2};
  }
  const ProblemTally& tally() const override { return tally_; }

 private:
  StopCodons& stops_;
  std::vector<GtfAttribute> attributes_;
  ProblemTally tally_;
};

/// Passes on what another loader gives without owning it.
class Borrowed final : public Loader {
 public:
  explicit Borrowed(Loader& inner) : inner_(inner) {}
  std::size_t load(std::uint8_t* to, std::size_t room) override { return inner_.load(to, room); }
  std::uint64_t source_position() const override { return inner_.source_position(); }
  const ProblemTally& tally() const override { return inner_.tally(); }

 private:
  Loader& inner_;
};

}  // namespace

bool split_gtf_attributes(std::string_view text, std::vector<GtfAttribute>& to) {
  to.clear();
  text = base::trim(text);
  if (text == ".") return true;
  while (!text.empty()) {
    if (text.front() == '#') return true;  // a comment may follow
    const std::size_t blank = text.find_first_of(" \t");
    if (blank == std::string_view::npos || blank == 0) return false;
    GtfAttribute attribute;
    attribute.key = text.substr(0, blank);
    if (attribute.key.find_first_of("\";=,") != std::string_view::npos) return false;
    text = base::trim(text.substr(blank));
    if (text.starts_with('"')) {
      const std::size_t quote = text.find('"', 1);
      if (quote == std::string_view::npos) return false;
      attribute.value = text.substr(1, quote - 1);
      text = base::trim(text.substr(quote + 1));
      if (!text.empty() && text.front() != ';' && text.front() != '#') return false;
    } else {
      const std::size_t end = std::min(text.find(';'), text.size());
      attribute.value = base::trim(text.substr(0, end));
      text.remove_prefix(end);
    }
    to.push_back(attribute);
    while (!text.empty() && (text.front() == ';' || text.front() == ' ')) text.remove_prefix(1);
  }
  return true;
}

StopCodons collect_stop_codons(Loader& text) {
  StopCodons stops;
  const std::unique_ptr<Loader> reader = make_rewriting_loader(
      std::make_unique<Borrowed>(text), std::make_unique<StopCollector>(stops), {});
  std::vector<std::uint8_t> nothing(k_load_room_min);
  while (reader->load(nothing.data(), nothing.size()) > 0) {
  }
  return stops;
}

std::unique_ptr<LineRewriter> make_gtf_rewriter(StopCodons stops) {
  return std::make_unique<GtfRewriter>(std::move(stops));
}

}  // namespace weir::genomics
