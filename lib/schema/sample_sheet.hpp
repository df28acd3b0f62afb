#pragma once

#include "schema/json_schema.hpp"

#include <memory>
#include <string>
#include <vector>

namespace weir::schema {

/// A sample sheet (CSV, TSV, JSON or YAML, by its ending, else by its first line) read by the
/// schema of its entries.
///
/// A cell whose column is a string by the schema keeps its text byte for byte (`001`, `1e5`,
/// `true`); others become numbers and booleans where they look like it. Empty cells are absent.
/// Deviation: upstream looks at the text alone.
class SampleSheet {
 public:
  static constexpr std::size_t k_rows_max = 1'000'000;

  /// Throws Error (input): unreadable, no known kind of file, malformed, more than `k_rows_max`
  /// rows.
  SampleSheet(const std::string& name, const JsonSchema& schema, Files& files);
  SampleSheet(SampleSheet&&) noexcept;
  SampleSheet& operator=(SampleSheet&&) noexcept;
  ~SampleSheet();

  /// A list of objects by column; of lists or single values when the schema names no columns; the
  /// document itself for JSON and YAML. Without nulls.
  [[nodiscard]] const Json& entries() const { return *entries_; }
  /// Columns that the schema does not name.
  [[nodiscard]] const std::vector<std::string>& unknown_columns() const { return unknown_; }
  /// Everything wrong with the sheet, with its rows and columns.
  [[nodiscard]] Findings check(const JsonSchema& schema) const;

 private:
  void read_delimited(std::string_view text, char separator, const JsonSchema& schema);
  void add_row(const std::vector<std::string>& fields, std::size_t line, const JsonSchema& schema);
  void fault(std::size_t row, std::string column, std::string message);

  std::string name_;
  std::unique_ptr<Json> entries_;
  std::vector<std::size_t> rows_;  ///< the line of each entry; empty for JSON and YAML
  std::vector<std::string> columns_;
  std::vector<unsigned> types_;  ///< of each column, a set of bits
  std::vector<std::string> unknown_;
  Findings structure_;  ///< found while reading
};

/// Reads and checks `sheet` against the schema in the file `schema`; what cannot be read is a fault
/// of the sheet.
[[nodiscard]] Findings check_sheet_file(const std::string& sheet, const std::string& schema,
                                        Files& files);

}  // namespace weir::schema
