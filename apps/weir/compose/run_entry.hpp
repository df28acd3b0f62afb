#pragma once

#include "compose/run_control.hpp"
#include "compose/run_output.hpp"
#include "compose/run_record.hpp"

#include <optional>
#include <string>

namespace weir::app {

/// The same first and last steps of a run for every engine: being let in, shaking hands with a
/// waiting parent, telling how it ended.
class RunEntry {
 public:
  RunEntry(Context& context, const RunControl& control, RunOutput& output)
      : context_(context), control_(control), output_(output) {}

  /// What `let_in` answers besides a status to end with at once.
  enum class Way { run, follow, end };
  struct Answer {
    Way way = Way::run;
    std::string other;                   ///< follow: the run of somebody else
    ExitStatus status = ExitStatus::ok;  ///< end
  };
  /// Lets the run in and opens its log; or says what this command does instead.
  [[nodiscard]] Answer let_in(RunRecord& record, const RunRecord::Entry& entry);
  /// The run runs: the parent of a detached one may go.
  void started(const RunRecord& record);
  /// Records a run that failed before it ran.
  static void fail(RunRecord& record, const Error& error, ExitStatus status);
  /// Finishes the record and says what it knows better than `status`: that somebody cancelled it,
  /// or its time limit. `say` tells the user.
  [[nodiscard]] ExitStatus finish(RunRecord& record, const jobs::Outcome& outcome,
                                  ExitStatus status, int signal,
                                  const std::function<void(const std::string&)>& say) const;
  /// The last words: events to their end, the JSON document.
  void end_output(RunRecord& record, ExitStatus status);

 private:
  Context& context_;
  const RunControl& control_;
  RunOutput& output_;
  bool shaken_ = false;
};

/// Follows the run that answers this request instead of a new one, as `control` says.
[[nodiscard]] ExitStatus follow_other(Context& context, const RunControl& control,
                                      const std::string& id);

}  // namespace weir::app
