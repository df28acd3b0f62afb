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

/// What became of a request to remove a blob.
enum class Removal {
  done,
  absent,
  in_use,        ///< somebody reads it, or is about to name it
  still_wanted,  ///< the caller's last look said so
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
  /// when it returns, and not removed by anybody while the answer lives: hold it until a row names
  /// the blob.
  [[nodiscard]] virtual std::unique_ptr<Blob> put(const std::filesystem::path& file,
                                                  const std::string& sha256) = 0;
  /// `may_go` is asked when nobody can come to hold the blob any more, so that what it sees stays
  /// true: there the caller looks whether a row names it. Empty: yes.
  virtual Removal remove(const std::string& sha256, const std::function<bool()>& may_go) = 0;
  /// Takes a blob out of use because its bytes are wrong, without destroying the evidence.
  virtual void quarantine(const std::string& sha256) = 0;
  /// Every blob, in no order.
  virtual void list(const std::function<void(const BlobInfo&)>& visit) = 0;
  /// The blob as a file, for stores that keep one; it must not be changed.
  [[nodiscard]] virtual std::optional<std::filesystem::path> local_path(
      const std::string& sha256) = 0;
};

}  // namespace weir::cache
