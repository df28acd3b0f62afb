#include "compose/run_clean.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/seal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace weir::app {
namespace {

using base::fs::path;

/// Only directories that look like a task's are touched, whatever a journal says.
bool is_task_directory(const std::string& folder) {
  const path directory(folder);
  const auto is_hex = [](const std::string& name, std::size_t length) {
    return name.size() == length && name.find_first_not_of("0123456789abcdef") == std::string::npos;
  };
  if (!is_hex(directory.filename().native(), 30) ||
      !is_hex(directory.parent_path().filename().native(), 2))
    return false;
  const auto info = base::file_info(directory, base::FollowLinks::no);
  return info && info->type == base::FileInfo::Type::directory;
}

std::set<std::string> directories_of(const std::vector<PastRun>& runs) {
  std::set<std::string> found;
  for (const PastRun& run : runs) {
    for (const engine::JournalEntry& entry : engine::read_journal(run.journal)) {
      if (is_task_directory(entry.work_dir)) found.insert(entry.work_dir);
    }
  }
  return found;
}

/// A fetched input is WORK/fetched/ab/cdef…/NAME; tasks and runs share it by links to it. Its
/// folder, or nothing for a link to something else.
std::optional<path> fetched_folder(const path& target) {
  const path folder = target.parent_path();
  const bool is_copy = is_task_directory(folder.string()) &&
                       folder.parent_path().parent_path().filename() == "fetched";
  return is_copy ? std::optional(folder) : std::nullopt;
}

/// Those that the tasks in `directories` have links to.
std::set<path> fetched_by(const std::set<std::string>& directories) {
  std::set<path> found;
  for (const std::string& directory : directories) {
    std::error_code gone;
    for (auto entry = base::fs::recursive_directory_iterator(directory, gone);
         entry != base::fs::recursive_directory_iterator(); entry.increment(gone)) {
      if (!entry->is_symlink(gone)) continue;
      if (auto folder = fetched_folder(base::fs::read_symlink(entry->path(), gone)))
        found.insert(std::move(*folder));
    }
  }
  return found;
}

/// What a task made, without its command files and what it said. Its record goes too: what it
/// records is no longer there.
void remove_products(const std::string& directory) {
  for (const std::string& name : base::list_folder(directory)) {
    const bool is_log = name.starts_with(".command.") || name == ".exitcode";
    if (!is_log) base::remove_tree(path(directory) / name);
  }
}

void remove_directory(const std::string& directory) {
  // The record first: a removal that is cut short leaves no finished task without its files.
  base::remove_file(path(directory) / engine::k_seal_name);
  base::remove_tree(directory);
}

}  // namespace

ExitStatus clean_runs(Context& context, const CleanRequest& request) {
  if (!request.dry_run && !request.force) {
    throw Error(ErrorKind::usage, "nothing is removed without being told twice")
        .with_hint("-n says what would be removed, -f removes it");
  }
  const std::vector<PastRun> runs = past_runs(context);
  const std::vector<PastRun> chosen = choose_runs(runs, request.runs);
  std::vector<PastRun> kept;
  for (const PastRun& run : runs) {
    const bool goes = std::any_of(chosen.begin(), chosen.end(),
                                  [&](const PastRun& one) { return one.job.id == run.job.id; });
    if (!goes) kept.push_back(run);
    if (goes && !jobs::is_terminal(run.job.state)) {
      throw Error(ErrorKind::busy, fmt::format("run '{}' is active", run.facts.run_name))
          .with_hint("wait for its end, or cancel it: weir jobs cancel " + run.job.id);
    }
  }
  const std::set<std::string> needed = directories_of(kept);
  std::set<std::string> unneeded = directories_of(chosen);
  std::erase_if(unneeded, [&](const std::string& one) { return needed.contains(one); });
  std::set<path> copies;
  if (!request.keep_logs) copies = fetched_by(unneeded);
  if (!copies.empty()) {
    const std::set<path> kept_copies = fetched_by(needed);
    std::erase_if(copies, [&](const path& one) { return kept_copies.contains(one); });
  }
  if (unneeded.empty() && copies.empty() && !request.quiet)
    context.err.line("nothing to remove: no task directory is needed by these runs alone");
  for (const std::string& directory : unneeded) {
    const std::string what = request.keep_logs ? "temp files from " : "";
    if (!request.dry_run) {
      request.keep_logs ? remove_products(directory) : remove_directory(directory);
    }
    if (!request.quiet)
      context.out.line((request.dry_run ? "Would remove " : "Removed ") + what + directory);
  }
  for (const path& copy : copies) {
    if (!request.dry_run) base::remove_tree(copy);
    if (!request.quiet)
      context.out.line((request.dry_run ? "Would remove " : "Removed ") + copy.string());
  }
  return ExitStatus::ok;
}

}  // namespace weir::app
