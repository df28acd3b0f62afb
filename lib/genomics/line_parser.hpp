#pragma once

#include "genomics/hts/index_builder.hpp"
#include "genomics/problem.hpp"
#include "genomics/record_format.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

class ContigTable;

/// One record line, as far as sorting and indexing need it. 0-based half-open.
struct ParsedLine {
  std::string_view contig;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::size_t columns = 0;
  std::uint64_t warnings = 0;  ///< bit 1 << Problem for each

  void warn(Problem problem) { warnings |= std::uint64_t{1} << static_cast<unsigned>(problem); }
};
static_assert(static_cast<unsigned>(Problem::gff2_attributes) < 64,
              "warnings are bits of one word");

/// What a line that is no record is for.
enum class SideLine {
  none,          ///< it is a record
  header,        ///< kept at the top of the artifact, wherever it stands
  comment_out,   ///< likewise, behind a '#' (`ucsc_lines`)
  drop,          ///< left out without a word
  drop_marker,   ///< left out (`gff_markers`)
  drop_comment,  ///< left out (`header_in_body`)
  end_of_data,   ///< nothing after it is a record (`embedded_fasta`)
  refuse,        ///< a second header
};

/// A text format whose records are lines. `parse` and `side_line` are called by several threads.
class LineParser {
 public:
  virtual ~LineParser() = default;
  /// For lines that may be no records; `in_header`: no record came before.
  [[nodiscard]] virtual SideLine side_line(std::string_view line, bool in_header) const = 0;
  /// Takes the header's lines in order, before any record. May declare contigs. Throws Error
  /// (`file` is the name in messages).
  virtual void read_header(std::span<const std::string> lines, ContigTable& contigs,
                           const std::string& file) = 0;
  /// A whole line without its end. The problem that refuses it, or nothing. The contig's name is
  /// not looked at (`is_contig_name`): who calls this meets the same one again and again.
  [[nodiscard]] virtual std::optional<Problem> parse(std::string_view line,
                                                     ParsedLine& to) const = 0;
  /// Adds declarations of contigs to header lines.
  virtual void declare(std::span<const std::string>, std::vector<std::string>&) const {}
  /// Finishes the header of the artifact from all kept lines.
  [[nodiscard]] virtual std::string make_header(std::span<const std::string> lines) const;
  [[nodiscard]] virtual Ties ties() const = 0;
  virtual void order_group(std::span<TiedRecord> group) const;
  [[nodiscard]] virtual IndexPreset preset() const = 0;
  [[nodiscard]] virtual bool may_be_empty() const = 0;
  /// Whether contigs that the header does not declare are worth a warning.
  [[nodiscard]] virtual bool declares_contigs() const = 0;
  /// Lines at the top that are no records, whatever they look like.
  [[nodiscard]] virtual std::size_t lines_to_skip() const { return 0; }
  /// Whether lines of different widths are worth a warning.
  [[nodiscard]] virtual bool wants_even_columns() const = 0;
  /// See `RecordFormat::lines_repeat`.
  [[nodiscard]] virtual bool lines_repeat() const { return false; }
};

/// Splits off the text up to the next tab (or the end).
std::string_view take_column(std::string_view& rest);
/// Digits only, below 2^62. Nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_whole_number(std::string_view text);
/// Likewise, without leading zeros: readers of tabix indexes take 010 for octal.
[[nodiscard]] std::optional<std::int64_t> parse_position(std::string_view text);
/// Tells a start or end column that `parse_position` refused: a negative number or no number.
[[nodiscard]] Problem position_problem(std::string_view text);
/// Tells a line with too few tabs: blanks in their place, or just too few columns.
[[nodiscard]] Problem column_problem(std::string_view line, std::size_t columns_min);
/// Whether a name can stand in the first column: not empty, no blank at its ends, no control byte,
/// UTF-8.
[[nodiscard]] bool is_contig_name(std::string_view name);

/// The name that a "##contig=<ID=…>" line declares, or nothing.
[[nodiscard]] std::optional<std::string_view> declared_contig(std::string_view line);
[[nodiscard]] std::unique_ptr<LineParser> make_vcf_parser(VariantTies ties = VariantTies::input);
/// BED, narrowPeak, broadPeak, tagAlign, gappedPeak.
[[nodiscard]] std::unique_ptr<LineParser> make_bed_parser(Format format);
/// `from_gtf`: what `make_gtf_rewriter` gave, which must have attributes of GFF3.
enum class GffKind { gff3, gtf, from_gtf };
[[nodiscard]] std::unique_ptr<LineParser> make_gff_parser(GffKind kind = GffKind::gff3);
/// Tables with columns of their own; `names` of columns are looked up in the last header line.
[[nodiscard]] std::unique_ptr<LineParser> make_table_parser(const TableColumns& columns);

}  // namespace weir::genomics
