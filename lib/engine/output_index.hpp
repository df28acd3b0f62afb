#pragma once

#include "lang/value.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// The `index { }` of a workflow output.
struct OutputIndex {
  std::string path;    ///< relative to the output folder; .csv, .json, .yml or .yaml
  lang::Value header;  ///< true: the names of the first record; a list: these names
  std::string separator = ",";
};

/// The text of an index file: CSV with every value quoted, JSON or YAML by the name's ending.
/// `single`: the output is of a value channel, whose record JSON and YAML hold without a list.
/// Throws Error (usage) for other endings, and (input) for records that a table cannot hold.
/// Matched: CsvWriter and DumpHelper of Nextflow 26.08, but a record that lacks a column has an
/// empty field there, and quotes in values are doubled (RFC 4180).
[[nodiscard]] std::string index_text(const OutputIndex& index,
                                     const std::vector<lang::Value>& records, bool single);

}  // namespace weir::engine
