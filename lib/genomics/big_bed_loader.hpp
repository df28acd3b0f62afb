#pragma once

#include "genomics/bbi_file.hpp"
#include "genomics/loader.hpp"

#include <memory>

namespace weir::genomics {

/// The reader for a source. Throws Error (`bbi_corrupt`). `source` must outlive it.
[[nodiscard]] BbiFile open_bbi(const SourceFile& source);

/// Gives the records of a bigBed file as BED text in the file's own order; the column names of its
/// autoSql stand in a first line behind a '#'. Both references must outlive the loader.
[[nodiscard]] std::unique_ptr<Loader> make_big_bed_loader(const SourceFile& source,
                                                          SourceHasher& hasher,
                                                          const LoadOptions& options);

}  // namespace weir::genomics
