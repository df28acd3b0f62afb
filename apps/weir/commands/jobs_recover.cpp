#include "base/error.hpp"
#include "base/machine.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "jobs/rebuild.hpp"
#include "jobs/recovery.hpp"
#include "jobs/run_folder.hpp"
#include "runs/external_run.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  bool dry_run = false;
  bool rebuild = false;
  std::string force_release;
  bool json = false;
};

class JobsRecover final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.flag("-n,--dry-run", options_.dry_run, "only say what would be done");
    table.flag("--rebuild", options_.rebuild,
               "first move a damaged database aside and make a new one from the run folders");
    table.option("--force-release", options_.force_release, "JOB",
                 "declare a job lost that nothing here can judge, as one of another container");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Settles jobs whose owners have died: from their exit record, back into the queue, or as "
        "lost. Every command that\nlooks at jobs does so by itself; this one says what it did, and "
        "also corrects lost jobs whose\nexit record turned up later.\n\n"
        "Exit status: 0; 7 no such job; 10 the database is damaged and --rebuild was not given.\n");
  }

  ExitStatus run(Context& context) override {
    jobs::Rebuilt rebuilt;
    if (options_.rebuild && !options_.dry_run)
      rebuilt.moved_aside = jobs::move_damaged_aside(context.state_dir());
    if (!options_.rebuild && !jobs::is_intact(context.state_dir())) {
      throw Error(ErrorKind::store,
                  "the database '" + (context.state_dir() / "weir.db").string() + "' is damaged")
          .with_code("store_corrupt")
          .with_hint(
              "`weir jobs recover --rebuild` moves it aside and makes a new one from the "
              "run folders");
    }
    jobs::JobStore store(context.state_dir());
    if (options_.rebuild && !options_.dry_run) jobs::restore_from_folders(store, rebuilt);
    const jobs::DryRun dry_run = options_.dry_run ? jobs::DryRun::yes : jobs::DryRun::no;
    std::vector<jobs::Recovered> done = jobs::recover(store, dry_run, runs::probe_end);
    if (!options_.force_release.empty()) force_release(context, store, done);
    const std::vector<jobs::Recovered> corrected = jobs::correct_lost(store, dry_run);
    done.insert(done.end(), corrected.begin(), corrected.end());
    if (options_.json) {
      nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                      {"dry_run", options_.dry_run},
                                      {"jobs", nlohmann::ordered_json::array()}};
      if (options_.rebuild) {
        document["moved_aside"] = nlohmann::ordered_json::array();
        for (const auto& file : rebuilt.moved_aside)
          document["moved_aside"].push_back(file.string());
        document["unreadable"] = rebuilt.unreadable;
      }
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
    for (const auto& file : rebuilt.moved_aside) context.out.line("moved aside: " + file.string());
    if (!rebuilt.moved_aside.empty()) {
      context.out.line("made anew: the records of " + std::to_string(rebuilt.jobs.size()) +
                       " jobs that have a folder");
    }
    for (const std::string& id : rebuilt.unreadable)
      context.out.line("no record can be made from runs/" + id);
    for (const jobs::Recovered& job : done) {
      context.out.line(job.id + "  " + std::string(jobs::word_of(job.from)) + " -> " +
                       std::string(jobs::word_of(job.to)) + ": " + job.why);
    }
    if (done.empty() && rebuilt.moved_aside.empty())
      context.err.line("every job is as it is recorded; nothing to do");
    return ExitStatus::ok;
  }

 private:
  void force_release(const Context& context, jobs::JobStore& store,
                     std::vector<jobs::Recovered>& done) const {
    const jobs::Job job = store.resolve(options_.force_release);
    if (jobs::is_terminal(job.state)) return;
    if (jobs::RunFolder::is_held(store.state_dir(), job.id)) {
      throw Error(ErrorKind::busy, "job " + job.id + " is alive: somebody holds its folder")
          .with_hint("`weir jobs cancel " + job.id + "` asks it to end");
    }
    jobs::Outcome outcome;
    outcome.reason = "force_released";
    if (options_.dry_run || !store.settle(job, jobs::Trigger::owner_gone, outcome)) return;
    store.audit(base::user_name(context.environment), "force-release", job.id, "released");
    const std::optional<jobs::Job> now = store.find(job.id);
    if (now.has_value()) done.push_back({job.id, job.state, now->state, "released by hand"});
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_recover() {
  return std::make_unique<JobsRecover>();
}

}  // namespace weir::app
