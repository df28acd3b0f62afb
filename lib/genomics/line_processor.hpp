#pragma once

#include "genomics/line_parser.hpp"
#include "genomics/processors.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir::genomics {

/// What one format of lines needs beside what all of them share.
struct LineSetup {
  /// Makes the parser; called once for each attempt.
  std::function<std::unique_ptr<LineParser>()> parser;
  /// Of the artifact: ".bed.gz".
  std::string data_suffix;
  /// Gives the text; the decompressed source when not set.
  std::function<std::unique_ptr<Loader>(SourceHasher&, const LoadOptions&)> text;
  /// Whether the text has the source's lines with other bytes, so that places found in it hold for
  /// line numbers only.
  bool rewritten = false;
};

/// Sorts, compresses and indexes a file of lines: all that a processor of such a format does.
[[nodiscard]] ProcessReport process_lines(const Processor& processor, const ProcessRequest& request,
                                          const SourceFile& source, const Sniffed& sniffed,
                                          const LineSetup& setup);

}  // namespace weir::genomics
