#pragma once

#include "genomics/loader.hpp"
#include "genomics/record_format.hpp"
#include "genomics/source.hpp"

#include <functional>
#include <memory>

namespace weir::genomics {

/// The input of one attempt, from its first byte.
struct SortInput {
  std::unique_ptr<Loader> loader;
  std::unique_ptr<RecordFormat> format;
  /// Whether what is loaded is made of the source's content, and so may be larger than the file.
  bool converted = false;
};
using MakeInput = std::function<SortInput(SourceHasher& hasher, const LoadOptions& options)>;

/// Loads, checks, sorts, writes and indexes one file, whatever its format; checks the pair.
/// `report` must hold processor and format already. Throws Error.
///
/// Three ways, chosen by what is found:
/// - all records fit in memory: radix sort there, or nothing to sort;
/// - they do not, but are in order in a BGZF file that needs no repair: its bytes are the artifact,
/// and the index is made
///   run by run (when order ends later, the attempt is given up for the third way);
/// - else runs are sorted, spilled and merged.
void sort_and_index(const ProcessRequest& request, const SourceFile& source,
                    const MakeInput& make_input, ProcessReport& report);

}  // namespace weir::genomics
