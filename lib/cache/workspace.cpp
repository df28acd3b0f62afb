#include "cache/workspace.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/named_folder.hpp"
#include "base/random.hpp"

#include <optional>
#include <string>

namespace weir::cache {
namespace {

namespace fs = std::filesystem;

// The lock lies beside its folder: a sweeper that holds it can remove both, and a new owner never
// finds a folder that is being removed under it.
fs::path lock_of(const fs::path& folder) {
  return fs::path(folder).concat(".lock");
}

/// A link in place of the folder would take the bytes, and a sweep, to where it points.
void refuse_link(const fs::path& folder) {
  const std::optional<base::FileInfo> info = base::file_info(folder, base::FollowLinks::no);
  if (!info.has_value() || info->type == base::FileInfo::Type::directory) return;
  throw Error(ErrorKind::not_permitted, "'" + folder.string() + "' is not a folder")
      .with_code("cache_unsafe")
      .with_hint("nothing in the cache folder may be a link; remove it");
}

fs::path fresh_path(const fs::path& root) {
  refuse_link(root / "tmp");
  base::make_named_folders(root / "tmp", ErrorKind::usage);
  return root / "tmp" / ("w" + base::random_hex(16));
}

/// The name is new, so only a sweeper can hold it, for a moment, before it removes it: then once
/// more.
base::FileLock lock_fresh(const fs::path& folder) {
  while (true) {
    base::FileLock lock = base::FileLock::lock(lock_of(folder));
    if (base::file_info(lock_of(folder)).has_value()) return lock;
  }
}

}  // namespace

Workspace::Workspace(const fs::path& root) : path_(fresh_path(root)), lock_(lock_fresh(path_)) {
  try {
    base::make_folders(path_);
  } catch (const Error&) {
    base::remove_file(lock_of(path_));
    throw;
  }
}

Workspace::~Workspace() {
  // What cannot be removed now is swept later.
  try {
    base::remove_tree(path_);
    base::remove_file(lock_of(path_));
  } catch (const Error& error) {
    base::log(base::LogLevel::debug, "scratch folder left behind", {{"error", error.what()}});
  }
}

std::int64_t Workspace::sweep(const fs::path& root) {
  std::int64_t removed = 0;
  refuse_link(root / "tmp");
  if (!base::file_info(root / "tmp").has_value()) return 0;
  for (const std::string& name : base::list_folder(root / "tmp")) {
    if (!name.ends_with(".lock")) continue;
    const fs::path lock_file = root / "tmp" / name;
    const std::optional<base::FileLock> lock = base::FileLock::try_lock(lock_file);
    if (!lock.has_value()) continue;
    base::remove_tree(root / "tmp" / name.substr(0, name.size() - 5));
    base::remove_file(lock_file);
    ++removed;
  }
  return removed;
}

}  // namespace weir::cache
