#include "base/error.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/run_history.hpp"
#include "engine/explain.hpp"
#include "engine/task_filter.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string run;
  std::string task;
  bool json = false;
};

/// The last task of that name in the run before.
const engine::JournalEntry* earlier_task(const std::vector<engine::JournalEntry>& journal,
                                         const std::string& name) {
  const engine::JournalEntry* found = nullptr;
  for (const engine::JournalEntry& entry : journal) {
    if (entry.name == name && !entry.work_dir.empty()) found = &entry;
  }
  return found;
}

class JobsExplain final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", options_.run, Required::yes,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    table.positional("TASK", options_.task, Required::yes,
                     "its number, its name or the beginning of its hash");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Says why a task ran although an earlier run had one of its name: which components of its "
        "key changed, with the\n"
        "old and the new value, or what became of the earlier results.\n\n"
        "Examples:\n"
        "  weir jobs explain @last 'ALIGN (s1)'\n"
        "  weir jobs explain r3f9c ab/cdef01 --json | jq .differences\n\n"
        "Exit status: 0; 7 when there is no such run or task.\n");
  }

  ExitStatus run(Context& context) override {
    const RunAndBefore runs = run_and_before(context, options_.run);
    const auto journal = engine::read_journal(runs.run.journal);
    const engine::JournalEntry& task = engine::find_entry(journal, options_.task);
    engine::Explanation why;
    std::string earlier_dir;
    if (task.status == "CACHED") {
      why.note = "it did not run: its results were taken from " + task.work_dir;
    } else if (!runs.before) {
      why.note = "this is the first run of the folder";
    } else {
      const auto before = engine::read_journal(runs.before->journal);
      const engine::JournalEntry* const earlier = earlier_task(before, task.name);
      if (earlier == nullptr) {
        why.note = fmt::format("the run before ({}) had no task of this name",
                               runs.before->facts.run_name);
      } else {
        earlier_dir = earlier->work_dir;
        why = explain(task, *earlier, runs);
      }
    }
    options_.json ? print_document(task, why, earlier_dir, context)
                  : print_text(task, why, earlier_dir, context);
    return ExitStatus::ok;
  }

 private:
  static engine::Explanation explain(const engine::JournalEntry& task,
                                     const engine::JournalEntry& earlier,
                                     const RunAndBefore& runs) {
    engine::Explanation why;
    const auto key = engine::recorded_key(task.work_dir);
    if (key.empty()) {
      why.note = "its key is not recorded: it has not ended, or its directory is gone";
      return why;
    }
    why = engine::explain_rerun(earlier.work_dir, key);
    if (runs.run.facts.session_id != runs.before->facts.session_id) {
      why.note = "the run did not resume the one before (-resume)" +
                 std::string(why.differences.empty() ? "" : "; besides, " + why.note);
    }
    return why;
  }

  static void print_text(const engine::JournalEntry& task, const engine::Explanation& why,
                         const std::string& earlier_dir, Context& context) {
    context.out.line(
        fmt::format("{}  [{}]  {}", task.name, engine::journal_field(task, "hash"), task.status));
    context.out.write(engine::explanation_text(why));
    if (!earlier_dir.empty()) context.out.line("  earlier directory: " + earlier_dir);
    if (!task.work_dir.empty()) context.out.line("  directory:         " + task.work_dir);
  }

  static void print_document(const engine::JournalEntry& task, const engine::Explanation& why,
                             const std::string& earlier_dir, Context& context) {
    auto differences = ordered_json::array();
    for (const engine::KeyDifference& one : why.differences)
      differences.push_back({{"component", one.name}, {"before", one.before}, {"now", one.after}});
    print_json({{"schema", k_jobs_schema},
                {"task", task.name},
                {"task_id", task.id},
                {"status", task.status},
                {"work_dir", task.work_dir},
                {"earlier_work_dir", earlier_dir},
                {"note", why.note},
                {"differences", differences}},
               context.out);
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_explain() {
  return std::make_unique<JobsExplain>();
}

}  // namespace weir::app
