#include "compose/run_follow.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "compose/job_view.hpp"
#include "compose/log_print.hpp"
#include "compose/run_end.hpp"
#include "compose/run_record.hpp"
#include "jobs/recovery.hpp"
#include "runs/event_stream.hpp"

#include <fmt/format.h>

namespace weir::app {
namespace {

constexpr int k_signal_base = 128;

/// True: the run has ended, or its record is gone.
bool print_events(Context& context, jobs::JobStore& store, const std::string& id,
                  const std::atomic<bool>& stop) {
  Output& out = context.out;
  runs::EventStream stream(store, id,
                           {.after = {}, .follow = true, .hello = true, .logs = true, .types = {}});
  const runs::StreamEnd end = stream.run(
      [&](std::string_view line) {
        out.line(line);
        return out.fd() >= 0;
      },
      [&] { out.flush(); }, stop);
  return end == runs::StreamEnd::complete || end == runs::StreamEnd::purged;
}

}  // namespace

ExitStatus follow_run(Context& context, jobs::JobStore& store, const std::string& id,
                      const FollowStyle& style) {
  const base::InterruptWatch watch;
  context.out.outlive_reader();
  const auto gone = [&] { return context.out.fd() < 0; };
  if (style.events) {
    static_cast<void>(print_events(context, store, id, watch.requested()));
  } else {
    const LogPrint print{.which = runs::RunLogReader::Which::both,
                         .follow = true,
                         .silent = style.json || style.quiet};
    static_cast<void>(print_logs(context, store, id, print, watch.requested()));
  }
  if (watch.requested()) return static_cast<ExitStatus>(k_signal_base + watch.signal_number());
  // A reader who has seen enough ends the following, not the run.
  if (gone()) return ExitStatus::ok;
  const std::optional<jobs::Job> job = store.find(id);
  if (!job.has_value()) {
    throw Error(ErrorKind::not_found, fmt::format("the record of run {} was removed", id))
        .with_code("purged");
  }
  const ExitStatus status = run_status_of(*job);
  if (style.json) print_run_document(*job, status, context.out);
  return style.outcome ? status : ExitStatus::ok;
}

std::string run_to_attach(jobs::JobStore& store, const RunControl& control,
                          const std::string& launch_dir) {
  if (control.attach.has_value() && !control.attach->empty())
    return store.resolve_run(*control.attach).id;
  if (!control.lane.empty()) return store.resolve("@lane:" + control.lane).id;
  jobs::JobFilter filter;
  filter.kinds = {jobs::JobKind::run};
  filter.directory = directory_key(launch_dir);
  filter.limit = 1;
  const std::vector<jobs::Job> found = store.list(filter);
  if (found.empty() || jobs::is_terminal(found.front().state)) {
    throw Error(ErrorKind::not_found, "no run is active in this launch directory")
        .with_code("no_such_job")
        .with_hint("`weir jobs list` shows what there is");
  }
  return found.front().id;
}

}  // namespace weir::app
