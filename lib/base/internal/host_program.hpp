#pragma once

#include "base/fd.hpp"
#include "base/internal/host_wire.hpp"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace weir::base::internal {

/// What became of a start.
struct StartResult {
  pid_t pid = 0;  ///< 0: failed
  int error = 0;  ///< errno of the step that failed
  StartStage stage = StartStage::fork;
};

/// One start of a program as a child of the caller in a session of its own, with default signals,
/// an empty mask and death by KILL when the caller dies.
///
/// The child shares the caller's memory until it executes (clone with CLONE_VM, as posix_spawn
/// does), so the price does not depend on the caller's size. What it uses until then is in here.
/// Can be used again once it is over.
class Launch {
 public:
  enum class Wait {
    until_executed,  ///< or failed
    no,  ///< the caller goes on beside the child, which the kernel puts where there is room
  };

  Launch();
  ~Launch();  ///< over, or never begun
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  /// `plan_bytes` is an encoded plan. `streams[i]` becomes the program's descriptor `targets[i]` of
  /// the plan (or the group that it joins); nothing else is inherited, given that the caller's
  /// descriptors close on exec.
  ///
  /// Without waiting, a process is all that the result tells of: see `failure`.
  [[nodiscard]] StartResult begin(std::string plan_bytes, std::vector<Fd> streams,
                                  const std::vector<std::string>& extra_environment, Wait wait);

  /// The child executes its program or has ended: it does not use this object any more.
  [[nodiscard]] bool is_over() const;
  /// Of a launch that is over: `error` is 0 when nothing failed. `pid` is that of the child.
  [[nodiscard]] StartResult failure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::base::internal
