#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/job_wait.hpp"

namespace weir::app {
namespace {

struct Options {
  std::string id;
  std::int64_t after = 0;
  bool follow = false;
};

class JobsEvents final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("JOB", options_.id, Required::yes,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    table.option("--after", options_.after, "SEQ",
                 "only events after that number: go on where another call ended");
    table.flag("-f,--follow", options_.follow, "go on until the job has ended");
    table.epilogue(
        "One JSON object a line (NDJSON). Each has a `seq` that counts from 1 without gaps.\n\n"
        "Example:\n"
        "  weir jobs events @active --follow | jq -r .type\n\n"
        "Exit status: 0; 7 no such job.\n");
  }

  ExitStatus run(Context& context) override {
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::string id = store->resolve(options_.id).id;
    const base::InterruptWatch watch;
    std::int64_t after = options_.after;
    const auto print_new = [&] {
      // The state is read first: whatever was written before the end is then printed.
      const std::optional<jobs::Job> job = store->find(id);
      after = print_events(*store, id, after, context.out);
      return !options_.follow || !job.has_value() || jobs::is_terminal(job->state);
    };
    static_cast<void>(wait_until(*store, print_new, std::nullopt, watch.requested()));
    if (watch.requested()) return static_cast<ExitStatus>(k_signal_base + watch.signal_number());
    return ExitStatus::ok;
  }

 private:
  static constexpr int k_signal_base = 128;
  static constexpr std::int64_t k_page = 1000;

  /// The number of the last event printed.
  static std::int64_t print_events(jobs::JobStore& store, const std::string& id, std::int64_t after,
                                   Output& out) {
    while (true) {
      const std::vector<jobs::JobEvent> events = store.events(id, after, k_page);
      for (const jobs::JobEvent& event : events) {
        out.line(jobs::to_ndjson(id, event));
        after = event.seq;
      }
      out.flush();
      if (static_cast<std::int64_t>(events.size()) < k_page) return after;
    }
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_events() {
  return std::make_unique<JobsEvents>();
}

}  // namespace weir::app
