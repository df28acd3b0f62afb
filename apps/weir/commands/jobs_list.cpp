#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  std::vector<std::string> kinds;
  std::vector<std::string> states;
  std::string lane;
  std::optional<std::string> since;
  std::string before;
  std::int64_t limit = 50;
  bool json = false;
  bool plain = false;
};

/// The words of an option that may be repeated and may hold several, separated by commas.
template <typename Value, typename Parse>
std::vector<Value> parse_words(const std::vector<std::string>& given, std::string_view what,
                               std::string_view known, Parse parse) {
  std::vector<Value> values;
  for (const std::string& list : given) {
    for (const std::string_view word : base::split(list, ',')) {
      const auto value = parse(word);
      if (!value.has_value()) {
        throw Error(ErrorKind::usage,
                    "unknown " + std::string(what) + " '" + std::string(word) + "'")
            .with_hint("one of " + std::string(known));
      }
      values.push_back(*value);
    }
  }
  return values;
}

jobs::JobFilter filter_of(const Options& options) {
  jobs::JobFilter filter;
  filter.kinds = parse_words<jobs::JobKind>(options.kinds, "kind", "run, preprocess, service",
                                            jobs::parse_kind);
  filter.states = parse_words<jobs::JobState>(
      options.states, "state",
      "queued, starting, running, cancelling, succeeded, failed, cancelled, lost",
      jobs::parse_state);
  if (!options.lane.empty()) filter.key = "lane:" + options.lane;
  filter.before_id = options.before;
  filter.limit = options.limit;
  if (options.limit < 1) throw Error(ErrorKind::usage, "--limit must be at least 1");
  if (options.since.has_value()) {
    const auto duration = base::parse_duration(*options.since);
    if (!duration.has_value()) {
      throw Error(ErrorKind::usage, "--since needs a duration, not '" + *options.since + "'")
          .with_hint("such as 90m, 24h or 7d");
    }
    filter.since = base::now_wall() - *duration;
  }
  return filter;
}

void print_table(const std::vector<jobs::Job>& found, bool plain, Output& out) {
  if (found.empty() && !plain) return;
  Table table({"ID", "KIND", "STATE", "SUBMITTED", "DURATION", "NAME"});
  const base::WallTime now = base::now_wall();
  for (const jobs::Job& job : found) {
    table.row({job.id, std::string(jobs::word_of(job.kind)),
               plain ? std::string(jobs::word_of(job.state)) : shown_state(job),
               base::to_rfc3339(job.submitted_at), shown_duration(job, now), job.name});
  }
  table.print(out, plain);
}

class JobsList final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--kind", options_.kinds, "KIND",
                 "only run, preprocess or service; may be repeated");
    table.option("--state", options_.states, "STATE",
                 "only jobs in that state; several separated by commas");
    table.option("--lane", options_.lane, "NAME", "only runs of that lane");
    table.option("--since", options_.since, "DURATION",
                 "only jobs submitted within it, such as 24h");
    table.option("--before", options_.before, "ID",
                 "only jobs submitted before that one: the next page");
    table.option("--limit", options_.limit, "N", "at most so many");
    table.flag("--json", options_.json, "one JSON document");
    table.flag("--plain", options_.plain, "tab-separated values with a header");
    table.epilogue(
        "Newest first. Jobs whose owners have died are settled before they are shown.\n\n"
        "Examples:\n"
        "  weir jobs list --state running,queued\n"
        "  weir jobs list --since 24h --state failed,lost --json | jq -r '.jobs[].id'\n");
  }

  ExitStatus run(Context& context) override {
    const jobs::JobFilter filter = filter_of(options_);
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::vector<jobs::Job> found = store->list(filter);
    if (!options_.json) {
      print_table(found, options_.plain, context.out);
      return ExitStatus::ok;
    }
    nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                    {"jobs", nlohmann::ordered_json::array()}};
    for (const jobs::Job& job : found) document["jobs"].push_back(json_of(job));
    print_json(document, context.out);
    return ExitStatus::ok;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_list() {
  return std::make_unique<JobsList>();
}

}  // namespace weir::app
