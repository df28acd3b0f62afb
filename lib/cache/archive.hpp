#pragma once

#include "base/clock.hpp"
#include "cache/manifest.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::cache {

class Store;

struct ExportReport {
  std::int64_t artifacts = 0;
  std::int64_t blobs = 0;
  std::int64_t bytes = 0;  ///< of the blobs, before compression
};

/// Writes artifacts with their blobs to `fd` as a zstd-compressed tar stream, in one pass and with
/// equal bytes for equal artifacts. Every blob is hashed on its way out.
///
/// Throws Error: `failed` (blob_corrupt, blob_missing) for a blob that is not what it was, as
/// `write` does for the stream; what was written then is no archive. `level`: zstd's, 1 to 19.
ExportReport export_artifacts(Store& store, const std::vector<Artifact>& artifacts, int level,
                              int fd, std::string_view what);

struct ImportOptions {
  std::int64_t bytes_max = 0;  ///< refuse an archive whose blobs take more; 0: no limit
  bool dry_run = false;        ///< only check the archive
};

struct ImportReport {
  std::int64_t added = 0;    ///< artifacts
  std::int64_t present = 0;  ///< artifacts that were there already, with the same bytes
  std::int64_t blobs = 0;    ///< in the archive
  std::int64_t bytes = 0;    ///< of those
};

/// Reads what `export_artifacts` wrote, plain or compressed by zstd or gzip.
///
/// All of it becomes visible in one transaction, after every digest was compared, or nothing.
/// Throws Error: `input` for an archive that is damaged (archive_corrupt), cut off
/// (archive_truncated), no archive of a cache (not_an_archive), too large (archive_too_large),
/// holds a wrong blob (sha256_mismatch) or any member that is no plain file of a name that the list
/// at its beginning tells (archive_unsafe); `failed` (divergent) when an artifact is here with
/// other bytes.
ImportReport import_artifacts(Store& store, const ImportOptions& options, int fd,
                              std::string_view what);

}  // namespace weir::cache
