#pragma once

#include "base/fd.hpp"
#include "cache/backend.hpp"

namespace weir::cache {

/// Blobs as read-only files: `root`/blobs/ab/<the other 62 digits>.
///
/// Whoever reads a blob, or is about to name it, holds a shared lock on its file; whoever removes
/// it needs the exclusive one. Nothing below `root` may be a link: what is found behind one is
/// refused (Error, code `cache_unsafe`), and nothing outside is touched. `root` itself may be one.
class LocalBackend final : public Backend {
 public:
  /// Creates `root` with a CACHEDIR.TAG when missing. Throws Error.
  explicit LocalBackend(const std::filesystem::path& root);

  [[nodiscard]] const std::string& place() const override { return place_; }
  [[nodiscard]] std::optional<BlobInfo> head(const std::string& sha256) override;
  [[nodiscard]] std::unique_ptr<Blob> open(const std::string& sha256) override;
  [[nodiscard]] std::unique_ptr<Blob> put(const std::filesystem::path& file,
                                          const std::string& sha256) override;
  Removal remove(const std::string& sha256, const std::function<bool()>& may_go = {}) override;
  void quarantine(const std::string& sha256) override;
  /// Moves a file of the same file system that never was a blob beside those, by its own digest.
  /// Its place. Throws Error.
  std::filesystem::path put_aside(const std::filesystem::path& file, const std::string& sha256);
  void list(const std::function<void(const BlobInfo&)>& visit) override;
  [[nodiscard]] std::optional<std::filesystem::path> local_path(const std::string& sha256) override;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

 private:
  /// The folder a blob lies in, held open.
  [[nodiscard]] std::optional<base::Fd> folder_of(const std::string& sha256) const;
  [[nodiscard]] base::Fd make_folder_of(const std::string& sha256) const;
  [[nodiscard]] base::Fd open_below(const std::string& relative) const;
  [[nodiscard]] base::Fd open_quarantine() const;

  std::filesystem::path root_;
  std::string place_;
};

}  // namespace weir::cache
