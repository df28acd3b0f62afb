#include "runs/follower_mark.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"

namespace weir::runs {

bool FollowerMark::put() {
  if (fd_) return true;
  try {
    base::Fd fd = base::open_read(folder_);
    if (base::try_lock_fd(fd.get(), base::LockMode::shared, folder_.native())) fd_ = std::move(fd);
  } catch (const Error&) {  // a hint that cannot be given: news come a little later
    return false;
  }
  return static_cast<bool>(fd_);
}

bool FollowerMark::is_on(const std::filesystem::path& folder) {
  try {
    const base::Fd fd = base::open_read(folder);
    return !base::try_lock_fd(fd.get(), base::LockMode::exclusive, folder.native());
  } catch (const Error&) {  // a folder that was removed has no followers
    return false;
  }
}

}  // namespace weir::runs
