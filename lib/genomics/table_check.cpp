#include "genomics/table_check.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace weir::genomics {
namespace {

constexpr std::array<std::string_view, 17> k_sequence_names = {
    "chrom",           "chr",      "chromosome", "contig",   "seqname",  "seqnames",
    "seqid",           "sequence", "ref",        "rname",    "chr_id",   "scaffold",
    "chromosome_name", "seq",      "hm_chrom",   "chr_name", "reference"};
constexpr std::array<std::string_view, 17> k_position_names = {"start",
                                                               "begin",
                                                               "from",
                                                               "pos",
                                                               "position",
                                                               "bp",
                                                               "chromstart",
                                                               "chrom_start",
                                                               "pos_start",
                                                               "start_position",
                                                               "txstart",
                                                               "chr_pos",
                                                               "hm_pos",
                                                               "pos1",
                                                               "location",
                                                               "beg",
                                                               "base_pair_location"};

std::string plain_name(std::string_view name) {
  while (name.starts_with('#')) name.remove_prefix(1);
  return base::to_lower_ascii(base::trim(name));
}

template <std::size_t count>
bool is_among(std::string_view name, const std::array<std::string_view, count>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool has_position_columns(const std::vector<std::string>& names) {
  bool sequence = false;
  bool position = false;
  for (const std::string& name : names) {
    const std::string plain = plain_name(name);
    sequence = sequence || is_among(plain, k_sequence_names);
    position = position || is_among(plain, k_position_names);
  }
  return sequence && position;
}

std::vector<std::string> TableChecker::fields_of(std::string_view row) const {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const char c = row[i];
    if (quoted && c == '"' && i + 1 < row.size() && row[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == delimiter_ && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

void TableChecker::take(std::string_view bytes) {
  for (const char c : bytes) {
    ++offset_;
    if (c == '\0')
      throw problem_error(Problem::nul_byte, file_, {},
                          {.line = line_, .byte_offset = offset_ - 1});
    // A quote counts at the begin of a field, at its end, and doubled inside (RFC 4180, 2.5
    // to 2.7).
    const bool counts = quoted_ || row_.empty() || row_.back() == delimiter_ || row_.back() == '"';
    if (c == '"' && delimiter_ == ',' && counts) quoted_ = !quoted_;
    if (c == '\n') ++line_;
    if (c == '\n' && !quoted_) {
      end_row(false);
      continue;
    }
    row_ += c;
    if (row_.size() > line_bytes_max_)
      throw problem_error(Problem::line_too_long, file_, quoted_ ? "a quote is not closed" : "",
                          place());
  }
  summary_.bytes = static_cast<std::uint64_t>(offset_);
}

void TableChecker::end_row(bool last) {
  std::string_view row = row_;
  if (row.ends_with('\r')) row.remove_suffix(1);
  const bool first = row_offset_ == 0;
  if (first && (row.starts_with("\xff\xfe") || row.starts_with("\xfe\xff")))
    throw problem_error(Problem::utf16, file_, {}, {.line = 1, .byte_offset = 0});
  if (first && row.starts_with("\xef\xbb\xbf")) row.remove_prefix(3);
  if (first && last && row.find('\r') != std::string_view::npos)
    throw problem_error(Problem::cr_only, file_, {}, {.line = 1, .byte_offset = 0});
  if (!row.empty()) {
    if (!base::is_utf8(row)) tally_.add(Problem::non_utf8, place());
    const bool comment = row.starts_with('#') &&
                         (!summary_.columns.empty() || row.find('\t') == std::string_view::npos);
    if (comment) {
      ++summary_.header_lines;
    } else if (summary_.columns.empty()) {
      take_header_row(row);
    } else {
      ++summary_.rows;
      if (fields_of(row).size() != summary_.columns.size())
        tally_.add(Problem::ragged_columns, place());
    }
  }
  row_.clear();
  row_line_ = line_;
  row_offset_ = offset_;
}

void TableChecker::take_header_row(std::string_view row) {
  ++summary_.header_lines;
  delimiter_ = row.find('\t') != std::string_view::npos ? '\t' : ',';
  summary_.columns = fields_of(row);
  if (has_position_columns(summary_.columns)) return;
  throw problem_error(Problem::no_position_columns, file_,
                      fmt::format("'{}'", base::printable(row, 120)), place());
}

void TableChecker::finish() {
  if (quoted_) {
    throw problem_error(Problem::bad_value, file_, "a quote is not closed", place());
  }
  if (!row_.empty()) end_row(true);
  if (summary_.columns.empty()) throw problem_error(Problem::no_records, file_);
}

}  // namespace weir::genomics
