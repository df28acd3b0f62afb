#include "jobs/job_store.hpp"

#include <filesystem>
#include <system_error>

namespace weir::jobs {

Surroundings Surroundings::of_this_process() {
  std::error_code ignored;
  // "pid:[4026531836]"; unknown (empty) when /proc is not mounted, which then equals itself only.
  const std::filesystem::path name = std::filesystem::read_symlink("/proc/self/ns/pid", ignored);
  return {.wall = base::now_wall,
          .boot = base::now_boot,
          .self = base::own_identity(),
          .pid_namespace = name.string(),
          .alive = base::is_alive};
}

}  // namespace weir::jobs
