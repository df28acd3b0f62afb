// VCF lines (VCF 4.x specification, sections 1.4 to 1.6; span as in 3.5 of the preprocess design:
// the largest of POS + len(REF) - 1, INFO/END and, for symbolic alleles, SVLEN).
#include "base/text.hpp"
#include "genomics/contig_table.hpp"
#include "genomics/line_parser.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace weir::genomics {
namespace {

constexpr std::size_t k_fixed_columns = 8;
constexpr std::string_view k_column_line = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

/// The value of `key` (with its '=') in an INFO column, or nothing.
std::optional<std::string_view> info_value(std::string_view info, std::string_view key) {
  for (std::size_t at = info.find(key); at != std::string_view::npos; at = info.find(key, at + 1)) {
    if (at != 0 && info[at - 1] != ';') continue;
    const std::string_view rest = info.substr(at + key.size());
    return rest.substr(0, rest.find(';'));
  }
  return std::nullopt;
}

/// Length that symbolic deletions, duplications and inversions claim: the largest |SVLEN|.
std::int64_t symbolic_length(std::string_view alt, std::string_view info) {
  if (alt.find('<') == std::string_view::npos || alt.find("<INS") != std::string_view::npos)
    return 0;
  const std::optional<std::string_view> value = info_value(info, "SVLEN=");
  if (!value) return 0;
  std::int64_t longest = 0;
  for (std::string_view part : base::split(*value, ',')) {
    if (part.starts_with('-')) part.remove_prefix(1);
    longest = std::max(longest, parse_position(part).value_or(0));
  }
  return longest;
}

/// Whether a sample's genotype, which comes first, is written with digits, '.', '/' and '|' only.
bool has_valid_genotype(std::string_view sample) {
  for (const char c : sample) {
    if (c == ':') break;
    if ((c < '0' || c > '9') && c != '/' && c != '|' && c != '.') return false;
  }
  return true;
}

/// What stands behind the fixed columns.
struct Samples {
  std::size_t columns = 0;  ///< FORMAT and one for each sample
  bool genotypes_are_valid = true;
};

/// `rest` begins with FORMAT.
Samples look_at_samples(std::string_view rest) {
  Samples found;
  if (rest.data() == nullptr) return found;
  const std::string_view format = take_column(rest);
  const bool has_genotypes = format == "GT" || format.starts_with("GT:");
  for (found.columns = 1; rest.data() != nullptr; ++found.columns) {
    const std::string_view sample = take_column(rest);
    if (has_genotypes && !has_valid_genotype(sample)) found.genotypes_are_valid = false;
  }
  return found;
}

/// Order of alleles as bcftools sort has it: REF, then each ALT, without regard to case; fewer
/// first.
int compare_alleles(std::string_view a, std::string_view b) {
  const auto alleles_of = [](std::string_view line) {
    for (int column = 0; column < 3; ++column) take_column(line);
    const std::string_view ref = take_column(line);
    std::vector<std::string> alleles{base::to_lower_ascii(ref)};
    const std::string_view alt = take_column(line);
    if (alt != ".") {
      for (const std::string_view allele : base::split(alt, ','))
        alleles.push_back(base::to_lower_ascii(allele));
    }
    return alleles;
  };
  const std::vector<std::string> first = alleles_of(a);
  const std::vector<std::string> second = alleles_of(b);
  return first < second ? -1 : first == second ? 0 : 1;
}

class VcfParser final : public LineParser {
 public:
  explicit VcfParser(VariantTies ties) : ties_(ties) {}

  SideLine side_line(std::string_view line, bool in_header) const override {
    if (!line.starts_with('#')) return SideLine::none;
    if (in_header) return SideLine::header;
    return line.starts_with("#CHROM") || line.starts_with("##fileformat") ? SideLine::refuse
                                                                          : SideLine::drop_comment;
  }

  void read_header(std::span<const std::string> lines, ContigTable& contigs,
                   const std::string& file) override {
    if (lines.empty() || !lines.front().starts_with("##fileformat=VCF")) {
      throw problem_error(Problem::no_vcf_header, file, "the first line is not ##fileformat=VCF…",
                          {.line = 1});
    }
    for (const std::string& line : lines) {
      if (const std::optional<std::string_view> name = declared_contig(line))
        contigs.identify(*name);
    }
    const auto line_number = static_cast<std::int64_t>(lines.size());
    if (!lines.back().starts_with("#CHROM")) {
      throw problem_error(Problem::no_vcf_header, file, "no #CHROM line before the first record",
                          {.line = line_number + 1});
    }
    check_column_line(lines.back(), file, line_number);
  }

  std::optional<Problem> parse(std::string_view line, ParsedLine& to) const override {
    std::string_view rest = line;
    to.contig = take_column(rest);
    const std::string_view position = take_column(rest);
    take_column(rest);  // ID
    const std::string_view ref = take_column(rest);
    const std::string_view alt = take_column(rest);
    take_column(rest);  // QUAL
    take_column(rest);  // FILTER
    if (rest.data() == nullptr) return column_problem(line, k_fixed_columns);
    const std::string_view info = take_column(rest);
    const Samples samples = look_at_samples(rest);
    to.columns = k_fixed_columns + samples.columns;
    if (to.columns != columns_) return Problem::bad_columns;
    const std::optional<std::int64_t> pos = parse_position(position);
    if (!pos) return position_problem(position);
    if (ref.empty() || alt.empty() || info.empty() || !samples.genotypes_are_valid)
      return Problem::bad_value;
    // POS 0 means the telomere; its place in 0-based coordinates is -1, which indexes cannot hold.
    to.begin = std::max<std::int64_t>(*pos - 1, 0);
    to.end = to.begin + static_cast<std::int64_t>(ref.size());
    if (const std::optional<std::string_view> value = info_value(info, "END=")) {
      const std::optional<std::int64_t> end = parse_position(*value);
      if (!end || *end < *pos) {
        to.warn(Problem::end_before_pos);
      } else {
        to.end = std::max(to.end, *end);
      }
    }
    to.end = std::max(to.end, to.begin + 1 + symbolic_length(alt, info));
    return std::nullopt;
  }

  void declare(std::span<const std::string> names, std::vector<std::string>& lines) const override {
    std::vector<std::string> added;
    for (const std::string& name : names) added.push_back("##contig=<ID=" + name + ">");
    lines.insert(lines.end() - 1, added.begin(), added.end());  // above #CHROM
  }

  Ties ties() const override {
    return ties_ == VariantTies::alleles ? Ties::by_group : Ties::input_order;
  }
  void order_group(std::span<TiedRecord> group) const override {
    std::stable_sort(group.begin(), group.end(), [](const TiedRecord& a, const TiedRecord& b) {
      return compare_alleles(a.bytes, b.bytes) < 0;
    });
  }
  IndexPreset preset() const override { return IndexPreset::vcf; }
  bool may_be_empty() const override { return true; }
  bool declares_contigs() const override { return true; }
  bool wants_even_columns() const override { return false; }

 private:
  void check_column_line(const std::string& line, const std::string& file, std::int64_t number) {
    const ProblemPlace place{.line = number};
    if (!line.starts_with(k_column_line)) {
      throw problem_error(Problem::bad_vcf_header, file,
                          "its first eight columns must be " + std::string(k_column_line), place);
    }
    const std::vector<std::string_view> columns = base::split(line, '\t');
    columns_ = columns.size();
    if (columns_ > k_fixed_columns && columns[k_fixed_columns] != "FORMAT") {
      throw problem_error(Problem::bad_vcf_header, file, "column 9 must be FORMAT", place);
    }
    std::set<std::string_view> samples;
    for (std::size_t i = k_fixed_columns + 1; i < columns_; ++i) {
      if (columns[i].empty() || columns[i].back() == ' ') {
        throw problem_error(Problem::bad_vcf_header, file,
                            "a sample name is empty or ends in a blank", place);
      }
      if (!samples.insert(columns[i]).second) {
        throw problem_error(Problem::bad_vcf_header, file,
                            fmt::format("sample '{}' twice", columns[i]), place);
      }
    }
  }

  VariantTies ties_;
  std::size_t columns_ = 0;
};

}  // namespace

std::optional<std::string_view> declared_contig(std::string_view line) {
  constexpr std::string_view k_start = "##contig=<";
  if (!line.starts_with(k_start)) return std::nullopt;
  std::string_view rest = line.substr(k_start.size());
  const std::size_t at = rest.starts_with("ID=") ? 0 : rest.find(",ID=");
  if (at == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(at + (at == 0 ? 3 : 4));
  return rest.substr(0, rest.find_first_of(",>"));
}

std::unique_ptr<LineParser> make_vcf_parser(VariantTies ties) {
  return std::make_unique<VcfParser>(ties);
}

}  // namespace weir::genomics
