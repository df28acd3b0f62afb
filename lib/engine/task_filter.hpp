#pragma once

#include "engine/task_journal.hpp"

#include <memory>
#include <string>

namespace weir::engine {

/// An expression over the fields of a task, in the language of scripts:
/// `process =~ /ALIGN.*/ && status == 'COMPLETED'`. Times and sizes are numbers: ms, bytes.
class TaskFilter {
 public:
  /// Throws Error (usage) for an expression with errors.
  explicit TaskFilter(const std::string& expression);
  ~TaskFilter();
  TaskFilter(const TaskFilter&) = delete;
  TaskFilter& operator=(const TaskFilter&) = delete;

  /// Throws Error (usage) when the expression fails, naming an unknown field.
  [[nodiscard]] bool matches(const JournalEntry& entry);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A field of a task as text: what the journal has, `duration`, `script`, `stdout`, `stderr`,
/// `log`, and times and sizes for people. "-" for none. Reads the task's directory where it must.
[[nodiscard]] std::string journal_field(const JournalEntry& entry, const std::string& name);
/// The fields that `journal_field` knows.
[[nodiscard]] std::vector<std::string> journal_fields();

}  // namespace weir::engine
