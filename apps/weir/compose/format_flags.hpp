#pragma once

#include "options.hpp"
#include "preprocess/preprocessor.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace weir::app {

/// Options of `weir preprocess` that concern single formats, as typed.
struct FormatFlags {
  std::optional<std::string> to;
  bool keep_gtf = false;
  bool cds_includes_stop = false;
  bool add_contigs = false;
  std::vector<std::string> fix;
  std::optional<std::string> dict;
  std::optional<std::string> header;
  std::optional<std::string> alias;
  std::optional<std::string> contig_order;
  std::string ties = "input";
  std::optional<std::string> columns;
  bool zero_based = false;
  std::string comment = "#";
  std::int64_t skip = 0;
  std::optional<std::int64_t> contigs_max;
  std::optional<std::string> reference;
  bool accept_missing_eof = false;
  bool gzi = false;
  std::optional<std::string> expanded_max;
  std::optional<std::string> line_max;
};

void declare_format_flags(OptionTable& table, FormatFlags& flags);
/// Reads the files that options name. Throws Error (usage).
void apply_format_flags(const FormatFlags& flags, preprocess::Request& request);

}  // namespace weir::app
