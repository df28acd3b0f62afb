#pragma once

#include "base/fd.hpp"

#include <chrono>
#include <cstdint>
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
  /// Watches for `touch` of a file or folder, and for its removal. Added after or before `add` of
  /// the same path, both hold.
  bool add_touches(const std::filesystem::path& path);
  /// True when something changed since the last call or within `timeout`; false when the time
  /// passed or a signal came.
  bool wait(std::chrono::milliseconds timeout);
  /// Readable when something changed, for event loops; -1 without inotify.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Forgets what is pending.
  void drain();

 private:
  bool watch(const std::filesystem::path& path, std::uint32_t changes);

  Fd fd_;
};

/// Sets a file's or folder's times to now, which wakes who watches for it and nobody else; writes
/// nothing. Errors are ignored: whoever waits looks again anyway.
void touch(const std::filesystem::path& path) noexcept;

}  // namespace weir::base
