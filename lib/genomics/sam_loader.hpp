#pragma once

#include "genomics/loader.hpp"

#include <memory>
#include <string>

namespace weir::genomics {

struct SamOptions {
  std::string file;  ///< for messages
  LinePolicy policy = LinePolicy::normal;
  std::uint64_t line_bytes_max = std::uint64_t{64} << 20;
  std::size_t piece_bytes = std::size_t{8} << 20;  ///< of text that is converted at a time
  Work work;
  std::string header;  ///< for a text that has none: "@SQ" lines
};

/// Gives a SAM text as if it had been a BAM file all along: header and records in binary form. Its
/// `blocks()` are null.
[[nodiscard]] std::unique_ptr<Loader> make_sam_loader(std::unique_ptr<Loader> text,
                                                      const SamOptions& options);

}  // namespace weir::genomics
