#pragma once

#include "base/lock.hpp"

#include <cstdint>
#include <filesystem>

namespace weir::cache {

/// A folder for files on their way into the cache, on the cache's file system so that they can be
/// renamed into it.
///
/// Held by a lock as long as the object lives; removed with it. What a killed process leaves is
/// removed by `sweep`.
class Workspace {
 public:
  /// Below `root`/tmp. Throws Error.
  explicit Workspace(const std::filesystem::path& root);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Removes the folders below `root`/tmp that nobody holds; their number.
  static std::int64_t sweep(const std::filesystem::path& root);

 private:
  std::filesystem::path path_;
  base::FileLock lock_;
};

}  // namespace weir::cache
