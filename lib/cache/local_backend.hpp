#pragma once

#include "cache/backend.hpp"

namespace weir::cache {

/// Blobs as read-only files: `root`/blobs/ab/<the other 62 digits>.
class LocalBackend final : public Backend {
 public:
  /// Creates `root` with a CACHEDIR.TAG when missing. Throws Error.
  explicit LocalBackend(const std::filesystem::path& root);

  [[nodiscard]] const std::string& place() const override { return place_; }
  [[nodiscard]] std::optional<BlobInfo> head(const std::string& sha256) override;
  [[nodiscard]] std::unique_ptr<Blob> open(const std::string& sha256) override;
  void put(const std::filesystem::path& file, const std::string& sha256) override;
  bool remove(const std::string& sha256) override;
  void quarantine(const std::string& sha256) override;
  void list(const std::function<void(const BlobInfo&)>& visit) override;
  [[nodiscard]] std::optional<std::filesystem::path> local_path(const std::string& sha256) override;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_;
  std::string place_;
};

}  // namespace weir::cache
