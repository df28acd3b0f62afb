#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  std::int64_t keep = 100;
  std::string older_than = "0s";
  bool lost = false;
  bool dry_run = false;
  bool json = false;
};

class JobsPrune final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--keep", options_.keep, "N", "keep the newest so many that have ended");
    table.option("--older-than", options_.older_than, "DURATION",
                 "remove only what ended longer ago, such as 30d");
    table.flag("--lost", options_.lost, "also jobs whose end nobody knows");
    table.flag("-n,--dry-run", options_.dry_run, "only name them");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Removes records and folders of jobs that have ended; never active ones, artifacts, work "
        "directories or results.\n\n"
        "Example:\n"
        "  weir jobs prune --keep 500 --older-than 30d\n");
  }

  ExitStatus run(Context& context) override {
    const auto age = base::parse_duration(options_.older_than);
    if (!age.has_value())
      throw Error(ErrorKind::usage,
                  "--older-than needs a duration, not '" + options_.older_than + "'");
    if (options_.keep < 0) throw Error(ErrorKind::usage, "--keep cannot be negative");
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    jobs::PruneOptions prune{.before = base::now_wall() - *age,
                             .keep = options_.keep,
                             .limit = k_at_a_time,
                             .lost_too = options_.lost,
                             .dry_run = options_.dry_run};
    std::vector<std::string> removed;
    while (true) {
      const std::vector<std::string> part = store->prune(prune);
      removed.insert(removed.end(), part.begin(), part.end());
      // A dry run names the same ones each time.
      if (static_cast<std::int64_t>(part.size()) < k_at_a_time || options_.dry_run) break;
    }
    if (options_.json) {
      print_json({{"schema", k_jobs_schema}, {"removed", removed}, {"dry_run", options_.dry_run}},
                 context.out);
    } else if (!context.quiet) {
      for (const std::string& id : removed) context.out.line(id);
      if (removed.empty()) context.err.line("no job is to be removed");
    }
    return ExitStatus::ok;
  }

 private:
  static constexpr std::int64_t k_at_a_time = 100;
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_prune() {
  return std::make_unique<JobsPrune>();
}

}  // namespace weir::app
