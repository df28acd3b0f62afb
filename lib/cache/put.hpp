#pragma once

#include "cache/key.hpp"
#include "cache/manifest.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace weir::cache {

class Store;

/// A file to keep as an artifact.
struct PutRequest {
  /// `source_sha256` empty: the file is its own source.
  KeyParts parts;
  std::string collection = "local";
  std::string source_name;  ///< of the file it was made from
  std::int64_t source_size_bytes = 0;
  std::string media_type = "application/octet-stream";
  std::string suffix;
};

struct PutResult {
  Artifact artifact;
  Recorded recorded = Recorded::fresh;
};

/// Copies what `fd` gives, to its end, into the cache. The names must be normal (identity.hpp).
///
/// Throws Error: `failed` (divergent) when the key is taken by other bytes, which stay; as reading
/// and writing do. Blocks.
PutResult put_file(Store& store, PutRequest request, int fd, std::string_view what);

}  // namespace weir::cache
