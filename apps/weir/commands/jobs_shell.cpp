#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "commands.hpp"
#include "compose/run_history.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace weir::app {
namespace {

struct Options {
  std::string run;
  std::string task;
  std::vector<std::string> command;
};

class JobsShell final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", options_.run, Required::yes,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    table.positional("TASK", options_.task, Required::yes,
                     "its number, its name or the beginning of its hash");
    table.rest("COMMAND", options_.command, Required::no, "run this instead of a shell for people");
    table.epilogue(
        "Opens a shell in a task's directory with the environment that the task had: what the "
        "configuration exports, PATH\n"
        "with the pipeline's own programs, NXF_TASK_WORKDIR. `bash .command.run` repeats the task "
        "there. Modules, conda\n"
        "environments and containers are set up by .command.run, not by this shell.\n\n"
        "Examples:\n"
        "  weir jobs shell @last 'ALIGN (s1)'\n"
        "  weir jobs shell r3f9c 12 -- bash .command.run\n\n"
        "Exit status: that of the shell; 7 when there is no such run or task, or its directory is "
        "gone.\n");
  }

  ExitStatus run(Context& context) override {
    const RunAndBefore runs = run_and_before(context, options_.run);
    const auto journal = engine::read_journal(runs.run.journal);
    const engine::JournalEntry& task = engine::find_entry(journal, options_.task);
    if (task.work_dir.empty() || !base::file_info(task.work_dir)) {
      throw Error(ErrorKind::not_found, fmt::format("the directory of task '{}' is gone: '{}'",
                                                    task.name, task.work_dir));
    }
    base::SpawnOptions shell;
    const std::string program = context.variable("SHELL").value_or("/bin/bash");
    shell.argv = options_.command.empty() ? std::vector<std::string>{program} : options_.command;
    // The task's own file knows its environment; an `exec:` task has none.
    if (base::file_info(task.work_dir + "/.command.run"))
      shell.argv.insert(shell.argv.begin(), {"/bin/bash", ".command.run", "environment"});
    shell.environment = context.environment;
    shell.directory = task.work_dir;
    shell.stdin_fd = STDIN_FILENO;
    shell.group = base::SpawnOptions::Group::inherit;
    if (options_.command.empty() && context.err.is_terminal())
      context.err.line(
          fmt::format("{} in {}; `bash .command.run` repeats it", task.name, task.work_dir));
    context.out.flush();
    context.err.flush();
    return static_cast<ExitStatus>(base::spawn(shell).wait().status & 0xff);
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_shell() {
  return std::make_unique<JobsShell>();
}

}  // namespace weir::app
