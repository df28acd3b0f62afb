#include "genome.hpp"

#include <algorithm>
#include <cstdarg>
#include <utility>
#include <vector>

namespace weir::bench {
namespace {

long long ll(std::int64_t value) {
  return static_cast<long long>(value);
}

[[gnu::format(printf, 1, 2)]] std::string print(const char* format, ...) {
  std::array<char, 160> text{};
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  return text.data();
}

struct Exon {
  std::int64_t begin, end;  ///< 1-based, closed
};

struct Attribute {
  const char* key;
  std::string value;
};

/// Prints the features of one gene after another, in the attributes of either dialect.
class GeneWriter {
 public:
  GeneWriter(std::int64_t lines, bool gtf) : lines_(lines), gtf_(gtf) {}

  void write_all() {
    while (lines_ > 0) write_gene();
  }

 private:
  void line(const char* kind, const Exon& place, const char* phase,
            const std::vector<Attribute>& attributes) {
    if (lines_-- <= 0) return;
    std::printf("%s\t%s\t%s\t%lld\t%lld\t.\t%c\t%s\t", contig_, source_, kind, ll(place.begin),
                ll(place.end), strand_, phase);
    const char* between = "";
    for (const auto& [key, value] : attributes) {
      const bool links = key == std::string_view("ID") || key == std::string_view("Parent");
      if (value.empty() || (gtf_ && links)) continue;
      const bool bare = key == std::string_view("level") || key == std::string_view("exon_number");
      std::printf(!gtf_  ? "%s%s=%s"
                  : bare ? "%s%s %s;"
                         : "%s%s \"%s\";",
                  between, key, value.c_str());
      between = gtf_ ? " " : ";";
    }
    std::putchar('\n');
  }

  void write_gene() {
    ++gene_;
    const Place place = random_place(random_, 2000000);
    const bool coding = random_.chance(0.45);
    static constexpr std::array<const char*, 5> k_types = {"lncRNA", "processed_pseudogene",
                                                           "snRNA", "miRNA", "misc_RNA"};
    contig_ = k_contigs[place.contig].name;
    source_ = random_.chance(0.8) ? "HAVANA" : "ENSEMBL";
    strand_ = random_.chance(0.5) ? '+' : '-';
    type_ = coding ? "protein_coding" : k_types[static_cast<std::size_t>(random_.below(5))];
    std::vector<Exon> exons;
    std::int64_t at = place.position;
    const auto count = 1 + static_cast<std::int64_t>(random_.exponential(coding ? 7.7 : 1.4));
    for (std::int64_t i = 0; i < count; ++i) {
      const auto length = 40 + static_cast<std::int64_t>(random_.exponential(154));
      exons.push_back({at, at + length - 1});
      at += length + 80 + static_cast<std::int64_t>(random_.exponential(2200));
    }
    id_ = print("ENSG%011lld.%lld", ll(100000 + gene_ * 7), ll(1 + gene_ % 14));
    name_.clear();
    for (int i = 0; i < 3; ++i) name_ += static_cast<char>('A' + random_.below(24));
    name_ += std::to_string(random_.below(400));
    level_ = std::to_string(1 + random_.below(3));
    line("gene", {exons.front().begin, exons.back().end}, ".",
         {{"ID", id_},
          {"gene_id", id_},
          {"gene_type", type_},
          {"gene_name", name_},
          {"level", level_},
          {"hgnc_id", coding ? print("HGNC:%lld", ll(random_.below(60000))) : ""},
          {"havana_gene", print("OTTHUMG%011lld.%lld", ll(gene_ * 3), ll(1 + gene_ % 9))}});
    // Identities leave room for so many: a reader such as gt refuses one that stands for two.
    constexpr std::int64_t k_transcripts_max = 31;
    const auto transcripts = std::min(
        k_transcripts_max, 1 + static_cast<std::int64_t>(random_.exponential(coding ? 3.6 : 0.9)));
    for (std::int64_t i = 0; i < transcripts; ++i) write_transcript(i, exons, coding);
  }

  void write_transcript(std::int64_t number, const std::vector<Exon>& all, bool coding) {
    std::vector<Exon> exons;
    for (const Exon& exon : all)
      if (number == 0 || random_.chance(0.72)) exons.push_back(exon);
    if (exons.empty()) exons.push_back(all.front());
    const std::int64_t serial = gene_ * 31 + number;
    const std::string id = print("ENST%011lld.%lld", ll(200000 + serial), ll(1 + serial % 11));
    const std::vector<Attribute> common = {
        {"gene_id", id_},           {"transcript_id", id},
        {"gene_type", type_},       {"gene_name", name_},
        {"transcript_type", type_}, {"transcript_name", name_ + print("-%lld", ll(201 + number))},
        {"level", level_}};
    const std::vector<Attribute> tail = {
        {"transcript_support_level", std::to_string(1 + random_.below(5))},
        {"tag", number == 0 ? "basic" : ""},
        {"havana_transcript", print("OTTHUMT%011lld.%lld", ll(serial), ll(1 + number % 3))}};
    const auto with = [&](std::vector<Attribute> first, std::vector<Attribute> middle) {
      for (const std::vector<Attribute>* part : {&common, &std::as_const(middle), &tail})
        first.insert(first.end(), part->begin(), part->end());
      return first;
    };
    line("transcript", {exons.front().begin, exons.back().end}, ".",
         with({{"ID", id}, {"Parent", id_}}, {}));
    if (strand_ == '-') std::reverse(exons.begin(), exons.end());
    const std::string protein = print("ENSP%011lld.%lld", ll(serial * 11), ll(1 + number % 4));
    const auto part_of = [&](const char* kind, const char* prefix, std::size_t i,
                             const char* phase) {
      line(kind, exons[i], phase,
           with({{"ID", prefix + id + print(":%zu", i + 1)}, {"Parent", id}},
                {{"exon_number", std::to_string(i + 1)},
                 {"exon_id",
                  print("ENSE%011lld.%zu", ll(300000 + exons[i].begin % 90000000), 1 + i % 3)},
                 {"protein_id", coding ? protein : ""}}));
    };
    for (std::size_t i = 0; i < exons.size(); ++i) part_of("exon", "exon:", i, ".");
    if (!coding) return;
    static constexpr std::array<const char*, 3> k_phases = {"0", "1", "2"};
    std::int64_t coded = 0;
    for (std::size_t i = 0; i < exons.size(); ++i) {
      part_of("CDS", "CDS:", i, k_phases[static_cast<std::size_t>((3 - coded % 3) % 3)]);
      coded += exons[i].end - exons[i].begin + 1;
    }
    part_of("five_prime_UTR", "UTR5:", 0, ".");
    part_of("three_prime_UTR", "UTR3:", exons.size() - 1, ".");
  }

  Random random_{13};
  std::int64_t lines_;
  bool gtf_;
  std::int64_t gene_ = 0;
  const char* contig_ = "";
  const char* source_ = "";
  const char* type_ = "";
  char strand_ = '+';
  std::string id_, name_, level_;
};

}  // namespace

/// Peaks of all lengths in random order: BED with six columns.
void write_intervals(std::int64_t lines) {
  Random random(12);
  for (std::int64_t i = 1; i <= lines; ++i) {
    const Place place = random_place(random, 10000);
    const auto length = 20 + static_cast<std::int64_t>(random.exponential(250));
    const std::int64_t score = random.chance(0.7) ? random.below(1000) : 1000;
    std::printf("%s\t%lld\t%lld\tpeak_%lld\t%lld\t%c\n", k_contigs[place.contig].name,
                ll(place.position), ll(place.position + length), ll(i), ll(score),
                random.chance(0.5) ? '+' : '-');
  }
}

/// Gene models as annotation databases ship them: genes in random order, the lines of one together.
void write_genes(std::int64_t lines, bool gtf) {
  if (!gtf) std::fputs("##gff-version 3\n", stdout);
  GeneWriter(lines, gtf).write_all();
}

}  // namespace weir::bench
