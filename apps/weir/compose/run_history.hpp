#pragma once

#include "command.hpp"
#include "compose/run_record.hpp"
#include "engine/task_journal.hpp"

#include <string>
#include <vector>

namespace weir::app {

/// A run of the past, with where its tasks are noted.
struct PastRun {
  jobs::Job job;
  RunRecord::Facts facts;
  std::string journal;  ///< may not exist: a run without tasks
};

/// The runs of the working directory, the oldest first.
[[nodiscard]] std::vector<PastRun> past_runs(Context& context);

/// Which runs of the past are meant, as `log` and `clean` take them: some by name, session or
/// `last`; those before or after one; all but one. At most one of the four is set.
struct RunChoice {
  std::vector<std::string> named;
  std::string before;
  std::string after;
  std::string but;
};
/// Nothing chosen: the last one. Throws Error (not_found) for a run that is none of `runs`,
/// (usage) when more than one thing is said.
[[nodiscard]] std::vector<PastRun> choose_runs(const std::vector<PastRun>& runs,
                                               const RunChoice& choice);

/// The run whose job is `id` (or its unique beginning, @last), and the run of the same folder
/// before it, if there was one. Throws Error (not_found).
struct RunAndBefore {
  PastRun run;
  std::optional<PastRun> before;
};
[[nodiscard]] RunAndBefore run_and_before(Context& context, const std::string& id);

}  // namespace weir::app
