#include "compose/run_entry.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "compose/job_view.hpp"
#include "compose/run_detach.hpp"
#include "compose/run_end.hpp"
#include "compose/run_follow.hpp"

#include <fmt/format.h>

#include <csignal>

namespace weir::app {
namespace {

std::string who(const jobs::Job& job) {
  std::string text = job.cancel_actor.empty() ? "somebody" : base::printable(job.cancel_actor);
  if (!job.cancel_reason.empty()) text += ": " + base::printable(job.cancel_reason);
  return text;
}

}  // namespace

RunEntry::Answer RunEntry::let_in(RunRecord& record, const RunRecord::Entry& entry) {
  const base::InterruptWatch watch;
  const auto queued = [&](const jobs::Job& job) {
    if (control_.is_detached_child()) {
      shake_hands(control_, job.id, context_.err);
      shaken_ = true;
    } else if (!control_.quiet) {
      context_.err.line(fmt::format("run {} waits for its turn", job.id));
      context_.err.flush();
    }
  };
  const runs::Admitted admitted = record.begin(entry, control_, queued, watch.requested());
  using Kind = runs::Admitted::Answer;
  switch (admitted.answer) {
    case Kind::mine:
      // In the background of a terminal with `stty tostop`, writing would stop whoever writes: the
      // run goes on and its words appear. What it starts has default signals.
      ::signal(SIGTTOU, SIG_IGN);
      // An external engine writes its logs itself.
      if (control_.engine == "native") output_.open_log(record.folder().path());
      if (control_.events) output_.start_events(context_.state_dir(), record.id());
      return {};
    case Kind::stopped: return {Way::end, "", static_cast<ExitStatus>(128 + watch.signal_number())};
    case Kind::skipped:
      if (!control_.quiet)
        context_.err.line(fmt::format("run {} is still active; nothing to do", admitted.job.id));
      if (control_.json) print_run_document(admitted.job, ExitStatus::ok, context_.out);
      return {Way::end, "", ExitStatus::ok};
    case Kind::follow:
    case Kind::ended: break;
  }
  return {Way::follow, admitted.job.id, ExitStatus::ok};
}

void RunEntry::started(const RunRecord& record) {
  if (std::exchange(shaken_, true)) return;
  shake_hands(control_, record.id(), context_.err);
}

void RunEntry::fail(RunRecord& record, const Error& error, ExitStatus status) {
  if (!record.is_active()) return;
  jobs::Outcome outcome;
  outcome.reason = error.kind() == ErrorKind::input || error.kind() == ErrorKind::usage
                       ? "input"
                       : "launch_error";
  outcome.error_code = error.code();
  outcome.error_text = error.what();
  outcome.result_json = result_json(status);
  try {
    static_cast<void>(record.finish(outcome));
  } catch (const Error& second) {  // what failed first is what the user must hear of
    base::log(base::LogLevel::debug, "the end was not recorded", {{"error", second.what()}});
  }
}

ExitStatus RunEntry::finish(RunRecord& record, const jobs::Outcome& outcome, ExitStatus status,
                            int signal, const std::function<void(const std::string&)>& say) const {
  output_.flush();
  static_cast<void>(record.finish(outcome));
  const std::optional<jobs::Job> job = record.job();
  if (!job.has_value() || signal != 0) return status;
  if (job->outcome.reason == "deadline" && control_.timeout.has_value()) {
    say(fmt::format("the run was ended by its time limit of {}",
                    base::format_duration(*control_.timeout)));
    return ExitStatus::timed_out;
  }
  if (job->state == jobs::JobState::cancelled) {
    say(fmt::format("the run was cancelled by {}", who(*job)));
    return ExitStatus::cancelled;
  }
  return status;
}

void RunEntry::end_output(RunRecord& record, ExitStatus status) {
  output_.flush();
  output_.finish_events();
  if (!control_.json || control_.is_detached_child()) return;
  const std::optional<jobs::Job> job = record.job();
  if (job.has_value()) print_run_document(*job, status, context_.out);
}

ExitStatus follow_other(Context& context, const RunControl& control, const std::string& id) {
  if (control.is_detached_child()) {
    shake_hands(control, id, context.err);
    return ExitStatus::ok;
  }
  const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
  return follow_run(
      context, *store, id,
      {.events = control.events, .json = control.json, .quiet = control.quiet, .outcome = true});
}

}  // namespace weir::app
