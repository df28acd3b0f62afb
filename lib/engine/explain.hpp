#pragma once

#include "engine/run_listener.hpp"
#include "engine/seal.hpp"
#include "engine/task_journal.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace weir::engine {

/// Why a task did not take an earlier directory's results.
struct Explanation {
  std::vector<KeyDifference> differences;  ///< components of the key that changed
  std::string note;                        ///< one line; says what the differences do not
};

/// Compares an earlier task's directory with the key of the task that ran. Reads the directory.
[[nodiscard]] Explanation explain_rerun(const std::string& earlier_dir,
                                        const std::vector<KeyComponent>& now);

/// For people: the note, then of each component what changed in it. Lines end with "\n".
[[nodiscard]] std::string explanation_text(const Explanation& explanation);

/// The key that a task's directory records, of a finished or a failed task; empty when there is
/// none.
[[nodiscard]] std::vector<KeyComponent> recorded_key(const std::string& work_dir);

/// `--explain`: says of every task that starts why it does, as log lines, by comparing it with the
/// task of the same name in an earlier run.
class Explainer final : public TaskObserver {
 public:
  /// `listener` outlives the object; `earlier` is empty when there was no run before.
  Explainer(RunListener& listener, const std::vector<JournalEntry>& earlier);
  void on_task(const TaskEvent& event) override;

 private:
  RunListener& listener_;
  struct Earlier {
    std::string directory;
    bool there = false;  ///< when this run began: a task that runs again may take the same one
  };
  std::unordered_map<std::string, Earlier> earlier_;  ///< by task name
};

/// `-dump-hashes`: the components of every task's key, as log lines.
class HashDumper final : public TaskObserver {
 public:
  enum class Form { lines, json };
  explicit HashDumper(RunListener& listener, Form form = Form::lines)
      : listener_(listener), form_(form) {}
  void on_task(const TaskEvent& event) override;

 private:
  RunListener& listener_;
  Form form_;
};

}  // namespace weir::engine
