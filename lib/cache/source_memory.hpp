#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace weir::db {
class Database;
}

namespace weir::cache {

/// What tells one state of a file from another without reading it.
struct SourceIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;  ///< changes even when a tool puts the modification time back
  friend bool operator==(const SourceIdentity&, const SourceIdentity&) = default;
  /// "device:inode:size:mtime:ctime"
  [[nodiscard]] std::string text() const;
};

/// Of an existing file, links followed. Nothing when it is not there. Throws Error.
[[nodiscard]] std::optional<SourceIdentity> source_identity(const std::filesystem::path& path);

/// Remembers the digests of files so that an unchanged file need not be read again.
///
/// A file changed within the resolution of its time stamps looks unchanged; so a digest is only
/// remembered when the file was last changed well before it was read (the precaution git takes for
/// its index).
class SourceMemory {
 public:
  explicit SourceMemory(db::Database& database);

  [[nodiscard]] std::optional<std::string> find(const SourceIdentity& identity);
  /// `read_from_ns`: when reading began, wall time since the epoch. Does nothing for a file changed
  /// too shortly before.
  void remember(const SourceIdentity& identity, const std::string& sha256,
                std::int64_t read_from_ns);

  static constexpr std::int64_t k_racy_ns =
      2'000'000'000;  ///< coarser than any local file system's time stamps

 private:
  db::Database& database_;
};

}  // namespace weir::cache
