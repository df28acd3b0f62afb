#include "base/clock.hpp"
#include "commands.hpp"
#include "compose/job_filter.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

void print_plain(const std::vector<jobs::Job>& found, Output& out) {
  Table table({"ID", "KIND", "STATE", "REASON", "SUBMITTED", "DURATION", "LANE", "NAME"});
  for (const jobs::Job& job : found) {
    table.row({job.id, std::string(jobs::word_of(job.kind)), std::string(jobs::word_of(job.state)),
               job.outcome.reason, base::to_rfc3339(job.submitted_at),
               shown_duration(job, base::now_wall()), job.key, job.name});
  }
  table.print(out, true);
}

/// Fits a terminal of 80 columns: how long ago instead of when, the end of a path instead of all.
void print_table(const std::vector<jobs::Job>& found, Output& out) {
  if (found.empty()) return;
  Table table({"ID", "KIND", "STATE", "AGE", "TIME", "PROGRESS", "NAME"});
  const base::WallTime now = base::now_wall();
  for (const jobs::Job& job : found) {
    table.row({job.id, std::string(jobs::word_of(job.kind)), std::string(jobs::word_of(job.state)),
               shown_age(job, now), shown_duration(job, now), shown_progress(job),
               shown_name(job)});
  }
  if (out.is_terminal()) table.fit(out.width());
  table.print(out, false);
}

class JobsList final : public Command {
 public:
  void declare(OptionTable& table) override {
    filter_.declare(table);
    table.flag("--json", json_, "one JSON document");
    table.flag("--plain", plain_, "tab-separated values with a header, nothing shortened");
    table.epilogue(
        "Newest first. Jobs whose owners have died are settled before they are shown. Any unique "
        "beginning of an id will\ndo wherever one is asked for.\n\n"
        "Examples:\n"
        "  weir jobs list --state running,queued\n"
        "  weir jobs list --since 24h --state failed,lost --json | jq -r '.jobs[].id'\n");
  }

  ExitStatus run(Context& context) override {
    const jobs::JobFilter filter = filter_.read(context);
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::vector<jobs::Job> found = store->list(filter);
    if (json_) {
      nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                      {"jobs", nlohmann::ordered_json::array()}};
      for (const jobs::Job& job : found) document["jobs"].push_back(json_of(job));
      const bool full = static_cast<std::int64_t>(found.size()) == filter.limit;
      document["next_before"] =
          full ? nlohmann::ordered_json(found.back().id) : nlohmann::ordered_json(nullptr);
      print_json(document, context.out);
    } else if (plain_) {
      print_plain(found, context.out);
    } else {
      print_table(found, context.out);
    }
    return ExitStatus::ok;
  }

 private:
  JobFilterOptions filter_{50};
  bool json_ = false;
  bool plain_ = false;
};

}  // namespace

std::unique_ptr<Command> make_jobs_list() {
  return std::make_unique<JobsList>();
}

}  // namespace weir::app
