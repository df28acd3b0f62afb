#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "engine/task_observer.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// One line of a run's journal: a task attempt as it was started, or as it ended.
struct JournalEntry {
  TaskId id = 0;
  std::string status;  ///< "RUNNING", "COMPLETED", "CACHED", "FAILED", "ABORTED"
  std::string process;
  std::string name;
  std::string work_dir;  ///< absolute; empty for a task that never had one
  /// The fields of the trace by their names, as text; in raw units: ms, bytes.
  std::map<std::string, std::string, std::less<>> fields;
};

/// Notes every task of a run in a file of its folder, so that other commands can tell of it later:
/// `weir nextflow log`, `weir clean`, `weir jobs explain`, `weir jobs shell`.
///
/// Whole lines are written at once, so a killed run leaves a good journal. Those of tasks that were
/// cached, which come by the thousand, may wait for the next one for a moment: a run that is killed
/// then will find the same tasks cached again. A journal that cannot be written is given up with a
/// warning; the run goes on.
class TaskJournal final : public TaskObserver {
 public:
  /// Throws Error when the file cannot be made.
  explicit TaskJournal(std::string path);
  void on_task(const TaskEvent& event) override;
  /// Writes what waits. To be called at the end.
  void flush();

 private:
  std::string path_;
  base::Fd file_;
  std::string lines_;  ///< not written yet
  base::BootTime written_at_{};
};

/// The last line of each attempt, in the order in which attempts first appear; nothing when there
/// is no journal. Lines that are cut short or of another version are passed over. Throws Error.
[[nodiscard]] std::vector<JournalEntry> read_journal(const std::string& path);

/// The attempt that `wanted` means: a task id, the beginning of a hash ("ab/cdef01" or "abcdef"),
/// or a name. Throws Error (not_found), with near names; (usage) when several fit.
[[nodiscard]] const JournalEntry& find_entry(const std::vector<JournalEntry>& journal,
                                             const std::string& wanted);

/// Its name in a run's folder.
inline constexpr const char* k_journal_name = "tasks.tsv";

}  // namespace weir::engine
