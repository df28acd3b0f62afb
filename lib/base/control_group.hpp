#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {

/// Folders of the control groups that this process is in, its own first, then those above it up to
/// where they can be seen from here. `controller` is one of version 1 ("memory", "cpu"); empty:
/// those of version 2. Empty where there are none.
[[nodiscard]] std::vector<fs::path> control_group_folders(std::string_view controller = {});

/// A control group (cgroup v2; the kernel's admin-guide/cgroup-v2) for one program and all that it
/// starts. Its folder goes with the object; what still runs in it is killed then.
class ControlGroup {
 public:
  ControlGroup(fs::path folder, Fd members)
      : folder_(std::move(folder)), members_(std::move(members)) {}
  ~ControlGroup();
  ControlGroup(const ControlGroup&) = delete;
  ControlGroup& operator=(const ControlGroup&) = delete;

  /// The list of its members, for SpawnOptions::group_fd.
  [[nodiscard]] int members_fd() const { return members_.get(); }
  /// Whether the kernel has killed members because they took more memory than the group may have.
  [[nodiscard]] bool ran_out_of_memory() const;

 private:
  fs::path folder_;
  Fd members_;
};

/// The control group of this process, divided among the programs that it starts.
///
/// A group whose memory is divided has no processes of its own, so weir moves itself and what it
/// has started so far into a group below; that is undone with the object.
class ControlGroups {
 public:
  /// Null when the group is not ours to divide, and then `why_not` says why: it was not delegated
  /// (no right to write, no memory controller), or other processes are in it. Throws nothing.
  [[nodiscard]] static std::unique_ptr<ControlGroups> take_over(std::string& why_not);
  ~ControlGroups();
  ControlGroups(const ControlGroups&) = delete;
  ControlGroups& operator=(const ControlGroups&) = delete;

  /// A new group whose members have so much memory together, page cache and files in memory
  /// included, and no swap; when that is not enough, all of them are killed. Throws Error.
  [[nodiscard]] std::shared_ptr<ControlGroup> make(std::int64_t memory_bytes);
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  explicit ControlGroups(fs::path folder) : folder_(std::move(folder)) {}
  void move_in();

  fs::path folder_;
  fs::path own_;  ///< the group below that we are in; empty: we did not move
  std::int64_t made_ = 0;
};

}  // namespace weir::base
