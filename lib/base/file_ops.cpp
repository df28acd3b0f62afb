// The half of file.hpp that changes or asks about names rather than contents.
#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/file.hpp"
#include "base/internal/unnamed_file.hpp"
#include "base/temporary_name.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace weir::base {
namespace {

constexpr std::size_t k_compared_bytes = std::size_t{256} << 10;

/// Fills `buffer` as far as the file goes; how far.
std::size_t read_full(int fd, std::string& buffer, const fs::path& path) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const std::size_t more =
        read_some(fd, buffer.data() + have, buffer.size() - have, path.native());
    if (more == 0) break;
    have += more;
  }
  return have;
}

/// A smaller file is copied sooner than one has asked how.
constexpr std::int64_t k_small_bytes = 64 << 10;

/// Copies by reflink, else inside the kernel, else through a buffer. False: this way does not work
/// here.
bool copy_reflink(int from, int to) {
  return ::ioctl(to, FICLONE, from) == 0;
}

void copy_bytes(int from, int to, std::int64_t size, const fs::path& source,
                const fs::path& target) {
  constexpr std::size_t k_chunk_bytes = std::size_t{1} << 30;
  bool in_kernel = true;
  std::int64_t done = 0;
  while (in_kernel) {
    const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, k_chunk_bytes, 0);
    done += std::max<ssize_t>(copied, 0);
    // Files of 0 bytes may be of /proc and have some.
    if (copied == 0 || (copied > 0 && done == size)) return;
    if (copied > 0 || errno == EINTR) continue;
    if (errno == ENOSPC || errno == EDQUOT || errno == EIO)
      throw system_error("write to", target.native(), errno);
    in_kernel = false;  // EXDEV, EINVAL, ENOSYS, …: depends on the pair of file systems
  }
  std::array<char, 256 * 1024> buffer;
  while (const std::size_t got = read_some(from, buffer.data(), buffer.size(), source.native())) {
    write_all(to, {buffer.data(), got}, target.native());
  }
}

}  // namespace

void make_folders(const fs::path& path) {
  fault_point("make a folder");
  if (path.empty() || ::mkdir(path.c_str(), 0777) == 0) return;
  const int first_error = errno;
  if (first_error == EEXIST) {
    const auto info = file_info(path);
    if (info && info->type == FileInfo::Type::directory) return;
    throw system_error("create the folder", path.native(), info ? ENOTDIR : EEXIST);
  }
  if (first_error != ENOENT || path.parent_path() == path) {
    throw system_error("create the folder", path.native(), first_error);
  }
  make_folders(path.parent_path());
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
    throw system_error("create the folder", path.native(), errno);
  }
}

void remove_file(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    throw system_error("remove", path.native(), errno);
}

void remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) throw system_error("remove", path.native(), error.value());
}

bool remove_empty_folder(const fs::path& path) noexcept {
  return ::rmdir(path.c_str()) == 0;
}

void rename_file(const fs::path& from, const fs::path& to) {
  fault_point("rename");
  if (::rename(from.c_str(), to.c_str()) != 0) throw system_error("rename to", to.native(), errno);
}

void rename_over(const fs::path& from, const fs::path& to) {
  // Each round but the last is lost to somebody who put something else at `to` meanwhile.
  constexpr int k_rounds_max = 1000;
  fault_point("rename");
  for (int round = 0; ::rename(from.c_str(), to.c_str()) != 0; ++round) {
    const int error = errno;
    const bool is_taken =
        error == ENOTEMPTY || error == EEXIST || error == ENOTDIR || error == EISDIR;
    if (!is_taken || round == k_rounds_max) throw system_error("rename to", to.native(), error);
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return;
    if (errno == ENOENT) continue;
    fs::path aside = from;
    aside += ".former-" + std::to_string(round);
    if (::rename(to.c_str(), aside.c_str()) != 0 && errno != ENOENT)
      throw system_error("replace", to.native(), errno);
  }
}

void make_symlink(const fs::path& target, const fs::path& link, Replace replace) {
  if (::symlink(target.c_str(), link.c_str()) == 0) return;
  if (errno != EEXIST || replace == Replace::no) throw system_error("link", link.native(), errno);
  const fs::path temporary = temporary_beside(link);
  if (::symlink(target.c_str(), temporary.c_str()) != 0)
    throw system_error("link", link.native(), errno);
  if (::rename(temporary.c_str(), link.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    throw system_error("link", link.native(), error);
  }
}

void make_link(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) != 0) throw system_error("link", to.native(), errno);
}

bool try_make_link(const fs::path& from, const fs::path& to) {
  if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
  // EPERM also stands for folders, and for the kernel's refusal to link other people's files.
  for (const int refused : {EXDEV, EPERM, EOPNOTSUPP, EMLINK, ENOSYS, EEXIST, ENOENT}) {
    if (errno == refused) return false;
  }
  throw system_error("link", to.native(), errno);
}

namespace {

struct CopySource {
  explicit CopySource(const fs::path& path) : CopySource(open_read(path), path) {}
  CopySource(Fd open, const fs::path& path) : fd(std::move(open)) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw system_error("look at", path.native(), errno);
    is_folder = S_ISDIR(status.st_mode);
    mode = status.st_mode & 0777;
    size_bytes = status.st_size;
  }
  Fd fd;
  bool is_folder = false;
  mode_t mode = 0;
  std::int64_t size_bytes = 0;
};

void copy_open(const CopySource& source, int target, const fs::path& from, const fs::path& to) {
  const bool is_small = source.size_bytes <= k_small_bytes;
  if (is_small || !copy_reflink(source.fd.get(), target))
    copy_bytes(source.fd.get(), target, source.size_bytes, from, to);
  if (::fchmod(target, source.mode) != 0) throw system_error("set the mode of", to.native(), errno);
}

}  // namespace

void copy_file(const fs::path& from, const fs::path& to) {
  const CopySource source(from);
  if (source.is_folder) throw system_error("copy", from.native(), EISDIR);
  const Fd target = open_write(to);
  copy_open(source, target.get(), from, to);
}

bool same_content(const fs::path& a, const fs::path& b) {
  const auto first = file_info(a);
  const auto second = file_info(b);
  const auto is_plain = [](const std::optional<FileInfo>& info) {
    return info.has_value() && info->type == FileInfo::Type::regular;
  };
  if (!is_plain(first) || !is_plain(second) || first->size_bytes != second->size_bytes)
    return false;
  const Fd left = open_read(a);
  const Fd right = open_read(b);
  std::array<std::string, 2> pieces{std::string(k_compared_bytes, '\0'),
                                    std::string(k_compared_bytes, '\0')};
  while (true) {
    const std::size_t here = read_full(left.get(), pieces[0], a);
    const std::size_t there = read_full(right.get(), pieces[1], b);
    if (here != there || std::memcmp(pieces[0].data(), pieces[1].data(), here) != 0) return false;
    if (here < k_compared_bytes) return true;
  }
}

bool try_copy_whole(const fs::path& from, const fs::path& to) {
  Fd opened(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened) {
    const int error = errno;
    if (file_info(to, FollowLinks::no).has_value()) return false;
    throw system_error("open", from.native(), error);
  }
  const CopySource source(std::move(opened), from);
  if (source.is_folder) return false;
  // Of a small one, the link at the end tells whether the name is free.
  if (source.size_bytes > k_small_bytes && file_info(to, FollowLinks::no).has_value()) return false;
  const Fd target = internal::try_open_unnamed(to.parent_path(), 0666);
  if (!target) return false;
  try {
    copy_open(source, target.get(), from, to);
  } catch (const Error&) {  // without room, a name that is not free is still only that
    if (file_info(to, FollowLinks::no).has_value()) return false;
    throw;
  }
  return link_unnamed(target.get(), to);
}

std::int64_t free_bytes(const fs::path& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) throw system_error("look at", path.native(), errno);
  return static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
}

std::optional<std::string> network_file_system(const fs::path& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0) throw system_error("look at", path.native(), errno);
  // Magic numbers of linux/magic.h and of the file systems' own sources.
  switch (static_cast<std::uint32_t>(info.f_type)) {
    case 0x6969: return "nfs";
    case 0x517B:
    case 0xFF534D42:
    case 0xFE534D42: return "cifs";
    case 0x0BD00BD0: return "lustre";
    case 0x47504653: return "gpfs";
    case 0x00C36400: return "ceph";
    case 0x19830326: return "beegfs";
    case 0x5346414F: return "afs";
    case 0x01021997: return "9p";
    case 0x65735546: return "fuse";
    default: return std::nullopt;
  }
}

}  // namespace weir::base
