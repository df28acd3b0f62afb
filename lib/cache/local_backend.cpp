#include "cache/local_backend.hpp"

#include "base/beneath.hpp"
#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "cache/key.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace weir::cache {
namespace {

namespace fs = std::filesystem;
using base::FileInfo;

// The text that backup programs look for: https://bford.info/cachedir/
constexpr std::string_view k_cachedir_tag =
    "Signature: 8a477f597d28d172789f06886806bc55\n# Made by weir; everything below can be made "
    "again.\n";

fs::path relative_of(const std::string& sha256) {
  WEIR_ASSERT(is_digest(sha256));
  return fs::path("blobs") / sha256.substr(0, 2) / sha256.substr(2);
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

void make_folder_durably(const fs::path& folder) {
  if (base::file_info(folder, base::FollowLinks::no).has_value()) return;
  base::make_folders(folder);
  base::sync_folder(folder.parent_path());
}

}  // namespace

LocalBackend::LocalBackend(const fs::path& root)
    : root_(fs::absolute(root).lexically_normal()), place_(root_.string()) {
  if (base::file_info(root_ / "blobs").has_value()) return;
  base::make_folders(root_ / "blobs");
  base::write_file(root_ / "CACHEDIR.TAG", k_cachedir_tag);
}

std::optional<BlobInfo> LocalBackend::head(const std::string& sha256) {
  const std::optional<FileInfo> info =
      base::file_info(root_ / relative_of(sha256), base::FollowLinks::no);
  if (!info.has_value() || info->type != FileInfo::Type::regular) return std::nullopt;
  return BlobInfo{sha256, info->size_bytes, info->mtime_ns};
}

std::unique_ptr<Blob> LocalBackend::open(const std::string& sha256) {
  const fs::path relative = relative_of(sha256);
  std::optional<base::Fd> fd = base::open_beneath(root_, relative);
  if (!fd.has_value()) return nullptr;
  // Not to be had: it is being removed this moment.
  if (!base::try_lock_fd(fd->get(), base::LockMode::shared, relative.native())) return nullptr;
  const std::optional<BlobInfo> info = head(sha256);
  if (!info.has_value()) return nullptr;
  return std::make_unique<LocalBlob>(std::move(*fd), info->size_bytes, relative.string());
}

void LocalBackend::put(const fs::path& file, const std::string& sha256) {
  const fs::path target = root_ / relative_of(sha256);
  const base::Fd fd = base::open_read(file);
  const std::optional<FileInfo> incoming = base::file_info(file);
  const std::optional<BlobInfo> present = head(sha256);
  if (present.has_value() && incoming.has_value() && present->size_bytes == incoming->size_bytes) {
    base::remove_file(file);
    return;
  }
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  base::sync_fd(fd.get(), file.native());
  base::fault_point("blob synced");
  make_folder_durably(target.parent_path());
  base::fault_point("blob folder made");
  base::rename_file(file, target);
  base::fault_point("blob renamed");
  base::sync_folder(target.parent_path());
  base::fault_point("blob folder synced");
}

bool LocalBackend::remove(const std::string& sha256) {
  const fs::path relative = relative_of(sha256);
  const std::optional<base::Fd> fd = base::open_beneath(root_, relative);
  if (!fd.has_value()) return false;
  if (!base::try_lock_fd(fd->get(), base::LockMode::exclusive, relative.native())) return false;
  base::remove_file(root_ / relative);
  return true;
}

void LocalBackend::quarantine(const std::string& sha256) {
  const fs::path folder = root_ / "quarantine";
  base::make_folders(folder);
  base::rename_file(root_ / relative_of(sha256), folder / sha256);
}

void LocalBackend::list(const std::function<void(const BlobInfo&)>& visit) {
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
