#include "jobs/rebuild.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace weir::jobs {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> k_suffixes{"", "-wal", "-shm"};

fs::path database_file(const fs::path& state_dir, std::string_view suffix = "") {
  return state_dir / ("weir.db" + std::string(suffix));
}

}  // namespace

bool is_intact(const fs::path& state_dir) {
  const auto info = base::file_info(database_file(state_dir));
  if (!info.has_value()) return true;
  // SQLite takes an empty file for a new database; one of weir's never is empty.
  if (info->size_bytes == 0) return false;
  try {
    db::Database database(database_file(state_dir));
    db::Statement check = database.prepare("PRAGMA quick_check(1)");
    return check.step() && check.text(0) == "ok";
  } catch (const Error& error) {  // a damaged file may not even open
    if (error.code() == "store_corrupt") return false;
    throw;
  }
}

std::vector<fs::path> move_damaged_aside(const fs::path& state_dir) {
  std::vector<fs::path> moved;
  const base::FileLock lock = base::FileLock::lock(database_file(state_dir, ".create"));
  if (is_intact(state_dir)) return moved;
  const std::string date = base::replace_all(base::to_rfc3339(base::now_wall()), ":", "");
  for (const std::string_view suffix : k_suffixes) {
    const fs::path file = database_file(state_dir, suffix);
    if (!base::file_info(file).has_value()) continue;
    moved.push_back(state_dir / fmt::format("weir.db.damaged-{}{}", date, suffix));
    base::rename_file(file, moved.back());
  }
  return moved;
}

void restore_from_folders(JobStore& store, Rebuilt& rebuilt) {
  const fs::path runs = store.state_dir() / "runs";
  if (!base::file_info(runs).has_value()) return;
  std::vector<Job> found;
  for (const std::string& id : base::list_folder(runs)) {
    if (store.find(id).has_value()) {
      // A store that is opened without its database has made the rows already.
      if (!rebuilt.moved_aside.empty()) rebuilt.jobs.push_back(id);
      continue;
    }
    try {
      std::optional<Job> job = RunFolder::read_job(store.state_dir(), id);
      if (job.has_value()) {
        found.push_back(std::move(*job));
      } else {
        rebuilt.unreadable.push_back(id);
      }
    } catch (const Error& error) {  // one bad folder must not hide the others
      if (error.kind() != ErrorKind::store) throw;
      rebuilt.unreadable.push_back(id);
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Job& a, const Job& b) { return a.submitted_at < b.submitted_at; });
  for (const Job& job : found) {
    if (store.restore(job)) rebuilt.jobs.push_back(job.id);
  }
}

}  // namespace weir::jobs
