#pragma once

#include "genomics/loader.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

struct TableSummary {
  std::int64_t rows = 0;          ///< below the header row
  std::int64_t header_lines = 0;  ///< comments and the header row
  std::uint64_t bytes = 0;        ///< decompressed
  std::vector<std::string> columns;
};

/// Reads a table of delimited text (RFC 4180: quotes may hold the delimiter and line breaks) to its
/// end and checks it: encoding, a header row that names a sequence and a position column, rows of
/// one width. The delimiter is the one that the header row has, a tab or else a comma. Throws
/// Error; warnings go to `tally`.
class TableChecker {
 public:
  TableChecker(std::string file, std::uint64_t line_bytes_max)
      : file_(std::move(file)), line_bytes_max_(line_bytes_max) {}

  void take(std::string_view bytes);
  void finish();
  [[nodiscard]] const TableSummary& summary() const { return summary_; }
  [[nodiscard]] const ProblemTally& tally() const { return tally_; }

 private:
  void end_row(bool last);
  void take_header_row(std::string_view row);
  [[nodiscard]] std::vector<std::string> fields_of(std::string_view row) const;
  [[nodiscard]] ProblemPlace place() const {
    return {.line = row_line_, .byte_offset = row_offset_};
  }

  std::string file_;
  std::uint64_t line_bytes_max_;
  char delimiter_ = ',';
  bool quoted_ = false;
  std::string row_;
  std::int64_t line_ = 1;
  std::int64_t offset_ = 0;
  std::int64_t row_line_ = 1;
  std::int64_t row_offset_ = 0;
  TableSummary summary_;
  ProblemTally tally_;
};

/// Whether a header row names where its rows lie: a sequence and a position or start.
[[nodiscard]] bool has_position_columns(const std::vector<std::string>& names);

}  // namespace weir::genomics
