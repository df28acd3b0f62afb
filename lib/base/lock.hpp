#pragma once

#include "base/fd.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace weir::base {

enum class LockMode { shared, exclusive };

/// A `flock` on a file, held as long as the object (or a copy of its descriptor in a child) lives.
///
/// The lock ends with the last descriptor, so a killed holder never leaves it behind: liveness is a
/// lock, never a process id.
class FileLock {
 public:
  /// Creates the file when missing. Nothing when somebody else holds it. Throws Error.
  [[nodiscard]] static std::optional<FileLock> try_lock(const std::filesystem::path& path,
                                                        LockMode mode = LockMode::exclusive);
  /// Waits without limit. Throws Error.
  [[nodiscard]] static FileLock lock(const std::filesystem::path& path,
                                     LockMode mode = LockMode::exclusive);

  [[nodiscard]] int fd() const { return fd_.get(); }
  void unlock() { fd_.reset(); }
  /// Held until the process has ended: who gets the lock then finds nothing left of it.
  void keep_to_the_end() { static_cast<void>(fd_.release()); }

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

/// Takes the `flock` of an open file, to be held until the descriptor (and its copies) are closed.
/// False when somebody else holds one that does not go with it. Throws Error; `what` names the
/// file.
[[nodiscard]] bool try_lock_fd(int fd, LockMode mode, std::string_view what);

}  // namespace weir::base
