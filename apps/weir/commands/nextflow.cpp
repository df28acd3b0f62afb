#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/config_view.hpp"
#include "compose/inspect_view.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/run_clean.hpp"
#include "compose/run_detach.hpp"
#include "compose/secret_params.hpp"
#include "compose/secrets_view.hpp"
#include "compose/task_log_view.hpp"
#include "compose/upstream_arguments.hpp"
#include "compose/upstream_pipelines.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::app {
namespace {

constexpr std::string_view k_usage =
    "Usage: nextflow [options] COMMAND [arguments]\n\n"
    "Commands that weir answers: run, log, clean, config, inspect, secrets, and pull, clone, list, "
    "info, view and drop for\npipelines in git repositories. Options have one dash, parameters of "
    "pipelines two.\n";

constexpr std::string_view k_run_usage =
    "Usage: nextflow run [options] SCRIPT|FOLDER|OWNER/NAME [--PARAMETER VALUE...] "
    "[ARGUMENT...]\n\n"
    "  -r REVISION, -latest, -offline, -hub NAME, -user NAME:PASSWORD (of a repository)\n"
    "  -profile NAMES, -c FILE, -C FILE, -params-file FILE, -process.NAME VALUE, -e.NAME=VALUE\n"
    "  -resume [RUN|SESSION], -name NAME, -work-dir DIR, -output-dir DIR, -cache VALUE\n"
    "  -entry WORKFLOW, -main-script FILE, -stub, -preview, -dump-hashes [json],\n"
    "  -dump-channels [TAGS], -queue-size N, -ansi-log false, -quiet, -bg\n"
    "  -with-trace [FILE], -with-report [FILE], -with-timeline [FILE], -with-dag [FILE]\n"
    "  -with-docker [IMAGE], -with-podman, -with-singularity, -with-apptainer, -with-conda;\n"
    "  -without-docker and so on\n\n"
    "weir-nextflow(7) says what differs from Nextflow; `weir run --help` has weir's own form.\n";

/// `nextflow config [-profile NAMES] [-a] [-o FORMAT] [-flat] [-properties] [-sort] [-value NAME]
/// [PROJECT]`.
ExitStatus print_config(Context& context, const PipelineRequest& request, ArgumentReader& reader) {
  ConfigQuestion question;
  question.settings = request.settings;
  while (!reader.ended()) {
    const std::string word = reader.take();
    if (word == "-profile") {
      const std::string names = reader.value_of(word);
      for (const std::string_view name : base::split(names, ',')) {
        question.settings.profiles.emplace_back(name);
      }
    } else if (word == "-a" || word == "-show-profiles") {
      question.settings.show_profiles = true;
    } else if (word == "-flat") {
      question.form.style = engine::ConfigStyle::flat;
    } else if (word == "-properties") {
      question.form.style = engine::ConfigStyle::properties;
    } else if (word == "-o" || word == "-output") {
      question.form.style = engine::config_style(reader.value_of(word));
    } else if (word == "-sort") {
      question.form.sorted = true;
    } else if (word == "-value") {
      question.value = reader.value_of(word);
    } else if (read_source_option(question.source, word, reader)) {
      continue;
    } else if (word.starts_with('-')) {
      throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
    } else {
      question.settings.script = word;
    }
  }
  return print_configuration(context, std::move(question));
}

/// `nextflow log [RUN] [-f FIELDS] [-F FILTER] [-t TEMPLATE] …`.
ExitStatus print_log(Context& context, ArgumentReader& reader, bool quiet) {
  LogQuestion question;
  question.names_only = quiet;
  question.upstream = true;
  while (!reader.ended()) {
    const std::string word = reader.take();
    if (word == "-f" || word == "-fields") {
      question.fields = names_in(reader.value_of(word));
    } else if (word == "-F" || word == "-filter") {
      question.filter = reader.value_of(word);
    } else if (word == "-t" || word == "-template") {
      question.template_text = reader.value_of(word);
    } else if (word == "-s") {
      question.separator = reader.value_of(word);
    } else if (word == "-before") {
      question.runs.before = reader.value_of(word);
    } else if (word == "-after") {
      question.runs.after = reader.value_of(word);
    } else if (word == "-but") {
      question.runs.but = reader.value_of(word);
    } else if (word == "-l" || word == "-list-fields") {
      question.list_fields = true;
    } else if (word == "-q" || word == "-quiet") {
      question.names_only = true;
    } else if (word.starts_with('-')) {
      throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
    } else {
      question.runs.named.push_back(word);
    }
  }
  return print_task_log(context, question);
}

/// `nextflow clean [RUN] [-before RUN] [-after RUN] [-but RUN] [-n] [-f] [-k] [-q]`.
ExitStatus clean(Context& context, ArgumentReader& reader, bool quiet) {
  CleanRequest request;
  request.quiet = quiet;
  while (!reader.ended()) {
    const std::string word = reader.take();
    if (word == "-before") {
      request.runs.before = reader.value_of(word);
    } else if (word == "-after") {
      request.runs.after = reader.value_of(word);
    } else if (word == "-but") {
      request.runs.but = reader.value_of(word);
    } else if (word == "-n" || word == "-dry-run") {
      request.dry_run = true;
    } else if (word == "-f" || word == "-force") {
      request.force = true;
    } else if (word == "-k" || word == "-keep-logs") {
      request.keep_logs = true;
    } else if (word == "-q" || word == "-quiet") {
      request.quiet = true;
    } else if (word.starts_with('-')) {
      throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
    } else {
      request.runs.named.push_back(word);
    }
  }
  return clean_runs(context, request);
}

/// `nextflow secrets list | get NAME | set NAME VALUE | delete NAME`.
ExitStatus secrets(Context& context, ArgumentReader& reader) {
  const std::string verb = reader.ended() ? std::string("list") : reader.take();
  const auto taken = [&](std::string_view what) {
    if (reader.ended())
      throw Error(ErrorKind::usage, fmt::format("secrets {}: the {} is missing", verb, what));
    return reader.take();
  };
  if (verb == "list") return answer_secrets(context, SecretsVerb::list, "", std::nullopt);
  if (verb == "get") return answer_secrets(context, SecretsVerb::get, taken("name"), std::nullopt);
  if (verb == "delete")
    return answer_secrets(context, SecretsVerb::remove, taken("name"), std::nullopt);
  if (verb == "set") {
    const std::string name = taken("name");
    return answer_secrets(context, SecretsVerb::set, name, taken("value"));
  }
  throw Error(ErrorKind::usage, fmt::format("unknown secrets command '{}'", verb))
      .with_hint("one of list, get, set, delete");
}

/// `nextflow inspect [-format json|config] [options of run] SCRIPT`.
ExitStatus inspect(Context& context, PipelineRequest request, ArgumentReader& reader) {
  InspectForm form;
  std::vector<std::string> rest;
  while (!reader.ended()) {
    const std::string word = reader.take();
    if (word == "-format") {
      form.format = reader.value_of(word);
      if (form.format != "json" && form.format != "config")
        throw Error(ErrorKind::usage, fmt::format("-format cannot be '{}'", form.format))
            .with_hint("one of json, config");
    } else if (word == "-i" || word == "-ignore-errors") {
      form.skip_unknown = true;
    } else if (word != "-concretize") {
      rest.push_back(word);
    }
  }
  ArgumentReader remaining(std::move(rest));
  read_run_arguments(request, remaining);
  fill_surroundings(context, request.settings);
  find_pipeline(context, request.settings, request.source, context.err, request.quiet);
  return inspect_pipeline(context, std::move(request.settings), form);
}

/// `-bg`: the run goes on behind the shell, also when the terminal is closed. Its process id is
/// left in a file, as upstream's launcher does it.
ExitStatus run_in_background(const Context& context, std::vector<std::string> arguments) {
  std::erase(arguments, "-bg");  // no option and no parameter takes it for a value
  arguments.insert(arguments.begin(), "nextflow");
  const std::string named = context.variable("NXF_PID_FILE").value_or("");
  const auto file = context.working_directory / (named.empty() ? ".nextflow.pid" : named);
  base::write_file(file, "");  // an error here means that nothing runs
  const base::Child child = base::spawn(own_session(context, std::move(arguments)));
  base::write_file(file, fmt::format("{}\n", child.pid()));
  return ExitStatus::ok;
}

class NextflowCommand final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("ARGUMENT", unused_, Required::no, "upstream's command and its arguments");
  }

  std::optional<ExitStatus> run_unparsed(const std::vector<std::string>& arguments,
                                         Context& context) override {
    try {
      return answer(arguments, context);
    } catch (const Error& error) {  // upstream ends every failure with 1
      report(error, context.err);
      return ExitStatus::failed;
    }
  }

  ExitStatus run(Context&) override { return ExitStatus::usage; }

 private:
  static ExitStatus answer(const std::vector<std::string>& arguments, Context& context) {
    PipelineRequest request;
    request.style = RunStyle::upstream;
    request.settings.upstream_messages = true;
    ArgumentReader reader(arguments);
    std::string command;
    while (command.empty() && !reader.ended()) {
      const std::string word = reader.take();
      if (word == "-q" || word == "-quiet") {
        request.quiet = true;
      } else if (word == "-c" || word == "-config") {
        request.settings.config_files.push_back(reader.value_of(word));
      } else if (word == "-C") {
        request.settings.only_config.push_back(reader.value_of(word));
      } else if (word == "-log") {
        request.log_file = reader.value_of(word);
      } else if (word == "-v" || word == "-version" || word == "--version") {
        context.out.line("nextflow version 26.04.0 (weir)");
        return ExitStatus::ok;
      } else if (word == "-trace" || word == "-syslog") {
        static_cast<void>(reader.optional_value(
            [](const std::string& next) { return next.find('.') != next.npos; }));
      } else if (word == "-bg") {
        request.background = true;
      } else if (word == "-d" || word == "-debug") {
        continue;
      } else if (word.starts_with('-')) {
        throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
      } else {
        command = word;
      }
    }
    const bool wants_help = !reader.ended() && (reader.peek() == "-h" || reader.peek() == "-help");
    if (command == "run" && wants_help) {
      context.out.write(k_run_usage);
      return ExitStatus::ok;
    }
    if (command == "run") {
      read_run_arguments(request, reader);
      fill_surroundings(context, request.settings);
      if (request.background) return run_in_background(context, arguments);
      engine::RunSettings& settings = request.settings;
      find_pipeline(context, settings, request.source, context.out, request.quiet);
      settings.secret_params = secret_names_of(find_schema(settings.place(), settings.launch_dir));
      const SecretParams secret(settings);
      hide_arguments(context, secret);  // before any process is forked
      settings.command_line = "nextflow " + base::join(secret.masked(arguments), " ");
      return run_pipeline(context, std::move(request));
    }
    if (command == "log") return print_log(context, reader, request.quiet);
    if (command == "clean") return clean(context, reader, request.quiet);
    if (command == "secrets") return secrets(context, reader);
    if (command == "inspect") return inspect(context, std::move(request), reader);
    if (command == "config") return print_config(context, request, reader);
    if (command.empty() || command == "help") {
      context.out.write(k_usage);
      return ExitStatus::ok;
    }
    if (const auto status = answer_pipeline_command(context, command, reader)) return *status;
    throw Error(ErrorKind::usage, fmt::format("`nextflow {}` is not supported", command));
  }

  std::vector<std::string> unused_;
};

}  // namespace

std::unique_ptr<Command> make_nextflow() {
  return std::make_unique<NextflowCommand>();
}

}  // namespace weir::app
