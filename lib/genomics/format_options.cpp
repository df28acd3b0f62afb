#include "genomics/format_options.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "genomics/line_parser.hpp"

#include <fmt/format.h>
#include <functional>

namespace weir::genomics {
namespace {

[[noreturn]] void refuse(const std::string& file, std::int64_t line, const std::string& why) {
  throw Error(ErrorKind::usage, why).at({.file = file, .line = line});
}

/// Calls `take` for every line that is neither blank nor a comment.
void for_lines(std::string_view text,
               const std::function<void(std::string_view line, std::int64_t number)>& take) {
  std::int64_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!base::trim(line).empty() && !line.starts_with('#')) take(line, number);
  }
}

std::string joined(const std::map<std::string, std::string>& pairs) {
  std::string text;
  for (const auto& [from, to] : pairs) text += from + '\t' + to + '\n';
  return text;
}

std::string columns_text(const TableColumns& columns) {
  return fmt::format("{},{},{} {} comment {} skip {}", columns.sequence, columns.begin, columns.end,
                     columns.zero_based ? "zero-based" : "one-based", int{columns.comment},
                     columns.skip);
}

}  // namespace

std::map<std::string, std::string> parameters_of(const FormatOptions& options) {
  std::map<std::string, std::string> parameters;
  const auto flag = [&](bool set, const char* name) {
    if (set) parameters[name] = "yes";
  };
  const auto digest = [&](const std::string& text, const char* name) {
    if (!text.empty()) parameters[name] = base::sha256_hex(text);
  };
  flag(options.keep_gtf, "keep_gtf");
  flag(options.cds_includes_stop, "cds_includes_stop");
  flag(options.add_contigs, "add_contigs");
  flag(options.fix_swap, "fix_swap");
  flag(options.fix_spaces, "fix_spaces");
  if (options.to) parameters["to"] = name_of(*options.to);
  if (options.ties == VariantTies::alleles) parameters["ties"] = "alleles";
  if (options.contig_order == ContigOrder::natural) parameters["contig_order"] = "natural";
  if (options.contig_order == ContigOrder::listed)
    digest(base::join(options.contigs, "\n") + '\n', "contig_order");
  if (options.columns) parameters["columns"] = columns_text(*options.columns);
  digest(joined(options.aliases), "alias");
  digest(options.sam_header, "dict");
  digest(options.vcf_header, "header");
  return parameters;
}

std::string parse_dictionary(std::string_view text, const std::string& file) {
  std::string header;
  for_lines(text, [&](std::string_view line, std::int64_t number) {
    if (line.starts_with('@')) {
      header += std::string(line) + '\n';
      return;
    }
    std::string_view rest = line;
    const std::string name(take_column(rest));
    const std::string_view length = take_column(rest);
    if (name.empty() || !parse_whole_number(length))
      refuse(file, number, "neither a SAM header line nor a line of a FASTA index");
    header += fmt::format("@SQ\tSN:{}\tLN:{}\n", name, length);
  });
  if (header.empty()) refuse(file, 0, "no sequence in the dictionary");
  return header;
}

std::map<std::string, std::string> parse_aliases(std::string_view text, const std::string& file) {
  std::map<std::string, std::string> aliases;
  for_lines(text, [&](std::string_view line, std::int64_t number) {
    std::string_view rest = line;
    const std::string_view from = take_column(rest);
    const std::string_view to = take_column(rest);
    if (!is_contig_name(from) || !is_contig_name(to))
      refuse(file, number, "two names with a tab between are needed");
    if (!aliases.emplace(from, to).second)
      refuse(file, number, fmt::format("'{}' has two new names", base::printable(from)));
  });
  if (aliases.empty()) refuse(file, 0, "no names in the list of aliases");
  return aliases;
}

std::vector<std::string> parse_contig_list(std::string_view text, const std::string& file) {
  std::vector<std::string> names;
  for_lines(text, [&](std::string_view line, std::int64_t number) {
    const std::string_view name = take_column(line);
    if (!is_contig_name(name)) refuse(file, number, "not a usable sequence name");
    names.emplace_back(name);
  });
  if (names.empty()) refuse(file, 0, "no names in the list of contigs");
  return names;
}

TableColumns parse_columns(std::string_view text) {
  const std::vector<std::string_view> parts = base::split(text, ',');
  bool bad = parts.size() < 2 || parts.size() > 3;
  for (const std::string_view part : parts) bad = bad || base::trim(part).empty();
  if (bad) {
    throw Error(ErrorKind::usage, fmt::format("'{}' does not name columns", base::printable(text)))
        .with_hint("such as 1,2,3 or chrom,start,end");
  }
  TableColumns columns;
  columns.sequence = base::trim(parts[0]);
  columns.begin = base::trim(parts[1]);
  columns.end = parts.size() == 3 ? base::trim(parts[2]) : base::trim(parts[1]);
  return columns;
}

}  // namespace weir::genomics
