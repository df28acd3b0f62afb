#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace weir::cache {

/// An open blob. While it is open, nothing removes it.
class Blob {
 public:
  virtual ~Blob() = default;
  [[nodiscard]] virtual std::int64_t size_bytes() const = 0;
  /// Up to `size` bytes from `offset`; fewer only at the end. Throws Error. Blocks.
  [[nodiscard]] virtual std::size_t read(std::int64_t offset, char* buffer, std::size_t size) = 0;
};

struct BlobInfo {
  std::string sha256;
  std::int64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;  ///< when it was stored, since the epoch
};

/// Where blobs are kept, named by the SHA-256 of their content: a folder, or a bucket.
///
/// A blob is there whole or not at all. Several processes may use one store at a time. One object
/// serves one thread.
class Backend {
 public:
  virtual ~Backend() = default;
  /// Identifies the store in the manifest: the absolute path of the folder.
  [[nodiscard]] virtual const std::string& place() const = 0;
  /// Nothing when it is not there.
  [[nodiscard]] virtual std::optional<BlobInfo> head(const std::string& sha256) = 0;
  /// Null when it is not there.
  [[nodiscard]] virtual std::unique_ptr<Blob> open(const std::string& sha256) = 0;
  /// Stores the content of `file`, whose digest the caller computed; the file is used up. Durable
  /// when it returns.
  virtual void put(const std::filesystem::path& file, const std::string& sha256) = 0;
  /// False when it was not there or somebody reads it.
  virtual bool remove(const std::string& sha256) = 0;
  /// Takes a blob out of use because its bytes are wrong, without destroying the evidence.
  virtual void quarantine(const std::string& sha256) = 0;
  /// Every blob, in no order.
  virtual void list(const std::function<void(const BlobInfo&)>& visit) = 0;
  /// The blob as a file, for stores that keep one; it must not be changed.
  [[nodiscard]] virtual std::optional<std::filesystem::path> local_path(
      const std::string& sha256) = 0;
};

}  // namespace weir::cache
