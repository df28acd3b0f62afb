#pragma once

#include "base/fd.hpp"

#include <filesystem>

namespace weir::runs {

/// "Somebody follows this run": a shared `flock` on the run's folder itself, so that nothing is
/// written and a follower that is killed leaves no mark. Only a hint: the run writes its events
/// down sooner while it is there.
class FollowerMark {
 public:
  explicit FollowerMark(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Puts the mark, if it is not there yet. False when it cannot be put now: the folder is missing
  /// or closed to us, or the run is just looking. Never waits.
  bool put();
  /// By the run: whether anybody's mark is on the folder.
  [[nodiscard]] static bool is_on(const std::filesystem::path& folder);

 private:
  std::filesystem::path folder_;
  base::Fd fd_;
};

}  // namespace weir::runs
