// A blob's file and its lock live and die together: the lock is on the inode, so it is held across
// the rename that gives the blob its name, and after taking it everybody looks whether the name
// still stands for that inode.
#include "cache/local_backend.hpp"

#include "base/beneath.hpp"
#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/named_folder.hpp"
#include "cache/key.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>

namespace weir::cache {
namespace {

namespace fs = std::filesystem;

using base::FileInfo;

constexpr const char* k_quarantine = "quarantine";

// The text that backup programs look for: https://bford.info/cachedir/
constexpr std::string_view k_cachedir_tag =
    "Signature: 8a477f597d28d172789f06886806bc55\n# Made by weir; everything below can be made "
    "again.\n";

std::string folder_name_of(const std::string& sha256) {
  WEIR_ASSERT(is_digest(sha256));
  return "blobs/" + sha256.substr(0, 2);
}

std::string file_name_of(const std::string& sha256) {
  return sha256.substr(2);
}

std::string relative_of(const std::string& sha256) {
  return folder_name_of(sha256) + "/" + file_name_of(sha256);
}

class LocalBlob final : public Blob {
 public:
  LocalBlob(base::Fd fd, std::int64_t size_bytes, std::string name)
      : fd_(std::move(fd)), size_bytes_(size_bytes), name_(std::move(name)) {}

  [[nodiscard]] std::int64_t size_bytes() const override { return size_bytes_; }

  [[nodiscard]] std::size_t read(std::int64_t offset, char* buffer, std::size_t size) override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t got =
          ::pread(fd_.get(), buffer + done, size - done, offset + static_cast<std::int64_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw system_error("read", name_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  base::Fd fd_;
  std::int64_t size_bytes_;
  std::string name_;
};

Error unsafe(const fs::path& path) {
  return Error(ErrorKind::not_permitted,
               fmt::format("'{}' is not what the cache put there", path.string()))
      .with_code("cache_unsafe")
      .with_hint("nothing in the cache folder may be a link or a folder of others; remove it");
}

/// Opens below the root, with the cache's own word for what is planted there.
std::optional<base::Fd> open_safely(const fs::path& root, const std::string& relative) {
  try {
    return base::open_beneath(root, relative);
  } catch (const Error& error) {
    if (error.code() == "path_unsafe") throw unsafe(root / relative);
    throw;
  }
}

/// Whether the name still stands for the open file.
bool is_named(int folder, const std::string& name, int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  const std::optional<FileInfo> named =
      base::file_info_at(folder, name.c_str(), base::FollowLinks::no);
  return named.has_value() && named->inode == status.st_ino && named->device == status.st_dev;
}

}  // namespace

LocalBackend::LocalBackend(const fs::path& root)
    : root_(fs::absolute(root).lexically_normal()), place_(root_.string()) {
  const std::optional<FileInfo> blobs = base::file_info(root_ / "blobs", base::FollowLinks::no);
  if (blobs.has_value() && blobs->type == FileInfo::Type::directory) return;
  if (blobs.has_value()) throw unsafe(root_ / "blobs");
  base::make_named_folders(root_ / "blobs", ErrorKind::usage);
  base::write_file(root_ / "CACHEDIR.TAG", k_cachedir_tag);
}

std::optional<base::Fd> LocalBackend::folder_of(const std::string& sha256) const {
  return open_safely(root_, folder_name_of(sha256));
}

base::Fd LocalBackend::open_below(const std::string& relative) const {
  std::optional<base::Fd> fd = open_safely(root_, relative);
  if (fd.has_value()) return std::move(*fd);
  throw system_error("open the folder", (root_ / relative).native(), ENOENT);
}

base::Fd LocalBackend::make_folder_of(const std::string& sha256) const {
  std::optional<base::Fd> folder = folder_of(sha256);
  if (folder.has_value()) return std::move(*folder);
  // Somebody may empty the cache under us: its folders come back.
  base::make_named_folders(root_ / "blobs", ErrorKind::usage);
  const base::Fd blobs = open_below("blobs");
  base::make_folder_at(blobs.get(), sha256.substr(0, 2), (root_ / "blobs").native());
  base::sync_fd(blobs.get(), (root_ / "blobs").native());
  return open_below(folder_name_of(sha256));
}

std::optional<BlobInfo> LocalBackend::head(const std::string& sha256) {
  const std::optional<base::Fd> folder = folder_of(sha256);
  if (!folder.has_value()) return std::nullopt;
  const std::optional<FileInfo> info =
      base::file_info_at(folder->get(), file_name_of(sha256).c_str(), base::FollowLinks::no);
  if (!info.has_value() || info->type != FileInfo::Type::regular) return std::nullopt;
  return BlobInfo{sha256, info->size_bytes, info->mtime_ns};
}

std::unique_ptr<Blob> LocalBackend::open(const std::string& sha256) {
  const std::string relative = relative_of(sha256);
  std::optional<base::Fd> fd = open_safely(root_, relative);
  if (!fd.has_value()) return nullptr;
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) throw system_error("look at", relative, errno);
  if (!S_ISREG(status.st_mode)) throw unsafe(root_ / relative);
  // Not to be had, or without its name: it is being removed this moment.
  if (!base::try_lock_fd(fd->get(), base::LockMode::shared, relative)) return nullptr;
  const std::optional<base::Fd> folder = folder_of(sha256);
  if (!folder.has_value() || !is_named(folder->get(), file_name_of(sha256), fd->get()))
    return nullptr;
  return std::make_unique<LocalBlob>(std::move(*fd), status.st_size, relative);
}

std::unique_ptr<Blob> LocalBackend::put(const fs::path& file, const std::string& sha256) {
  base::Fd fd = base::open_read(file);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw system_error("look at", file.native(), errno);
  // Whom the umask of its maker kept from reading it may still not.
  if (::fchmod(fd.get(), status.st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) != 0)
    throw system_error("make read-only", file.native(), errno);
  // Nobody else has this file, so the lock is there to be had.
  static_cast<void>(base::try_lock_fd(fd.get(), base::LockMode::shared, file.native()));
  base::Fd folder;
  while (true) {
    std::unique_ptr<Blob> present = open(sha256);
    if (present != nullptr && present->size_bytes() == status.st_size) {
      base::remove_file(file);
      return present;
    }
    if (present != nullptr) quarantine(sha256);
    if (!folder) {
      base::sync_fd(fd.get(), file.native());
      base::fault_point("blob synced");
      folder = make_folder_of(sha256);
      base::fault_point("blob folder made");
    }
    if (base::try_move_into(file, folder.get(), file_name_of(sha256), root_.native())) break;
    // Somebody was first, or removes the one that was there: look again.
    std::this_thread::yield();
  }
  base::fault_point("blob renamed");
  base::sync_fd(folder.get(), root_.native());
  base::fault_point("blob folder synced");
  return std::make_unique<LocalBlob>(std::move(fd), status.st_size, relative_of(sha256));
}

Removal LocalBackend::remove(const std::string& sha256, const std::function<bool()>& may_go) {
  const std::string relative = relative_of(sha256);
  const std::optional<base::Fd> folder = folder_of(sha256);
  const std::optional<base::Fd> fd = open_safely(root_, relative);
  if (!folder.has_value() || !fd.has_value()) return Removal::absent;
  if (!base::try_lock_fd(fd->get(), base::LockMode::exclusive, relative)) return Removal::in_use;
  if (!is_named(folder->get(), file_name_of(sha256), fd->get())) return Removal::absent;
  if (may_go && !may_go()) return Removal::still_wanted;
  base::remove_at(folder->get(), file_name_of(sha256), root_.native());
  return Removal::done;
}

void LocalBackend::quarantine(const std::string& sha256) {
  const std::optional<base::Fd> folder = folder_of(sha256);
  if (!folder.has_value()) return;
  base::move_between(folder->get(), file_name_of(sha256), open_quarantine().get(), sha256,
                     root_.native());
}

base::Fd LocalBackend::open_quarantine() const {
  base::make_folder_at(open_below(".").get(), k_quarantine, root_.native());
  return open_below(k_quarantine);
}

fs::path LocalBackend::put_aside(const fs::path& file, const std::string& sha256) {
  const base::Fd folder = open_quarantine();
  base::sync_fd(base::open_read(file).get(), file.native());
  // Blobs with wrong bytes lie there under the digest that they should have.
  const std::string name = "rejected-" + sha256;
  // One that is there has the same bytes.
  if (!base::try_move_into(file, folder.get(), name, root_.native())) base::remove_file(file);
  base::sync_fd(folder.get(), root_.native());
  return root_ / k_quarantine / name;
}

void LocalBackend::list(const std::function<void(const BlobInfo&)>& visit) {
  static_cast<void>(open_below("blobs"));
  for (const std::string& first : base::list_folder(root_ / "blobs")) {
    const std::optional<FileInfo> info =
        base::file_info(root_ / "blobs" / first, base::FollowLinks::no);
    if (!info.has_value() || info->type != FileInfo::Type::directory) continue;
    for (const std::string& rest : base::list_folder(root_ / "blobs" / first)) {
      if (!is_digest(first + rest)) continue;
      const std::optional<BlobInfo> blob = head(first + rest);
      if (blob.has_value()) visit(*blob);
    }
  }
}

std::optional<fs::path> LocalBackend::local_path(const std::string& sha256) {
  if (!head(sha256).has_value()) return std::nullopt;
  return root_ / relative_of(sha256);
}

}  // namespace weir::cache
