#pragma once

#include "genomics/processor.hpp"
#include "genomics/source.hpp"

namespace weir::genomics {

/// What a file is, beyond what callers of `inspect` need.
struct Sniffed {
  Inspection inspection;
  bool nested_gzip = false;  ///< what was decompressed is gzip again
};

/// Tells container and format from the beginning of the content first, from the name second. Throws
/// Error for what is refused at sight: foreign archives, tickets and error pages, content that
/// contradicts `request.format`.
[[nodiscard]] Sniffed sniff(const SourceFile& source, const ProcessRequest& request);

}  // namespace weir::genomics
