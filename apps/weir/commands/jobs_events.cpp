#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "db/database.hpp"
#include "jobs/cursor.hpp"
#include "runs/event_stream.hpp"

namespace weir::app {
namespace {

struct Options {
  std::string id;
  std::string after;
  std::string types;
  std::string lane;
  bool follow = false;
  bool logs = false;
};

class JobsEvents final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("JOB", options_.id, Required::no,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    table.option("--lane", options_.lane, "NAME", "the run of that lane");
    table.option("--after", options_.after, "CURSOR",
                 "only what came after that event's cursor (or number): go on where another call "
                 "ended");
    table.option("--types", options_.types, "TYPES",
                 "only these, separated by commas: status, progress, task, error, complete, log, "
                 "process (counts by process), metric (the machine)");
    table.words({"status", "progress", "task", "error", "complete", "log", "process", "metric"},
                WordRule::open_list);
    table.flag("--logs", options_.logs, "also the lines of its log, as `log` events");
    table.flag("-f,--follow", options_.follow, "go on until the job has ended");
    table.epilogue(
        "One JSON object a line (NDJSON). Each durable event has a `seq` that counts from 1 "
        "without gaps; each line has a\n`cursor` that --after takes.\n\n"
        "Example:\n"
        "  weir jobs events @active --follow | jq -r .type\n\n"
        "Exit status: 0; 2 a cursor of another job; 7 no such job.\n");
  }

  ExitStatus run(Context& context) override {
    if (options_.id.empty() && options_.lane.empty()) {
      throw Error(ErrorKind::usage, "argument JOB is missing")
          .with_hint("an id, @last, @active or --lane NAME");
    }
    if (options_.follow) db::Database::keep_page_memory();
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::string id =
        store->resolve(options_.id.empty() ? "@lane:" + options_.lane : options_.id).id;
    runs::StreamOptions stream_options{.after = begin(id),
                                       .follow = options_.follow,
                                       .hello = false,
                                       .logs = options_.logs,
                                       .types = {}};
    for (const std::string_view type : base::split(options_.types, ',')) {
      if (type.empty()) continue;
      stream_options.types.emplace_back(type);
      if (type == "log") stream_options.logs = true;
    }
    const base::InterruptWatch watch;
    context.out.outlive_reader();
    runs::EventStream stream(*store, id, std::move(stream_options));
    const runs::StreamEnd end = stream.run(
        [&](std::string_view line) {
          context.out.line(line);
          return context.out.fd() >= 0;
        },
        [&] { context.out.flush(); }, watch.requested());
    if (watch.requested()) return static_cast<ExitStatus>(k_signal_base + watch.signal_number());
    if (end == runs::StreamEnd::purged) {
      throw Error(ErrorKind::not_found, "the record of job " + id + " was removed meanwhile")
          .with_code("purged");
    }
    return ExitStatus::ok;
  }

 private:
  static constexpr int k_signal_base = 128;

  [[nodiscard]] jobs::Cursor begin(const std::string& id) const {
    if (options_.after.empty()) return {};
    const auto cursor = jobs::parse_cursor(options_.after, id);
    if (cursor.has_value()) return *cursor;
    throw Error(ErrorKind::usage,
                "'" + base::printable(options_.after) + "' is no cursor of job " + id)
        .with_hint("cursors stand in the lines of `weir jobs events` and `logs --json`");
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_events() {
  return std::make_unique<JobsEvents>();
}

}  // namespace weir::app
