#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace weir::app {
namespace {

std::string shown_time(const jobs::TaskRow& task) {
  if (!task.started_at.has_value() || !task.finished_at.has_value()) return "-";
  return base::format_duration(*task.finished_at - *task.started_at);
}

class JobsTasks final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", id_, Required::yes,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    table.option("--state", states_, "STATE",
                 "only tasks in that state: {}; several separated by commas");
    table.words(jobs::task_state_words(), WordRule::list);
    table.flag("--json", json_, "one JSON document");
    table.flag("--plain", plain_, "tab-separated values with a header");
    table.epilogue(
        "One line for each attempt of each task.\n\n"
        "Examples:\n"
        "  weir jobs tasks @last --state failed\n"
        "  weir jobs tasks r3f9c --json | jq -r '.tasks[].workdir'\n\n"
        "Exit status: 0; 7 no such run.\n");
  }

  ExitStatus run(Context& context) override {
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::string id = named_run(*store, id_).id;
    std::vector<jobs::TaskRow> tasks = store->tasks(id);
    if (!states_.empty()) {
      const std::vector<std::string_view> wanted = base::split(states_, ',');
      std::erase_if(tasks, [&](const jobs::TaskRow& task) {
        return std::find(wanted.begin(), wanted.end(), task.state) == wanted.end();
      });
    }
    if (json_) {
      nlohmann::ordered_json document{
          {"schema", k_jobs_schema}, {"run_id", id}, {"tasks", nlohmann::ordered_json::array()}};
      for (const jobs::TaskRow& task : tasks) {
        nlohmann::ordered_json row = parse_or_null(jobs::task_json(task));
        if (!task.metrics_json.empty()) row["metrics"] = parse_or_null(task.metrics_json);
        document["tasks"].push_back(std::move(row));
      }
      print_json(document, context.out);
      return ExitStatus::ok;
    }
    print(tasks, context.out);
    return ExitStatus::ok;
  }

 private:
  void print(const std::vector<jobs::TaskRow>& tasks, Output& out) const {
    if (tasks.empty() && !plain_) return;
    Table table({"TASK", "HASH", "STATE", "EXIT", "TIME", "NAME"});
    for (const jobs::TaskRow& task : tasks) {
      const std::string number =
          std::to_string(task.task) + (task.attempt > 1 ? "." + std::to_string(task.attempt) : "");
      table.row({number, task.hash.empty() ? "-" : task.hash, task.state,
                 task.exit_status.has_value() ? std::to_string(*task.exit_status) : "-",
                 shown_time(task), task.name});
    }
    if (out.is_terminal()) table.fit(out.width());
    table.print(out, plain_);
  }

  std::string id_;
  std::string states_;
  bool json_ = false;
  bool plain_ = false;
};

}  // namespace

std::unique_ptr<Command> make_jobs_tasks() {
  return std::make_unique<JobsTasks>();
}

}  // namespace weir::app
