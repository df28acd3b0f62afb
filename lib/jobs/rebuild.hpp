#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::jobs {

class JobStore;

struct Rebuilt {
  std::vector<std::filesystem::path> moved_aside;  ///< the damaged files, under their new names
  std::vector<std::string> jobs;                   ///< ids of the rows that were made anew
  std::vector<std::string> unreadable;             ///< folders whose records say nothing
};

/// Reads every page of the database. False when it is damaged; true also when there is none.
/// Throws Error for other reasons not to open it (a newer schema, no access).
[[nodiscard]] bool is_intact(const std::filesystem::path& state_dir);

/// Moves a damaged database and its side files aside, under names with the date, and never deletes
/// them; nothing when it is intact. Other processes must not be using it.
[[nodiscard]] std::vector<std::filesystem::path> move_damaged_aside(
    const std::filesystem::path& state_dir);

/// Makes rows from the folders of runs and services that have none. What a folder does not say
/// (events, tasks, the jobs of preprocessing, which have no folder) is gone.
void restore_from_folders(JobStore& store, Rebuilt& rebuilt);

}  // namespace weir::jobs
