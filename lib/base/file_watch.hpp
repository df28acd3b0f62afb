#pragma once

#include "base/fd.hpp"

#include <chrono>
#include <filesystem>

namespace weir::base {

/// Waits for changes of folders and files (inotify), so that followers need not poll. A hint only:
/// where the kernel does not tell (network file systems, no watches left), `wait` just waits, and
/// callers look again anyway.
class FileWatch {
 public:
  FileWatch();
  /// Watches a file, or a folder and the files directly in it. False when it cannot be watched.
  bool add(const std::filesystem::path& path);
  /// True when something changed since the last call or within `timeout`; false when the time
  /// passed or a signal came.
  bool wait(std::chrono::milliseconds timeout);
  /// Readable when something changed, for event loops; -1 without inotify.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Forgets what is pending.
  void drain();

 private:
  Fd fd_;
};

}  // namespace weir::base
