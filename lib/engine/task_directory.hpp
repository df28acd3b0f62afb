#pragma once

#include "base/fd.hpp"
#include "base/folder.hpp"
#include "engine/seal.hpp"
#include "engine/task_hash.hpp"
#include "engine/task_spec.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

class RemoteFiles;

/// Where and how tasks of a run find their directories.
struct DirectoryOptions {
  std::string work_dir;
  std::string temp_dir;
  std::string revision_dir;
  std::string run_id;
  /// Fetches inputs that are elsewhere; null: there may be none.
  std::shared_ptr<RemoteFiles> remote{};
};

/// A failure of the file side of a task, as a value: it is decided upon on the loop's thread.
struct DirectoryFailure {
  TaskFailure::Kind kind = TaskFailure::Kind::cannot_start;
  std::string cause;
  bool unrecoverable = false;
};

/// A finished task found on disk, or just finished.
struct FinishedTask {
  enum class Origin { ran, sealed, adopted, stored };
  Origin origin = Origin::ran;
  std::string hash;
  std::string work_dir;
  std::string output_dir;
  int exit_status = 0;
  std::vector<FoundPaths> paths;
  std::vector<std::optional<std::string>> env;
  std::vector<std::string> eval;
  std::string stdout_text;
  std::string context;
  TaskUsage usage;
};

/// A directory of this attempt's own, with all files in place.
struct PreparedTask {
  std::string hash;
  std::string work_dir;
  std::vector<std::string> argv;
  std::optional<base::Folder> folder;  ///< `work_dir`, unless too many are open
};

/// The open streams of a program that is about to start.
struct ProgramFiles {
  base::Fd input;
  base::Fd output;
  base::Fd errors;
};

// Everything below blocks on the disk, may run on any thread, and throws Error (`failure_of` turns
// it into a value).

/// Brings the inputs of a task here that are elsewhere. Before `make_key` of a task that will run.
void fetch_inputs(const TaskSpec& spec, const DirectoryOptions& options);

/// The key of a task; looks at the files it names.
[[nodiscard]] TaskKey make_key(const TaskSpec& spec, const DirectoryOptions& options);

/// The results in `storeDir`, when all declared outputs are there.
[[nodiscard]] std::optional<FinishedTask> find_stored(const TaskSpec& spec);

/// A sealed directory of this key whose outputs are still there, or one that finished well and was
/// not sealed since the run was killed: that one is sealed now. Looks at each directory of the key
/// in turn until a name is free.
[[nodiscard]] std::optional<FinishedTask> find_finished(const TaskSpec& spec, const TaskKey& key,
                                                        const DirectoryOptions& options);

/// Claims the first free directory of the key from `first_try` on. Of several runs exactly one gets
/// a name.
[[nodiscard]] PreparedTask claim_directory(const TaskKey& key, int first_try,
                                           const DirectoryOptions& options);
/// Writes the command files and stages the inputs.
void fill_directory(const TaskSpec& spec, const DirectoryOptions& options, PreparedTask& prepared);
/// The streams of the task's program.
[[nodiscard]] ProgramFiles open_streams(const TaskSpec& spec, const base::Folder& folder);

/// Records the exit status, verifies the outputs, moves them to `storeDir` and seals the directory;
/// or says what is wrong. `task.hash`, `work_dir`, `exit_status` and `usage` are set by the caller;
/// `folder` is the `work_dir`.
[[nodiscard]] std::optional<DirectoryFailure> conclude(const TaskSpec& spec, const TaskKey& key,
                                                       const base::Folder& folder,
                                                       FinishedTask& task);

[[nodiscard]] DirectoryFailure failure_of(std::exception_ptr error, TaskFailure::Kind kind);

}  // namespace weir::engine
