#include "base/lock.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace weir::base {
namespace {

Fd open_lock(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!fd) throw system_error("open the lock", path.native(), errno);
  return fd;
}

bool take(int fd, int operation, const std::filesystem::path& path) {
  int result = 0;
  do {
    result = ::flock(fd, operation);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  throw system_error("lock", path.native(), errno);
}

int operation_of(LockMode mode) {
  return mode == LockMode::shared ? LOCK_SH : LOCK_EX;
}

}  // namespace

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& path, LockMode mode) {
  Fd fd = open_lock(path);
  if (!take(fd.get(), operation_of(mode) | LOCK_NB, path)) return std::nullopt;
  return FileLock(std::move(fd));
}

FileLock FileLock::lock(const std::filesystem::path& path, LockMode mode) {
  Fd fd = open_lock(path);
  take(fd.get(), operation_of(mode), path);
  return FileLock(std::move(fd));
}

bool try_lock_fd(int fd, LockMode mode, std::string_view what) {
  return take(fd, operation_of(mode) | LOCK_NB, what);
}

}  // namespace weir::base
