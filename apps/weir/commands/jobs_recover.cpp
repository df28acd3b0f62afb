#include "commands.hpp"
#include "compose/job_view.hpp"
#include "jobs/recovery.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  bool dry_run = false;
  bool json = false;
};

class JobsRecover final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.flag("-n,--dry-run", options_.dry_run, "only say what would be done");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Settles jobs whose owners have died: from their exit record, back into the queue, or as "
        "lost. Every command that\nlooks at jobs does so by itself; this one says what it did, and "
        "also corrects lost jobs whose\nexit record turned up later.\n");
  }

  ExitStatus run(Context& context) override {
    jobs::JobStore store(context.state_dir());
    const jobs::DryRun dry_run = options_.dry_run ? jobs::DryRun::yes : jobs::DryRun::no;
    std::vector<jobs::Recovered> done = jobs::recover(store, dry_run);
    const std::vector<jobs::Recovered> corrected = jobs::correct_lost(store, dry_run);
    done.insert(done.end(), corrected.begin(), corrected.end());
    if (options_.json) {
      nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                      {"dry_run", options_.dry_run},
                                      {"jobs", nlohmann::ordered_json::array()}};
      for (const jobs::Recovered& job : done) {
        document["jobs"].push_back({{"id", job.id},
                                    {"from", jobs::word_of(job.from)},
                                    {"to", jobs::word_of(job.to)},
                                    {"why", job.why}});
      }
      print_json(document, context.out);
      return ExitStatus::ok;
    }
    if (context.quiet) return ExitStatus::ok;
    for (const jobs::Recovered& job : done) {
      context.out.line(job.id + "  " + std::string(jobs::word_of(job.from)) + " -> " +
                       std::string(jobs::word_of(job.to)) + ": " + job.why);
    }
    return ExitStatus::ok;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_recover() {
  return std::make_unique<JobsRecover>();
}

}  // namespace weir::app
