#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/machine.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/job_wait.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  std::string id;
  std::string reason;
  std::optional<std::string> timeout;
  std::optional<std::string> grace;
  bool kill = false;
  bool no_wait = false;
  bool json = false;
};

class JobsCancel final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("JOB", options_.id, Required::no,
                     "an id or its unique beginning, @active or @lane:NAME (default: @active)");
    table.option("--reason", options_.reason, "TEXT", "kept in the job's record");
    table.option("--grace", options_.grace, "DURATION", "between asking and killing");
    table.flag("--kill", options_.kill, "without any grace");
    table.flag("--no-wait", options_.no_wait, "ask for the end and do not wait for it");
    table.option("--timeout", options_.timeout, "DURATION", "wait no longer than that");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Asks the job's owner to stop and waits until it has. A waiting job is cancelled at once; "
        "asking again, or for a\n"
        "job that has ended, changes nothing.\n\n"
        "Exit status: 0 it has ended; 7 no such job; 8 with --no-wait, still active; 124 the time "
        "is over.\n");
  }

  ExitStatus run(Context& context) override {
    const std::optional<base::BootTime> deadline = deadline_of(options_.timeout);
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::optional<std::string> id_found = find(*store);
    if (!id_found.has_value()) {
      if (options_.json) {
        print_json({{"schema", k_jobs_schema}, {"cancelled", false}, {"job", nullptr}},
                   context.out);
      } else if (!context.quiet) {
        context.err.line("nothing is active");
      }
      return ExitStatus::ok;
    }
    const std::string& id = *id_found;
    const std::string actor = base::user_name(context.environment);
    std::optional<jobs::Job> job = store->cancel(id, actor, options_.reason, grace());
    store->audit(actor, "cancel", id, std::string(jobs::word_of(job->state)));
    const base::InterruptWatch watch;
    bool ended = job.has_value() && jobs::is_terminal(job->state);
    if (!ended && !options_.no_wait) {
      const auto has_ended = [&] {
        job = store->find(id);
        return !job.has_value() || jobs::is_terminal(job->state);
      };
      ended = wait_until(*store, has_ended, deadline, watch.requested());
      if (!ended && !watch.requested())
        throw Error(ErrorKind::timed_out, "job " + id + " has not ended yet");
    }
    if (options_.json && job.has_value()) {
      print_json({{"schema", k_jobs_schema},
                  {"cancelled", job->state == jobs::JobState::cancelled},
                  {"job", json_of(*job)}},
                 context.out);
    } else if (!context.quiet && job.has_value()) {
      context.out.line(job->id + "  " + shown_state(*job));
    }
    return ended ? ExitStatus::ok : ExitStatus::active;
  }

 private:
  [[nodiscard]] std::optional<std::string> find(jobs::JobStore& store) const {
    if (!options_.id.empty()) return store.resolve(options_.id).id;
    jobs::JobFilter filter;
    filter.states = {jobs::JobState::queued, jobs::JobState::starting, jobs::JobState::running,
                     jobs::JobState::cancelling};
    filter.limit = 1;
    const std::vector<jobs::Job> found = store.list(filter);
    if (found.empty()) return std::nullopt;
    return found.front().id;
  }

  [[nodiscard]] std::optional<std::chrono::milliseconds> grace() const {
    if (options_.kill) return std::chrono::milliseconds(0);
    if (!options_.grace.has_value()) return std::nullopt;
    const auto grace = base::parse_duration(*options_.grace);
    if (!grace.has_value())
      throw Error(ErrorKind::usage, "--grace needs a duration, not '" + *options_.grace + "'");
    return grace;
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_cancel() {
  return std::make_unique<JobsCancel>();
}

}  // namespace weir::app
