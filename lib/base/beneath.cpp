#include "base/beneath.hpp"

#include "base/error.hpp"
#include "base/fault_point.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iterator>

namespace weir::base {
namespace {

/// For kernels (or filters of system calls) without openat2: one component after the other.
int open_by_steps(int root, const std::filesystem::path& relative) {
  Fd folder(::fcntl(root, F_DUPFD_CLOEXEC, 0));
  for (auto part = relative.begin(); part != relative.end(); ++part) {
    if (!folder) return -1;
    if (*part == ".." || part->is_absolute()) {
      errno = EXDEV;
      return -1;
    }
    const bool last = std::next(part) == relative.end();
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY);
    folder = Fd(::openat(folder.get(), part->c_str(), flags));
  }
  return folder.release();
}

int open_below(int root, const std::filesystem::path& relative) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long fd = ::syscall(SYS_openat2, root, relative.c_str(), &how, sizeof how);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(fd);
  return open_by_steps(root, relative);
}

}  // namespace

std::optional<Fd> open_beneath(const std::filesystem::path& root,
                               const std::filesystem::path& relative) {
  const Fd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    if (errno == ENOENT) return std::nullopt;
    throw system_error("open the folder", root.native(), errno);
  }
  Fd fd(open_below(folder.get(), relative));
  if (fd) return fd;
  if (errno == ENOENT) return std::nullopt;
  const bool unsafe = errno == ELOOP || errno == EXDEV || errno == ENOTDIR;
  Error error = system_error("open", (root / relative).native(), errno);
  if (unsafe)
    error.with_code("path_unsafe").with_hint("nothing below that folder may be a link; remove it");
  throw error;
}

bool make_folder_at(int folder, const std::string& name, std::string_view what) {
  fault_point("make a folder");
  if (::mkdirat(folder, name.c_str(), 0777) == 0) return true;
  if (errno == EEXIST) return false;
  throw system_error("create the folder", std::string(what) + "/" + name, errno);
}

bool try_move_into(const std::filesystem::path& from, int folder, const std::string& name,
                   std::string_view what) {
  fault_point("move");
  if (::renameat2(AT_FDCWD, from.c_str(), folder, name.c_str(), RENAME_NOREPLACE) == 0) return true;
  int error = errno;
  if (error == EINVAL || error == ENOSYS) {
    // File systems that cannot refuse to replace: a second name is refused, and the first removed.
    error = ::linkat(AT_FDCWD, from.c_str(), folder, name.c_str(), 0) == 0 ? 0 : errno;
    if (error == 0 && ::unlink(from.c_str()) != 0) error = errno;
  }
  if (error == 0) return true;
  if (error == EEXIST) return false;
  throw system_error("rename to", std::string(what) + "/" + name, error);
}

void move_between(int from_folder, const std::string& from, int to_folder, const std::string& to,
                  std::string_view what) {
  if (::renameat(from_folder, from.c_str(), to_folder, to.c_str()) != 0)
    throw system_error("rename", std::string(what) + "/" + from, errno);
}

void remove_at(int folder, const std::string& name, std::string_view what) {
  if (::unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT)
    throw system_error("remove", std::string(what) + "/" + name, errno);
}

}  // namespace weir::base
