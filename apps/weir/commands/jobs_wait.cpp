#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/job_wait.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace weir::app {
namespace {

struct Options {
  std::vector<std::string> ids;
  std::optional<std::string> timeout;
  bool any = false;
  bool json = false;
};

/// The worst of several, in the order lost, failed, cancelled, done.
ExitStatus worst_of(const std::vector<jobs::Job>& jobs) {
  constexpr std::array k_order{ExitStatus::lost, ExitStatus::failed, ExitStatus::cancelled};
  for (const ExitStatus status : k_order) {
    if (std::any_of(jobs.begin(), jobs.end(),
                    [&](const jobs::Job& job) { return exit_status_of(job) == status; }))
      return status;
  }
  return ExitStatus::ok;
}

class JobsWait final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("JOB", options_.ids, Required::yes,
                     "ids or their unique beginnings, @last, @active or @lane:NAME");
    table.option("--timeout", options_.timeout, "DURATION", "give up after it; the jobs go on");
    table.flag("--any", options_.any, "until one of them has ended, not all");
    table.flag("--json", options_.json, "the jobs as one JSON document at the end");
    table.epilogue(
        "Examples:\n"
        "  weir jobs wait @active && echo done\n"
        "  weir jobs wait r3f9c p81aa --timeout 2h\n\n"
        "Exit status: 0 succeeded; 1 failed; 5 cancelled; 6 lost (the worst of several in the "
        "order 6, 1, 5, 0);\n"
        "7 no such job; 124 the time is over.\n");
  }

  ExitStatus run(Context& context) override {
    const std::optional<base::BootTime> deadline = deadline_of(options_.timeout);
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    std::vector<jobs::Job> waited;
    for (const std::string& id : options_.ids) waited.push_back(store->resolve(id));
    const base::InterruptWatch watch;
    const bool ended = wait_until(
        *store, [&] { return refresh(*store, waited); }, deadline, watch.requested());
    if (options_.json) print(waited, context.out);
    if (watch.requested()) return static_cast<ExitStatus>(k_signal_base + watch.signal_number());
    if (!ended) throw Error(ErrorKind::timed_out, "still active after " + *options_.timeout);
    std::erase_if(waited, [](const jobs::Job& job) { return !jobs::is_terminal(job.state); });
    return worst_of(waited);
  }

 private:
  static constexpr int k_signal_base = 128;

  /// Reads the jobs again; true when enough of them have ended. One that was pruned meanwhile stays
  /// as last seen.
  bool refresh(jobs::JobStore& store, std::vector<jobs::Job>& waited) const {
    const auto has_ended = [](const jobs::Job& job) { return jobs::is_terminal(job.state); };
    for (jobs::Job& job : waited) {
      if (has_ended(job)) continue;
      std::optional<jobs::Job> now = store.find(job.id);
      if (now.has_value()) job = std::move(*now);
    }
    return options_.any ? std::any_of(waited.begin(), waited.end(), has_ended)
                        : std::all_of(waited.begin(), waited.end(), has_ended);
  }

  static void print(const std::vector<jobs::Job>& waited, Output& out) {
    nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                    {"jobs", nlohmann::ordered_json::array()}};
    for (const jobs::Job& job : waited) document["jobs"].push_back(json_of(job));
    print_json(document, out);
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_wait() {
  return std::make_unique<JobsWait>();
}

}  // namespace weir::app
