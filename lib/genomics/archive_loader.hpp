#pragma once

#include "genomics/loader.hpp"

#include <memory>

namespace weir::genomics {

/// Gives what zstd, xz or bzip2 compressed, or the only member of a zip archive, through
/// libarchive, which is opened when first used. `hasher` (may be null) as for `make_loader`. Throws
/// Error
/// (`unsupported_container` for several members, `archive_damaged`).
[[nodiscard]] std::unique_ptr<Loader> make_archive_loader(const SourceFile& source,
                                                          Container container, SourceHasher* hasher,
                                                          const LoadOptions& options);

}  // namespace weir::genomics
