#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::app {
namespace {

/// Every command of the suite, in the order of the help.
const std::vector<CommandRow> k_commands{
#ifdef WEIR_HAS_RUN
    CommandRow{"", "run", "execute a pipeline written in the Nextflow language", make_run},
#endif
#ifdef WEIR_HAS_NEXTFLOW
    CommandRow{"", "nextflow", "answer as the nextflow command does", make_nextflow, true},
#endif
#ifdef WEIR_HAS_CONFIG
    CommandRow{"", "config", "print the settings that a pipeline runs with", make_config},
#endif
#ifdef WEIR_HAS_LINT
    CommandRow{"", "lint", "check pipeline scripts without running them", make_lint},
#endif
#ifdef WEIR_HAS_LOG
    CommandRow{"", "log", "list the runs of this folder, or the tasks of one", make_log},
#endif
#ifdef WEIR_HAS_CLEAN
    CommandRow{"", "clean", "remove the task directories of runs", make_clean},
#endif
#ifdef WEIR_HAS_INSPECT
    CommandRow{"", "inspect", "print the containers of a pipeline's processes", make_inspect},
#endif
#ifdef WEIR_HAS_PULL
    CommandRow{"", "pull", "fetch pipelines from git repositories, or what is new", make_pull},
#endif
#ifdef WEIR_HAS_CLONE
    CommandRow{"", "clone", "copy a pipeline's repository to work in", make_clone},
#endif
#ifdef WEIR_HAS_LIST
    CommandRow{"", "list", "list the pipelines that were pulled", make_list},
#endif
#ifdef WEIR_HAS_INFO
    CommandRow{"", "info", "say where a pulled pipeline is from, and its revisions", make_info},
#endif
#ifdef WEIR_HAS_VIEW
    CommandRow{"", "view", "print the script of a pulled pipeline", make_view},
#endif
#ifdef WEIR_HAS_DROP
    CommandRow{"", "drop", "remove a pulled pipeline", make_drop},
#endif
#ifdef WEIR_HAS_SECRETS
    CommandRow{"secrets", "list", "list the names of your secrets", make_secrets_list},
    CommandRow{"secrets", "get", "print a secret", make_secrets_get},
    CommandRow{"secrets", "set", "set a secret", make_secrets_set},
    CommandRow{"secrets", "delete", "remove a secret", make_secrets_delete},
#endif
#ifdef WEIR_HAS_PARAMS_VALIDATE
    CommandRow{"params", "validate", "check parameters against a pipeline's schema",
               make_params_validate},
#endif
#ifdef WEIR_HAS_PREPROCESS
    CommandRow{"", "preprocess", "sort, compress and index genomics files", make_preprocess},
#endif
#ifdef WEIR_HAS_SERVE_SERVICE
    CommandRow{"", "serve-service", "run and supervise one long-running service process",
               make_serve_service},
    CommandRow{"serve-service", "start", "start a named service and leave it running",
               make_serve_service_start},
    CommandRow{"serve-service", "with", "run a program while named services run",
               make_serve_service_with},
    CommandRow{"serve-service", "stop", "stop named services", make_serve_service_stop},
    CommandRow{"serve-service", "status", "say how a named service is", make_serve_service_status},
    CommandRow{"serve-service", "list", "list the named services", make_serve_service_list},
    CommandRow{"serve-service", "logs", "print what a named service wrote",
               make_serve_service_logs},
    CommandRow{"serve-service", "wait", "wait until a named service is ready or has stopped",
               make_serve_service_wait},
    CommandRow{"serve-service", "supervise", "the process behind a named service",
               make_serve_service_supervise, true},
#endif
#ifdef WEIR_HAS_GATE_WAIT
    CommandRow{"gate", "wait", "wait until a precondition holds, then go on or run a command",
               make_gate_wait},
#endif
#ifdef WEIR_HAS_GATE_CHECK
    CommandRow{"gate", "check", "ask once whether a precondition holds", make_gate_check},
#endif
#ifdef WEIR_HAS_GATE_LIST
    CommandRow{"gate", "list", "list the built-in gates", make_gate_list},
#endif
#ifdef WEIR_HAS_GATE_DESCRIBE
    CommandRow{"gate", "describe", "say what a gate is and what it takes", make_gate_describe},
#endif
#ifdef WEIR_HAS_GATE_TEST
    CommandRow{"gate", "test", "check a gate program against the protocol", make_gate_test},
#endif
#ifdef WEIR_HAS_CACHE_LS
    CommandRow{"cache", "ls", "list the artifacts in the cache", make_cache_ls},
#endif
#ifdef WEIR_HAS_CACHE_STAT
    CommandRow{"cache", "stat", "show one artifact", make_cache_stat},
#endif
#ifdef WEIR_HAS_CACHE_GET
    CommandRow{"cache", "get", "write an artifact's bytes to a file or to standard output",
               make_cache_get},
#endif
#ifdef WEIR_HAS_CACHE_PUT
    CommandRow{"cache", "put", "keep a file as an artifact", make_cache_put},
#endif
#ifdef WEIR_HAS_CACHE_RM
    CommandRow{"cache", "rm", "remove artifacts", make_cache_rm},
#endif
#ifdef WEIR_HAS_CACHE_PIN
    CommandRow{"cache", "pin", "keep artifacts from being collected", make_cache_pin},
    CommandRow{"cache", "unpin", "let artifacts be collected again", make_cache_unpin},
#endif
#ifdef WEIR_HAS_CACHE_GC
    CommandRow{"cache", "gc", "remove what was not used for longest", make_cache_gc},
#endif
#ifdef WEIR_HAS_CACHE_VERIFY
    CommandRow{"cache", "verify", "read all artifacts again and check their digests",
               make_cache_verify},
#endif
#ifdef WEIR_HAS_CACHE_DU
    CommandRow{"cache", "du", "say how much space artifacts take", make_cache_du},
#endif
#ifdef WEIR_HAS_CACHE_EXPORT
    CommandRow{"cache", "export", "write artifacts into one archive", make_cache_export},
#endif
#ifdef WEIR_HAS_CACHE_IMPORT
    CommandRow{"cache", "import", "take artifacts from an archive", make_cache_import},
#endif
#ifdef WEIR_HAS_JOBS_LIST
    CommandRow{"jobs", "list", "list runs, preprocessing jobs and services", make_jobs_list},
#endif
#ifdef WEIR_HAS_JOBS_SHOW
    CommandRow{"jobs", "show", "show one job with its stages and events", make_jobs_show},
#endif
#ifdef WEIR_HAS_JOBS_STATUS
    CommandRow{"jobs", "status", "say how the active run stands, or how the last one ended",
               make_jobs_status},
#endif
#ifdef WEIR_HAS_JOBS_TASKS
    CommandRow{"jobs", "tasks", "list the tasks of a run", make_jobs_tasks},
#endif
#ifdef WEIR_HAS_JOBS_LOGS
    CommandRow{"jobs", "logs", "print what a run said", make_jobs_logs},
    CommandRow{"jobs", "follow", "print what a run says until its end", make_jobs_follow},
#endif
#ifdef WEIR_HAS_JOBS_ATTACH
    CommandRow{"jobs", "attach", "follow a run and end as it ends", make_jobs_attach},
#endif
#ifdef WEIR_HAS_JOBS_WAIT
    CommandRow{"jobs", "wait", "wait until jobs have ended", make_jobs_wait},
#endif
#ifdef WEIR_HAS_JOBS_CANCEL
    CommandRow{"jobs", "cancel", "ask a job to end and wait until it has", make_jobs_cancel},
#endif
#ifdef WEIR_HAS_JOBS_RETRY
    CommandRow{"jobs", "retry", "do again what ended badly", make_jobs_retry},
#endif
#ifdef WEIR_HAS_JOBS_HISTORY
    CommandRow{"jobs", "history", "list runs that have ended", make_jobs_history},
#endif
#ifdef WEIR_HAS_JOBS_EVENTS
    CommandRow{"jobs", "events", "print what happened to a job, one JSON object a line",
               make_jobs_events},
#endif
#ifdef WEIR_HAS_JOBS_EXPLAIN
    CommandRow{"jobs", "explain", "say why a task of a run ran again", make_jobs_explain},
#endif
#ifdef WEIR_HAS_JOBS_SHELL
    CommandRow{"jobs", "shell", "open a shell in a task's directory, with its environment",
               make_jobs_shell},
#endif
#ifdef WEIR_HAS_JOBS_VERIFY
    CommandRow{"jobs", "verify", "compare a run with what was expected of it", make_jobs_verify},
#endif
#ifdef WEIR_HAS_JOBS_PIN
    CommandRow{"jobs", "pin", "keep jobs from being removed", make_jobs_pin},
    CommandRow{"jobs", "unpin", "let jobs be removed again", make_jobs_unpin},
#endif
#ifdef WEIR_HAS_JOBS_PRUNE
    CommandRow{"jobs", "prune", "remove the records of jobs that ended long ago", make_jobs_prune},
#endif
#ifdef WEIR_HAS_JOBS_RECOVER
    CommandRow{"jobs", "recover", "settle jobs whose owners have died, and say so",
               make_jobs_recover},
#endif
#ifdef WEIR_HAS_JOBS_DOCTOR
    CommandRow{"jobs", "doctor", "check the state directory and what runs need", make_jobs_doctor},
#endif
#ifdef WEIR_HAS_JOBS_METRICS
    CommandRow{"jobs", "metrics", "write counters for Prometheus", make_jobs_metrics},
#endif
#ifdef WEIR_HAS_JOBS_SUPERVISE
    CommandRow{"jobs", "supervise", "take over a run whose supervisor is gone", make_jobs_supervise,
               true},
#endif
    CommandRow{"", "completion", "print a shell's completions: bash, zsh or fish", make_completion,
               true},
    CommandRow{"", "manual", "print a command's synopsis and options for its man page", make_manual,
               true},
};

/// The rows of `group`, or of the whole suite when it is empty, as the help shows them.
std::string command_lines(std::string_view group) {
  std::string text;
  for (const CommandRow& row : k_commands) {
    if (row.hidden || (!group.empty() && row.group != group)) continue;
    std::string name = full_name(row);
    name.resize(std::max<std::size_t>(name.size(), 16), ' ');
    text.append("  ").append(name).append("  ").append(row.summary).append("\n");
  }
  return text;
}

std::string usage() {
  return "weir runs Nextflow-language pipelines natively, supervises services, waits at gates,\n"
         "and turns genomics files into sorted, indexed, content-addressed artifacts.\n\n"
         "Usage: weir COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n" +
         command_lines("") +
         "\n`weir COMMAND --help` explains a command. `weir --version` prints the version.\n";
}

bool asks_for_help(std::string_view argument) {
  return argument == "--help" || argument == "-h" || argument == "help";
}

/// `weir jobs --help`: true when that was asked and answered.
bool print_group_help(const std::vector<std::string>& arguments, Output& out) {
  if (arguments.size() != 2 || !asks_for_help(arguments[1])) return false;
  const bool is_group =
      std::any_of(k_commands.begin(), k_commands.end(),
                  [&](const CommandRow& row) { return row.group == arguments[0]; });
  const bool is_command = std::any_of(
      k_commands.begin(), k_commands.end(),
      [&](const CommandRow& row) { return row.group.empty() && row.name == arguments[0]; });
  if (!is_group || is_command) return false;
  out.write("Usage: weir " + arguments[0] + " COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n" +
            command_lines(arguments[0]) + "\n`weir " + arguments[0] +
            " COMMAND --help` explains a command.\n");
  return true;
}

[[noreturn]] void unknown_command(const std::string& name, std::string_view group) {
  if (name.starts_with('-')) {
    const std::vector<std::string> known{"--help", "--version"};
    throw Error(ErrorKind::usage, "unknown option '" + name + "'")
        .with_hint(base::nearest_hint(name, known,
                                      "options follow the command: `weir COMMAND " + name + "`"));
  }
  std::vector<std::string> names;
  for (const CommandRow& row : k_commands) {
    if (row.hidden) continue;
    if (row.group == group) names.emplace_back(row.name);
    if (group.empty() && !row.group.empty()) names.emplace_back(row.group);
  }
  const auto near = base::nearest(name, names);
  const std::string prefix = group.empty() ? "weir " : "weir " + std::string(group) + " ";
  throw Error(ErrorKind::usage, "unknown command '" + prefix + name + "'")
      .with_hint(near ? "did you mean `" + prefix + *near + "`?"
                      : "`weir --help` lists the commands");
}

/// Finds the command that the first one or two arguments name and removes them from `arguments`.
const CommandRow& take_command(std::vector<std::string>& arguments) {
  const std::string name = arguments.front();
  bool is_group = false;
  // A command that has commands of its own (serve-service) is itself where none of them is named.
  for (const CommandRow& row : k_commands) {
    if (arguments.size() > 1 && row.group == name && row.name == arguments[1]) {
      arguments.erase(arguments.begin(), arguments.begin() + 2);
      return row;
    }
  }
  for (const CommandRow& row : k_commands) {
    if (row.group.empty() && row.name == name) {
      arguments.erase(arguments.begin());
      return row;
    }
    is_group = is_group || row.group == name;
  }
  if (!is_group) unknown_command(name, "");
  if (arguments.size() < 2 || arguments[1].starts_with('-')) {
    throw Error(ErrorKind::usage, "`weir " + name + "` needs to know what to do")
        .with_hint("`weir " + name + " --help` lists its commands");
  }
  for (const CommandRow& row : k_commands) {
    if (row.group == name && row.name == arguments[1]) {
      arguments.erase(arguments.begin(), arguments.begin() + 2);
      return row;
    }
  }
  unknown_command(arguments[1], name);
}

void apply_common(const CommonOptions& options, Context& context) {
  base::LogOptions log;
  const bool is_level = base::parse_log_level(options.log_level, log.level);
  WEIR_ASSERT(is_level);
  if (options.no_colour) {
    context.out.set_colour(false);
    context.err.set_colour(false);
  }
  log.format = options.log_format == "json" ? base::LogFormat::json : base::LogFormat::text;
  log.colour = context.err.colour();
  // The log's machinery costs a little at start; the default level prints nothing in a good run.
  if (log.level != base::LogLevel::warn) base::configure_log(log);
  context.quiet = options.quiet;
  context.state_dir_option = options.state_dir;
  context.cache_dir_option = options.cache_dir;
}

void flush_errors(Output& err) {
  try {
    err.flush();
  } catch (const Error&) {
    // nobody is left to tell
  }
}

/// The command has done its work, and everything but output is written.
ExitStatus end(ExitStatus status, Context& context) {
#ifdef WEIR_END_AT_ONCE
  // The kernel takes the memory back faster than destructors do.
  context.out.flush();
  flush_errors(context.err);
  ::_exit(static_cast<int>(status));
#else
  static_cast<void>(context);
  return status;
#endif
}

ExitStatus dispatch(std::vector<std::string> arguments, Context& context) {
  if (arguments.empty() || asks_for_help(arguments.front())) {
    Output& stream = arguments.empty() ? context.err : context.out;
    stream.write(usage());
    return arguments.empty() ? ExitStatus::usage : ExitStatus::ok;
  }
  if (print_group_help(arguments, context.out)) return ExitStatus::ok;
  if (arguments.front() == "--version" || arguments.front() == "-V") {
    context.out.line("weir " WEIR_VERSION);
    return ExitStatus::ok;
  }
  const CommandRow& row = take_command(arguments);
  const std::unique_ptr<Command> command = row.make();
  if (const auto status = command->run_unparsed(arguments, context)) return end(*status, context);
  OptionTable table("weir " + full_name(row), std::string(row.summary));
  CommonOptions common;
  command->declare(table);
  declare_common(table, common);
  if (!table.parse(arguments)) {
    context.out.write(table.help());
    return ExitStatus::ok;
  }
  apply_common(common, context);
  return end(command->run(context), context);
}

void set_manner(Output& output, const Context& context) {
  const bool able = output.is_terminal() && context.variable("TERM") != "dumb";
  output.set_redraws(able);
  output.set_colour(able && !context.variable("NO_COLOR"));
}

/// A standard stream that the caller closed must not become the next file that is opened: input
/// and output stay unusable, which is an error where they are used; remarks go nowhere.
void keep_standard_streams() {
  for (const auto& [fd, mode] :
       {std::pair{STDIN_FILENO, O_WRONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}}) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      static_cast<void>(::open("/dev/null", mode));  // the lowest that is free, so `fd`
  }
}

int run(int argc, char** argv, char** environment) {
  keep_standard_streams();
  ::signal(SIGPIPE, SIG_IGN);
  Output out(STDOUT_FILENO);
  Output err(STDERR_FILENO);
  Context context{.out = out,
                  .err = err,
                  .environment = {},
                  .arguments = {},
                  .words = {},
                  .working_directory = {},
                  .state_dir_option = {},
                  .cache_dir_option = {},
                  .commands = &k_commands};
  for (char** entry = environment; *entry != nullptr; ++entry)
    context.environment.emplace_back(*entry);
  set_manner(out, context);
  set_manner(err, context);
  ExitStatus status = ExitStatus::failed;
  try {
    std::error_code error;
    context.working_directory = std::filesystem::current_path(error);
    if (error) throw system_error("find", "the working directory", error.value());
    const std::span<char*> words(argv, static_cast<std::size_t>(argc));
    std::vector<std::string> arguments(words.begin() + (words.empty() ? 0 : 1), words.end());
    // A link named `nextflow` to the program stands for `weir nextflow`.
    if (!words.empty() && std::filesystem::path(words[0]).filename() == "nextflow") {
      arguments.insert(arguments.begin(), "nextflow");
    }
    context.arguments = arguments;
    context.words = words.empty() ? words : words.subspan(1);
    status = dispatch(std::move(arguments), context);
    out.flush();
  } catch (const Error& error) {
    report(error, err);
    status = exit_status_of(error.kind());
  } catch (const std::bad_alloc&) {
    err.line("weir: out of memory");
    status = ExitStatus::temporary;
  } catch (const std::exception& error) {
    err.line(std::string("weir: internal fault: ") + error.what());
  }
  flush_errors(err);
  return static_cast<int>(status);
}

}  // namespace
}  // namespace weir::app

int main(int argc, char** argv) {
  const int status = weir::app::run(argc, argv, environ);
#ifdef WEIR_END_AT_ONCE
  // Everything is written; the kernel takes the memory back faster than destructors do.
  ::_exit(status);
#else
  return status;
#endif
}
