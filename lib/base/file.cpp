#include "base/file.hpp"

#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/internal/unnamed_file.hpp"
#include "base/temporary_name.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>

namespace weir::base {
namespace {

FileInfo::Type type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileInfo::Type::regular;
  if (S_ISDIR(mode)) return FileInfo::Type::directory;
  if (S_ISLNK(mode)) return FileInfo::Type::symlink;
  if (S_ISFIFO(mode)) return FileInfo::Type::fifo;
  if (S_ISSOCK(mode)) return FileInfo::Type::socket;
  return FileInfo::Type::other;
}

Fd open_or_throw(const fs::path& path, int flags, std::string_view attempted) {
  if ((flags & O_CREAT) != 0) fault_point("create");
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) throw system_error(attempted, path.native(), errno);
  return Fd(fd);
}

std::string read_to_end(int fd, const fs::path& path, std::size_t limit_bytes) {
  struct stat status {};
  std::string content;
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    content.reserve(std::min(static_cast<std::size_t>(status.st_size), limit_bytes) + 1);
  }
  // Most files are small, and room is memory that is touched: those below /proc, which do not tell
  // their size, begin with one page.
  constexpr std::size_t k_first_step_bytes = 4096;
  constexpr std::size_t k_step_bytes = 64 * 1024;
  std::size_t filled = 0;
  while (true) {
    const std::size_t step = filled == 0 ? k_first_step_bytes : k_step_bytes;
    const std::size_t known = content.capacity() - filled;
    const std::size_t room = filled == 0 && status.st_size > 0 ? known : std::max(known, step);
    content.resize(filled + room);
    const std::size_t got = read_some(fd, content.data() + filled, room, path.native());
    filled += got;
    content.resize(filled);
    if (filled > limit_bytes) {
      throw Error(ErrorKind::input, "'" + path.native() + "' is larger than " +
                                        std::to_string(limit_bytes) + " bytes");
    }
    if (got < room) return content;
  }
}

}  // namespace

std::optional<FileInfo> file_info(const fs::path& path, FollowLinks follow) {
  return file_info_at(AT_FDCWD, path.c_str(), follow);
}

std::optional<FileInfo> file_info_at(int folder_fd, const char* name, FollowLinks follow) {
  struct stat status {};
  const int flags = follow == FollowLinks::yes ? 0 : AT_SYMLINK_NOFOLLOW;
  if (::fstatat(folder_fd, name, &status, flags) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("look at", name, errno);
  }
  FileInfo info;
  info.type = type_of(status.st_mode);
  info.size_bytes = status.st_size;
  info.mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  info.device = status.st_dev;
  info.inode = status.st_ino;
  info.mode = status.st_mode & 07777;
  return info;
}

Fd open_read(const fs::path& path) {
  return open_or_throw(path, O_RDONLY, "open");
}
Fd open_write(const fs::path& path) {
  return open_or_throw(path, O_WRONLY | O_CREAT | O_TRUNC, "create");
}
Fd open_append(const fs::path& path) {
  return open_or_throw(path, O_WRONLY | O_CREAT | O_APPEND, "open");
}

std::string read_file(const fs::path& path, std::size_t limit_bytes) {
  const Fd fd = open_read(path);
  return read_to_end(fd.get(), path, limit_bytes);
}

std::optional<std::string> try_read_file(const fs::path& path, std::size_t limit_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("open", path.native(), errno);
  }
  return read_to_end(fd.get(), path, limit_bytes);
}

Fd internal::try_open_unnamed(const fs::path& folder, mode_t mode) {
  const char* const name = folder.empty() ? "." : folder.c_str();
  return Fd(::open(name, O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
}

bool link_unnamed(int fd, const fs::path& name) {
  fault_point("link");
  // By the descriptor itself is faster, but needs a capability on most kernels; ENOENT says that it
  // is missing, or the folder of `name`.
  static std::atomic<bool> by_descriptor{true};
  if (by_descriptor.load(std::memory_order_relaxed)) {
    if (::linkat(fd, "", AT_FDCWD, name.c_str(), AT_EMPTY_PATH) == 0) return true;
    if (errno != ENOENT && errno != EPERM && errno != EINVAL) return false;
  }
  const std::string unnamed = "/proc/self/fd/" + std::to_string(fd);
  if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
    return false;
  by_descriptor.store(false, std::memory_order_relaxed);
  return true;
}

void write_file(const fs::path& path, std::string_view content, Durable durable) {
  AtomicFile file(path, AtomicFile::Named::early);
  file.write(content);
  file.commit(durable);
}

AtomicFile::AtomicFile(fs::path path, Named named) : path_(std::move(path)) {
  if (named == Named::late) {
    fd_ = internal::try_open_unnamed(path_.parent_path(), 0666);
    if (fd_) return;
  }
  temporary_ = name_beside();
  fd_ = open_or_throw(temporary_, O_RDWR | O_CREAT | O_EXCL, "create");
}

fs::path AtomicFile::name_beside() const {
  return temporary_beside(path_);
}

/// The final name at once when it is free, else one beside it: only a rename replaces a file.
void AtomicFile::give_name() {
  if (link_unnamed(fd_.get(), path_)) return;
  temporary_ = name_beside();
  if (!link_unnamed(fd_.get(), temporary_)) throw system_error("create", path_.native(), errno);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)) {}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  write_all(fd_.get(), bytes, path_.native());
}

void AtomicFile::commit(Durable durable) {
  WEIR_ASSERT(fd_);
  if (durable == Durable::yes) sync_fd(fd_.get(), path_.native());
  if (temporary_.empty()) give_name();
  if (!temporary_.empty()) rename_file(temporary_, path_);
  temporary_.clear();
  fd_.reset();
  if (durable == Durable::yes) sync_folder(path_.parent_path());
}

TempDir::TempDir(const fs::path& parent, std::string_view prefix) {
  std::string pattern =
      ((parent.empty() ? fs::temp_directory_path() : parent) / (std::string(prefix) + ".XXXXXX"))
          .native();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw system_error("create a folder below", pattern, errno);
  path_ = pattern;
}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})), kept_(other.kept_) {}

TempDir::~TempDir() {
  if (path_.empty() || kept_) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Fd open_scratch(const fs::path& folder) {
  Fd fd = internal::try_open_unnamed(folder, 0600);
  if (fd) return fd;
  // File systems without O_TMPFILE: a name that is gone before anything is written.
  std::string pattern = (folder / ".weir-scratch.XXXXXX").native();
  const int named = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (named < 0) throw system_error("create a scratch file in", folder.native(), errno);
  ::unlink(pattern.c_str());
  return Fd(named);
}

void sync_fd(int fd, std::string_view what) {
  fault_point("sync");
  if (::fsync(fd) != 0) throw system_error("write to disk", what, errno);
}

void sync_folder(const fs::path& folder) {
  const fs::path name = folder.empty() ? fs::path(".") : folder;
  const Fd fd = open_or_throw(name, O_RDONLY | O_DIRECTORY, "open");
  // Some network file systems cannot sync folders; they make renames durable by themselves.
  if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    throw system_error("write to disk", name.native(), errno);
  }
}

void sync_file_system(const fs::path& path) {
  const Fd fd = open_or_throw(path, O_RDONLY, "open");
  if (::syncfs(fd.get()) != 0) throw system_error("write to disk", path.native(), errno);
}

std::vector<std::string> list_folder(const fs::path& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(folder.c_str()), ::closedir);
  if (!handle) throw system_error("list", folder.native(), errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(handle.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

MappedFile::MappedFile(const fs::path& path) {
  const Fd fd = open_read(path);
  map(fd.get(), path.native());
}

MappedFile::MappedFile(int fd, std::string_view what) {
  map(fd, what);
}

void MappedFile::map(int fd, std::string_view what) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw system_error("look at", what, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::input, "'" + std::string(what) + "' is not a regular file")
        .with_code("not_regular");
  }
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
  if (memory == MAP_FAILED) throw system_error("map", what, errno);
  data_ = static_cast<const std::uint8_t*>(memory);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

void MappedFile::drop(std::size_t begin, std::size_t end) const {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  begin = (begin + page - 1) / page * page;
  end = std::min(end, size_) / page * page;
  if (begin < end) ::madvise(const_cast<std::uint8_t*>(data_) + begin, end - begin, MADV_DONTNEED);
}

}  // namespace weir::base
