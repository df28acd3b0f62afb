#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

using nlohmann::ordered_json;

ordered_json entry_of(const jobs::Job& job) {
  const auto time = [](const std::optional<base::WallTime>& value) {
    return value.has_value() ? ordered_json(base::to_rfc3339(*value)) : ordered_json(nullptr);
  };
  return {{"run_id", job.id},
          {"status", jobs::word_of(job.state)},
          {"started_at", time(job.started_at)},
          {"finished_at", time(job.finished_at)},
          {"duration_seconds", job.duration_ms.has_value()
                                   ? ordered_json(static_cast<double>(*job.duration_ms) / 1000)
                                   : ordered_json(nullptr)},
          {"triggered_by", job.actor},
          {"job_name", job.name},
          {"reason", job.outcome.reason}};
}

class JobsHistory final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--limit", limit_, "N", "the newest so many, 1 to 100");
    table.option("--lane", lane_, "NAME", "only runs of that lane");
    table.flag("--audit", audit_, "what was refused or done by hand instead");
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "Runs that have ended, newest first.\n\nExit status: 0; 2 a limit outside "
        "1 to 100.\n");
  }

  ExitStatus run(Context& context) override {
    if (limit_ < 1 || limit_ > 100)
      throw Error(ErrorKind::usage, "--limit takes 1 to 100, not " + std::to_string(limit_));
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    if (audit_) return print_audit(*store, context.out);
    jobs::JobFilter filter;
    filter.kinds = {jobs::JobKind::run};
    filter.states = {jobs::JobState::succeeded, jobs::JobState::failed, jobs::JobState::cancelled,
                     jobs::JobState::lost};
    filter.limit = limit_;
    if (!lane_.empty()) filter.key = "lane:" + lane_;
    const std::vector<jobs::Job> found = store->list(filter);
    if (json_) {
      ordered_json document{{"schema", k_jobs_schema}, {"history", ordered_json::array()}};
      for (const jobs::Job& job : found) document["history"].push_back(entry_of(job));
      print_json(document, context.out);
      return ExitStatus::ok;
    }
    if (found.empty()) return ExitStatus::ok;
    Table table({"ID", "STATE", "STARTED", "TIME", "BY", "NAME"});
    for (const jobs::Job& job : found) {
      table.row({job.id, std::string(jobs::word_of(job.state)),
                 job.started_at.has_value() ? base::to_rfc3339(*job.started_at) : "-",
                 shown_duration(job, base::now_wall()), job.actor.empty() ? "-" : job.actor,
                 shown_name(job)});
    }
    if (context.out.is_terminal()) table.fit(context.out.width());
    table.print(context.out, false);
    return ExitStatus::ok;
  }

 private:
  ExitStatus print_audit(jobs::JobStore& store, Output& out) const {
    ordered_json document{{"schema", k_jobs_schema}, {"audit", ordered_json::array()}};
    Table table({"TIME", "BY", "WHAT", "JOB", "RESULT"});
    for (const jobs::JobStore::AuditEntry& entry : store.audit_entries(limit_)) {
      document["audit"].push_back({{"at", base::to_rfc3339(entry.at)},
                                   {"actor", entry.actor},
                                   {"action", entry.action},
                                   {"job", entry.job},
                                   {"result", entry.result}});
      table.row({base::to_rfc3339(entry.at), entry.actor, entry.action, entry.job, entry.result});
    }
    if (json_) {
      print_json(document, out);
    } else if (!document["audit"].empty()) {
      table.print(out, false);
    }
    return ExitStatus::ok;
  }

  std::int64_t limit_ = 10;
  std::string lane_;
  bool audit_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_jobs_history() {
  return std::make_unique<JobsHistory>();
}

}  // namespace weir::app
