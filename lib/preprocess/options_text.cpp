#include "preprocess/internal/options_text.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace weir::preprocess {
namespace {

using genomics::ContigOrder;
using genomics::TableColumns;
using nlohmann::json;

constexpr std::array<std::pair<ContigOrder, const char*>, 3> k_contig_orders{
    {{ContigOrder::bytes, "bytes"},
     {ContigOrder::natural, "natural"},
     {ContigOrder::listed, "listed"}}};

const char* word_of(ContigOrder order) {
  for (const auto& [value, word] : k_contig_orders) {
    if (value == order) return word;
  }
  return "bytes";
}

ContigOrder parse_contig_order(const std::string& text) {
  for (const auto& [value, word] : k_contig_orders) {
    if (text == word) return value;
  }
  throw Error(ErrorKind::failed,
              fmt::format("the job's record holds an order of contigs, '{}', that this weir does "
                          "not know",
                          text))
      .with_code("bad_request");
}

json json_of(const TableColumns& columns) {
  return {{"sequence", columns.sequence},
          {"begin", columns.begin},
          {"end", columns.end},
          {"zero_based", columns.zero_based},
          {"comment", int{columns.comment}},
          {"skip", columns.skip}};
}

TableColumns parse_table_columns(const json& object) {
  TableColumns columns;
  columns.sequence = object.at("sequence").get<std::string>();
  columns.begin = object.at("begin").get<std::string>();
  columns.end = object.at("end").get<std::string>();
  columns.zero_based = object.at("zero_based").get<bool>();
  columns.comment = static_cast<char>(object.at("comment").get<int>());
  columns.skip = object.at("skip").get<std::int64_t>();
  return columns;
}

}  // namespace

json json_of(const genomics::FormatOptions& options) {
  json object{{"keep_gtf", options.keep_gtf},
              {"cds_includes_stop", options.cds_includes_stop},
              {"add_contigs", options.add_contigs},
              {"fix_swap", options.fix_swap},
              {"fix_spaces", options.fix_spaces},
              {"ties_by_alleles", options.ties == genomics::VariantTies::alleles},
              {"contigs", options.contigs},
              {"aliases", options.aliases},
              {"sam_header", options.sam_header},
              {"vcf_header", options.vcf_header},
              {"contigs_max", options.contigs_max}};
  if (options.contig_order.has_value()) object["contig_order"] = word_of(*options.contig_order);
  if (options.to.has_value()) object["to"] = genomics::name_of(*options.to);
  if (options.columns.has_value()) object["columns"] = json_of(*options.columns);
  if (!options.reference.empty())
    object["reference"] = std::filesystem::absolute(options.reference).string();
  return object;
}

genomics::FormatOptions parse_options(const json& object) {
  genomics::FormatOptions options;
  options.keep_gtf = object.value("keep_gtf", options.keep_gtf);
  options.cds_includes_stop = object.value("cds_includes_stop", options.cds_includes_stop);
  options.add_contigs = object.value("add_contigs", options.add_contigs);
  options.fix_swap = object.value("fix_swap", options.fix_swap);
  options.fix_spaces = object.value("fix_spaces", options.fix_spaces);
  if (object.value("ties_by_alleles", false)) options.ties = genomics::VariantTies::alleles;
  // Older records say "bytes" for the default, which is as good: the option was looked at before.
  const std::string order = object.value("contig_order", "bytes");
  if (order != "bytes") options.contig_order = parse_contig_order(order);
  options.contigs = object.value("contigs", options.contigs);
  options.aliases = object.value("aliases", options.aliases);
  options.sam_header = object.value("sam_header", options.sam_header);
  options.vcf_header = object.value("vcf_header", options.vcf_header);
  options.contigs_max = object.value("contigs_max", options.contigs_max);
  if (object.contains("to")) options.to = genomics::parse_format(object["to"].get<std::string>());
  if (object.contains("columns")) options.columns = parse_table_columns(object["columns"]);
  options.reference = object.value("reference", std::string());
  return options;
}

}  // namespace weir::preprocess
