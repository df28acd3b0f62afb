#include "commands.hpp"
#include "compose/task_log_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Without anything said, the runs of this folder are listed. With a run (its name, session id "
    "or "
    "`last`) or any\n"
    "option about tasks, a line is printed for each task: its directory, or the fields asked "
    "for.\n\n"
    "Examples:\n"
    "  weir log\n"
    "  weir log last -f name,status,exit,realtime,peak_rss\n"
    "  weir log last -F \"process =~ /ALIGN.*/ && status == 'FAILED'\" -f name,stderr\n"
    "  weir log --before calm_river\n\n"
    "Exit status: 0; 2 an unknown field or a filter with errors; 7 no such run.\n";

class Log final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", question_.runs.named, Required::no,
                     "names or session ids of runs, or last");
    table.option("-f,--fields", fields_, "NAMES", "fields to print, separated by commas");
    table.option("-F,--filter", question_.filter, "EXPRESSION",
                 "only tasks for which it holds, in the language of scripts");
    table.option("-t,--template", question_.template_text, "TEXT",
                 "text or file to print for each task, with $name for fields");
    table.option("-s,--separator", question_.separator, "TEXT", "between fields");
    table.option("--before", question_.runs.before, "RUN", "tasks of all runs before this one");
    table.option("--after", question_.runs.after, "RUN", "tasks of all runs after this one");
    table.option("--but", question_.runs.but, "RUN", "tasks of all other runs");
    table.flag("-l,--list-fields", question_.list_fields, "list the fields that tasks have");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    question_.fields = names_in(fields_);
    question_.names_only = context.quiet;
    return print_task_log(context, question_);
  }

 private:
  LogQuestion question_;
  std::string fields_;
};

}  // namespace

std::unique_ptr<Command> make_log() {
  return std::make_unique<Log>();
}

}  // namespace weir::app
