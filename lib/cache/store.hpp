#pragma once

#include "cache/blob_names.hpp"
#include "cache/local_backend.hpp"
#include "cache/manifest.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::cache {

struct GcOptions {
  std::optional<std::int64_t> bytes_max;             ///< keep at most so many bytes of blobs
  std::optional<std::chrono::milliseconds> age_max;  ///< remove what was not used for longer
  bool dry_run = false;
};

struct GcReport {
  std::vector<std::string> removed_keys;
  std::int64_t removed_bytes = 0;  ///< of blobs that nothing names any more
  std::int64_t kept_bytes = 0;
  /// Of blobs that are there for other state directories alone; never removed, and not counted in
  /// what is kept.
  std::int64_t others_bytes = 0;
  std::int64_t in_use = 0;          ///< artifacts that were due but are being read
  std::int64_t debris_removed = 0;  ///< unnamed blobs and scratch folders of processes that died
};

struct BadBlob {
  std::string sha256;
  std::string found_sha256;  ///< empty: the blob is missing
  std::vector<std::string> keys;
};

struct VerifyReport {
  std::int64_t blobs = 0;
  std::int64_t bytes = 0;
  std::vector<BadBlob>
      bad;  ///< quarantined; their rows are gone, so that they are made again when needed
};

/// The artifact cache on this machine: blobs in a folder, their manifest in the state directory's
/// database.
///
/// A row whose blob is missing, or has another size or other bytes, is no hit: it is dropped and
/// the artifact made again; wrong blobs go into quarantine. So a broken cache is slow and never
/// wrong. One object serves one thread; any number of processes may share a cache, and any number
/// of state directories: a blob goes when no manifest of theirs names it any more.
class Store {
 public:
  Store(const std::filesystem::path& root, db::Database& database)
      : backend_(root),
        manifest_(database, backend_.place()),
        names_(backend_.root(), database),
        database_(database) {
    names_.enter();
  }

  /// Reads the whole blob when that was not done since the machine started, or its file changed.
  [[nodiscard]] std::optional<Artifact> find(const std::string& key);
  /// The blob was written from bytes whose digest is its name: no need to read it again.
  void note_checked(const std::string& sha256);
  /// Drops the row, and its blob unless other rows name it or somebody reads it. False when there
  /// is no such key.
  bool remove(const std::string& key);
  /// Least recently used first, never what is pinned or being read; sweeps what dead processes left
  /// behind.
  GcReport collect(const GcOptions& options, base::WallTime now);
  /// Reads every blob again, named or not, `threads` at a time.
  VerifyReport verify(std::size_t threads);

  /// Runs `work` in one transaction of the manifest's database; as `db::in_transaction` it may run
  /// twice.
  void atomically(const std::function<void()>& work);

  [[nodiscard]] LocalBackend& backend() { return backend_; }
  [[nodiscard]] Manifest& manifest() { return manifest_; }
  [[nodiscard]] BlobNames& names() { return names_; }

 private:
  enum class Health { whole, gone, corrupt };
  Health health_of(const BlobInfo& blob);

  struct Evicted {
    std::int64_t freed_bytes = 0;
    std::int64_t left_bytes = 0;  ///< of a blob that is there for others alone from now on
  };
  /// Drops the row, and the blob with it unless something else needs it. Nothing when the blob is
  /// in use.
  std::optional<Evicted> evict(const Artifact& artifact);
  /// What `evict` would answer when the row is the last of ours.
  Evicted would_evict(const Artifact& artifact, std::int64_t blob_bytes);

  LocalBackend backend_;
  Manifest manifest_;
  BlobNames names_;
  db::Database& database_;
};

/// A blob without a row may be on its way to one; younger than this it is left alone.
constexpr std::chrono::hours k_orphan_age{1};

}  // namespace weir::cache
