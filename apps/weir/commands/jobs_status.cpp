#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/run_record.hpp"
#include "jobs/run_folder.hpp"
#include "runs/run_log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::app {
namespace {

constexpr std::size_t k_preview_lines = 10;

class JobsStatus final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("JOB", id_, Required::no,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    table.option("--lane", lane_, "NAME", "the run of that lane");
    table.flag("--here", here_, "the run of this launch directory");
    table.flag("--exit-status", exit_status_, "end with the job's outcome, not with 0");
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "Without JOB: the active run, else the newest that has ended. Progress and the last lines "
        "of its log are kept after\nthe end.\n\n"
        "Examples:\n"
        "  weir jobs status\n"
        "  weir jobs status --lane nightly --exit-status && echo succeeded\n\n"
        "Exit status: 0; 7 no such job. With --exit-status also 1 failed, 5 cancelled, 6 lost, 8 "
        "still active.\n");
  }

  ExitStatus run(Context& context) override {
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::optional<jobs::Job> job = find(context, *store);
    if (!job.has_value()) {
      if (json_) {
        print_json({{"schema", k_jobs_schema}, {"active", false}, {"run", nullptr}}, context.out);
      } else if (!context.quiet) {
        context.out.line("no run yet");
      }
      return exit_status_ ? ExitStatus::not_found : ExitStatus::ok;
    }
    const std::vector<std::string> preview =
        runs::log_preview(jobs::RunFolder::path_of(store->state_dir(), job->id), k_preview_lines);
    if (json_) {
      print_document(*job, preview, context.out);
    } else if (!context.quiet) {
      print(*job, preview, context.out);
    }
    return exit_status_ ? exit_status_of(*job) : ExitStatus::ok;
  }

 private:
  std::optional<jobs::Job> find(const Context& context, jobs::JobStore& store) const {
    if (!id_.empty()) return store.resolve(id_);
    jobs::JobFilter filter;
    filter.kinds = {jobs::JobKind::run};
    filter.limit = 1;
    if (!lane_.empty()) filter.key = "lane:" + lane_;
    if (here_) filter.directory = directory_key(context.working_directory.string());
    // What is active is few, and known without a look through the history; the newest of them.
    std::vector<jobs::Job> active = store.active();
    std::reverse(active.begin(), active.end());
    for (jobs::Job& job : active) {
      const bool meant = job.kind == jobs::JobKind::run && jobs::is_owned(job.state) &&
                         (filter.key.empty() || job.key == filter.key) &&
                         (filter.directory.empty() || job.directory == filter.directory);
      if (meant) return std::move(job);
    }
    std::vector<jobs::Job> newest = store.list(filter);
    if (newest.empty()) return std::nullopt;
    return std::move(newest.front());
  }

  static void print_document(const jobs::Job& job, const std::vector<std::string>& preview,
                             Output& out) {
    nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                    {"active", !jobs::is_terminal(job.state)},
                                    {"run", json_of(job)},
                                    {"log_preview", preview}};
    const nlohmann::ordered_json counts = parse_or_null(job.counts_json);
    document["progress_percent"] =
        counts.is_object() && counts.contains("percent") ? counts["percent"] : nullptr;
    print_json(document, out);
  }

  static void print(const jobs::Job& job, const std::vector<std::string>& preview, Output& out) {
    std::string text = job.id + "  " + shown_state(job) + "  " +
                       shown_duration(job, base::now_wall()) + "  " +
                       base::printable(shown_name(job));
    if (const std::string progress = shown_progress(job); progress != "-") text += "  " + progress;
    out.line(text);
    // The first line of a report says what failed; the log's last lines below have the rest.
    const std::string& error = job.outcome.error_text;
    if (!error.empty()) out.line("error: " + error.substr(0, error.find('\n')));
    for (const std::string& line : preview) out.line("  | " + line);
  }

  std::string id_;
  std::string lane_;
  bool here_ = false;
  bool exit_status_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_jobs_status() {
  return std::make_unique<JobsStatus>();
}

}  // namespace weir::app
