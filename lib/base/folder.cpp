#include "base/folder.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace weir::base {
namespace {

Fd open_folder(const fs::path& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int open_at(int folder, const std::string& name, int flags, std::uint32_t mode = 0) {
  int fd = -1;
  do {
    fd = ::openat(folder, name.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

std::optional<FileInfo::Type> type_of_entry(unsigned char kind) {
  switch (kind) {
    case DT_REG: return FileInfo::Type::regular;
    case DT_DIR: return FileInfo::Type::directory;
    case DT_LNK: return FileInfo::Type::symlink;
    case DT_FIFO: return FileInfo::Type::fifo;
    case DT_SOCK: return FileInfo::Type::socket;
    case DT_UNKNOWN: return std::nullopt;
    default: return FileInfo::Type::other;
  }
}

}  // namespace

Folder::Folder(fs::path path) : path_(std::move(path)), fd_(open_folder(path_)) {
  if (!fd_) throw system_error("open the folder", path_.native(), errno);
}

std::optional<Folder> Folder::try_open(fs::path path) {
  Fd fd(open_folder(path));
  if (fd) return Folder(std::move(path), std::move(fd));
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw system_error("open the folder", path.native(), errno);
}

std::optional<Folder> Folder::try_create(const fs::path& path) {
  int error = ::mkdir(path.c_str(), 0777) == 0 ? 0 : errno;
  if (error == ENOENT) {
    weir::base::make_folders(path.parent_path());
    error = ::mkdir(path.c_str(), 0777) == 0 ? 0 : errno;
  }
  if (error == EEXIST) return std::nullopt;
  if (error != 0) throw system_error("create the folder", path.native(), error);
  return Folder(path);
}

Fd Folder::open_write(const std::string& name, std::uint32_t mode) const {
  const int fd = open_at(fd_.get(), name, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (fd < 0) throw system_error("create", full(name), errno);
  return Fd(fd);
}

Fd Folder::open_read(const std::string& name) const {
  const int fd = open_at(fd_.get(), name, O_RDONLY);
  if (fd < 0) throw system_error("open", full(name), errno);
  return Fd(fd);
}

void Folder::write(const std::string& name, std::string_view content, std::uint32_t mode) const {
  const Fd fd = open_write(name, mode);
  // The whole name, which errors need, takes as long to make as a small file to write.
  const ssize_t written = ::write(fd.get(), content.data(), content.size());
  if (written == static_cast<ssize_t>(content.size())) return;
  content.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  write_all(fd.get(), content, full(name));
}

void Folder::replace(const std::string& name, std::string_view content) const {
  const std::string temporary = name + "." + random_hex(8) + ".tmp";
  try {
    write(temporary, content);
    if (::renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) != 0)
      throw system_error("rename to", full(name), errno);
  } catch (...) {
    ::unlinkat(fd_.get(), temporary.c_str(), 0);
    throw;
  }
}

std::optional<std::string> Folder::try_read(const std::string& name,
                                            std::size_t limit_bytes) const {
  const Fd fd(open_at(fd_.get(), name, O_RDONLY));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("open", full(name), errno);
  }
  std::string content;
  std::array<char, 16384> buffer;
  while (const std::size_t got = read_some(fd.get(), buffer.data(), buffer.size(), full(name))) {
    content.append(buffer.data(), got);
    if (content.size() > limit_bytes) {
      throw Error(ErrorKind::input,
                  "'" + full(name) + "' is larger than " + std::to_string(limit_bytes) + " bytes");
    }
    if (got < buffer.size()) break;
  }
  return content;
}

std::optional<FileInfo> Folder::info(const std::string& name, FollowLinks follow) const {
  return file_info_at(fd_.get(), name.c_str(), follow);
}

void Folder::make_folders(const std::string& relative) const {
  for (std::size_t slash = relative.find('/', 1);; slash = relative.find('/', slash + 1)) {
    const std::string part = relative.substr(0, slash);
    if (::mkdirat(fd_.get(), part.c_str(), 0777) != 0 && errno != EEXIST)
      throw system_error("create the folder", full(part), errno);
    if (slash == std::string::npos) return;
  }
}

void Folder::make_symlink(const std::string& target, const std::string& name) const {
  if (::symlinkat(target.c_str(), fd_.get(), name.c_str()) != 0)
    throw system_error("link", full(name), errno);
}

bool Folder::try_link(const std::string& from, const std::string& name) const {
  if (::linkat(fd_.get(), from.c_str(), fd_.get(), name.c_str(), 0) == 0) return true;
  if (errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK || errno == ENOSYS) return false;
  throw system_error("link", full(name), errno);
}

std::vector<FolderEntry> read_folder(const fs::path& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), &::closedir);
  if (!stream) throw system_error("read the folder", folder.native(), errno);
  std::vector<FolderEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) {
      if (errno != 0) throw system_error("read the folder", folder.native(), errno);
      return entries;
    }
    std::string name = entry->d_name;
    if (name != "." && name != "..")
      entries.push_back({std::move(name), type_of_entry(entry->d_type)});
  }
}

}  // namespace weir::base
