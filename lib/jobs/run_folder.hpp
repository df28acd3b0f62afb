#pragma once

#include "base/lock.hpp"
#include "jobs/job.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace weir::jobs {

/// What a finished run or service left in its folder: the truth that recovery finishes its row
/// from.
struct ExitRecord {
  std::string id;
  std::int64_t attempt = 0;
  Outcome outcome;
  base::WallTime finished_at{};
};

/// The folder runs/<id>/ of a run or service: its request, logs, liveness lock and exit record.
///
/// Liveness is the lock, never a process id: the owner holds `alive.lock`, the kernel lets it go
/// with the owner. Mode 0700, because requests may hold secrets. Log files in it belong to whoever
/// runs the job.
class RunFolder {
 public:
  /// Creates the folder, writes request.json and job.json (what its row can be made anew from) and
  /// takes alive.lock. Call after the claim. Throws Error.
  [[nodiscard]] static RunFolder create(const std::filesystem::path& state_dir, const Job& job);
  /// Takes the lock of a folder that exists: the child of a detached run. Nothing when somebody
  /// holds it.
  [[nodiscard]] static std::optional<RunFolder> adopt(const std::filesystem::path& state_dir,
                                                      const std::string& id);

  /// The folder of a run that something else holds: for who takes over from its dead owner.
  /// Without the lock, `lock_fd` is -1.
  [[nodiscard]] static RunFolder beside(const std::filesystem::path& state_dir,
                                        const std::string& id);

  [[nodiscard]] static std::filesystem::path path_of(const std::filesystem::path& state_dir,
                                                     const std::string& id);
  /// Whether anything of the job is left on this machine.
  [[nodiscard]] static bool is_held(const std::filesystem::path& state_dir, const std::string& id);
  /// Nothing when there is none. Throws Error(store) for one that cannot be understood.
  [[nodiscard]] static std::optional<ExitRecord> read_exit(const std::filesystem::path& state_dir,
                                                           const std::string& id);

  /// The job as job.json and exit.json describe it, for a table that lost it: terminal when it left
  /// an exit record, running when it is held, else lost. Nothing for a folder without job.json.
  /// Throws Error(store) for one that cannot be understood.
  [[nodiscard]] static std::optional<Job> read_job(const std::filesystem::path& state_dir,
                                                   const std::string& id);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// The descriptor of alive.lock, to be passed on to a process whose life counts as the job's.
  [[nodiscard]] int lock_fd() const { return lock_.has_value() ? lock_->fd() : -1; }
  /// Writes job.json again: a run that waited has begun.
  void note_job(const Job& job) const;
  /// Durable before it returns: written, synced, renamed, folder synced. To be called before
  /// `JobStore::finish`.
  void write_exit(const ExitRecord& record) const;

 private:
  RunFolder(std::filesystem::path path, std::optional<base::FileLock> lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;
  std::optional<base::FileLock> lock_;
};

}  // namespace weir::jobs
