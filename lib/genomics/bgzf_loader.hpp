#pragma once

#include "genomics/loader.hpp"

#include <memory>

namespace weir::genomics {

/// A loader for BGZF that inflates blocks by all threads, each straight to its place. The most
/// memory that it holds itself: `work.threads` + 2 pieces.
[[nodiscard]] std::unique_ptr<Loader> make_bgzf_loader(const SourceFile& source,
                                                       SourceHasher* hasher,
                                                       const LoadOptions& options);

}  // namespace weir::genomics
