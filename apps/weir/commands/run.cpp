#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/external_pipeline.hpp"
#include "compose/job_view.hpp"
#include "compose/param_check.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/pipeline_source.hpp"
#include "compose/run_detach.hpp"
#include "compose/run_entry.hpp"
#include "compose/run_follow.hpp"
#include "compose/secret_params.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Every other option is a parameter of the pipeline: `--reads x` sets params.reads, `--flag` "
    "alone sets it to true;\n"
    "but `-process.cpus 2`, `-executor.queueSize 8` and `-e.NAME=value` (environment of tasks) are "
    "settings of the configuration.\n"
    "Long options may be written with one dash, as Nextflow users know them: -resume, -profile, "
    "-params-file.\n\n"
    "Examples:\n"
    "  weir run main.nf --reads 'data/*.fastq.gz'\n"
    "  weir run . -profile test -resume\n"
    "  weir run nf-core/demo -r 1.0.2 -profile test,docker --outdir results\n\n"
    "Exit status: 0 the pipeline succeeded; 1 it failed; 2 options or configuration are wrong; 3 "
    "the script or a\n"
    "parameter was refused before anything started; 4 another run is active here; 7 no such "
    "repository "
    "or revision;\n"
    "129, 130, 143 ended by HUP, INT, TERM; a script's `exit N` gives N.\n";

/// The setting that `-process.cpus` and the like mean; empty: it is a parameter.
std::string setting_of(const std::string& name) {
  if (name.starts_with("process.") || name.starts_with("executor.")) return name;
  return name.starts_with("e.") ? "env." + name.substr(2) : std::string();
}

/// What unparsed arguments say of a pipeline in a repository.
SourceRequest source_in(const std::vector<std::string>& arguments) {
  SourceRequest source;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    const std::string next = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (word == "-r" || word == "-revision" || word == "--revision") source.revision = next;
    if (word == "-hub" || word == "--hub") source.hub = next;
    if (word == "-latest" || word == "--latest") source.latest = true;
    if (word == "-offline" || word == "--offline") source.offline = true;
  }
  return source;
}

class Run final : public Command {
 public:
  void declare(OptionTable& table) override {
    engine::RunSettings& settings = request_.settings;
    table.positional("SCRIPT", settings.script, Required::no,
                     "a .nf file, a folder with a main.nf, or a pipeline in a git repository: "
                     "owner/name or its address");
    table.positional("ARGUMENT", settings.arguments, Required::no,
                     "passed to the script as `args`");
    table.unknown_options(params_);
    table.group("Pipeline");
    table.option("--params-file", settings.params_file, "FILE", "parameters as JSON or YAML");
    table.option("--profile", profiles_, "NAMES", "configuration profiles, separated by commas");
    table.option("-c,--config", settings.config_files, "FILE",
                 "a configuration file on top of the others");
    table.option("-C,--only-config", settings.only_config, "FILE",
                 "a configuration file instead of all others");
    table.option("--main-script", settings.main_script, "FILE",
                 "the script of a folder (default: main.nf)");
    table.option("--entry", settings.entry, "WORKFLOW", "run this named workflow");
    table.flag("--stub,--stub-run", settings.stub,
               "run the stub blocks of processes instead of their scripts");
    table.flag("--preview", settings.preview, "check and wire the pipeline, run no task");
    table.option_with_default(
        "--resume", settings.resume, "RUN",
        "take finished tasks of an earlier run of this folder (default: the last)");
    table.flag("--explain", settings.explain, "say of every task that runs why it does");
    table.flag("--dump-hashes", settings.dump_hashes,
               "print the components of every task's key, for comparing runs");
    table.option("--cache", cache_, "MODE",
                 "for all tasks: true (standard), false (off), lenient (times of files do not "
                 "count) or deep (their content does)");
    table.words({"true", "standard", "false", "off", "lenient", "deep"});
    table.flag("--no-validate", no_validate_,
               "do not check parameters against the pipeline's nextflow_schema.json");
    table.option(
        "--secret-param", secret_params_, "NAME",
        "keep this parameter's value out of records, events and the process list, as those "
        "that the schema marks (writeOnly, format: password)");
    table.option("--params-template", template_, "FORMAT",
                 "print all parameters with their defaults, as {}, and run nothing");
    table.words({"json", "yaml"});
    table.group("Software");
    for (Engine& engine : engines_) {
      table.option_with_default(engine.with, engine.image, engine.value, engine.help);
      if (engine.without != nullptr)
        table.flag(engine.without, engine.off, "whatever the configuration says");
    }
    table.group("Places and names");
    table.option("-w,--work-dir", settings.work_dir, "DIR",
                 "where tasks run (default: NXF_WORK, else ./work)");
    table.option("-o,--output-dir", settings.output_dir, "DIR",
                 "where workflow outputs go (default: results)");
    table.option("--output-format", settings.output_format, "FORMAT",
                 "of the list of workflow outputs at the end: {}");
    table.words({"text", "json", "none"});
    table.option("--name", settings.run_name, "NAME", "name of the run (default: a random one)");
    table.group("Execution");
    table.option("--queue-size", queue_size_, "N", "most tasks running at once");
    table.flag("--allow-idle-services", allow_idle_,
               "a service that no process uses is left out, and is no error");
    table.option_with_default("--with-trace", settings.with_trace, "FILE",
                              "write a table of all tasks");
    table.option_with_default("--with-report", report_, "FILE",
                              "write a page about the run and its tasks");
    table.option_with_default("--with-timeline", timeline_, "FILE",
                              "write a page with a bar for each task");
    table.option_with_default("--with-dag", dag_, "FILE",
                              "write the graph of the pipeline (.html, .mmd, .dot)");
    table.flag("--plain", plain_, "a line for each task, also on a terminal");
    table.option_with_default("--dump-channels", settings.dump_channels, "TAGS",
                              "print what `dump` operators see");
    table.group("Repository");
    declare_source(table, request_.source);
    table.rest("ENGINE-ARGUMENT", rest_, Required::no,
               "the command of --engine exec, more for --engine nextflow");
    control_.declare(table);
    table.hidden();
    table.option("--ansi-log", ansi_log_, "BOOLEAN", "{}; false: as --plain");
    table.words({"true", "false"});
    table.epilogue(k_epilogue);
  }

  /// `weir run PIPELINE --help [NAME]`: the pipeline's own parameters, where it describes them.
  std::optional<ExitStatus> run_unparsed(const std::vector<std::string>& arguments,
                                         Context& context) override {
    const auto help = std::find(arguments.begin(), arguments.end(), "--help");
    if (help == arguments.end() || arguments.front().starts_with('-') ||
        std::find(arguments.begin(), help, "--") != help) {
      return std::nullopt;
    }
    const bool hidden =
        std::find(arguments.begin(), arguments.end(), "--show-hidden") != arguments.end();
    const auto next = help + 1;
    const std::string name = next != arguments.end() && !next->starts_with('-') ? *next : "";
    engine::RunSettings asked;
    asked.script = arguments.front();
    find_pipeline(context, asked, source_in(arguments), context.err, context.quiet);
    const auto text = pipeline_help(context, asked.place(), name, hidden);
    if (!text.has_value()) return std::nullopt;
    context.out.write(*text);
    return ExitStatus::ok;
  }

  ExitStatus run(Context& context) override {
    engine::RunSettings& settings = request_.settings;
    choose_software(settings);
    if (allow_idle_) settings.settings.emplace_back("services.allowIdle", "true");
    if (!cache_.empty()) settings.settings.emplace_back("process.cache", cache_);
    request_.plain = plain_ || ansi_log_ == "false";
    request_.control = control_.read(context);
    // `-resume main.nf`: the script is no name of a run.
    if (settings.script.empty() && settings.resume && !settings.resume->empty()) {
      settings.script = std::exchange(*settings.resume, "");
    }
    const bool needs_script =
        !request_.control.attach.has_value() && request_.control.engine != "exec";
    if (settings.script.empty() && needs_script) {
      throw Error(ErrorKind::usage, "argument SCRIPT is missing")
          .with_hint("see `weir run --help`");
    }
    for (const std::string_view name : base::split(profiles_, ',')) {
      if (!name.empty()) settings.profiles.emplace_back(name);
    }
    if (report_) settings.reports.emplace_back("report", *report_);
    if (timeline_) settings.reports.emplace_back("timeline", *timeline_);
    if (dag_) settings.reports.emplace_back("dag", *dag_);
    if (queue_size_) settings.queue_size = *queue_size_;
    if (queue_size_ && settings.queue_size < 1)
      throw Error(ErrorKind::usage, "--queue-size must be at least 1");
    for (engine::ParamOverride& given : params_of(params_)) {
      const std::string setting = setting_of(given.name);
      if (setting.empty()) {
        settings.params.push_back(std::move(given));
      } else {
        settings.settings.emplace_back(setting, given.text.value_or("true"));
      }
    }
    fill_surroundings(context, settings);
    const bool is_native = request_.control.engine == "native";
    if (is_native && !request_.control.attach.has_value())
      find_pipeline(context, settings, request_.source, context.err, context.quiet);
    std::optional<PipelineSchema> pipeline;
    if (!settings.script.empty()) pipeline = find_schema(settings.place(), settings.launch_dir);
    mark_secrets(context, settings, pipeline);
    request_.quiet = context.quiet;
    if (template_.has_value()) return print_template(context, pipeline);
    if (!no_validate_ && (is_native || request_.control.engine == "nextflow")) {
      request_.check_params = refuse_bad_params(std::move(pipeline), settings,
                                                is_native ? Missing::refused : Missing::allowed,
                                                [&context](const std::string& text) {
                                                  if (!context.quiet)
                                                    context.err.line("WARN: " + text);
                                                });
    }
    return dispatch(context);
  }

 private:
  /// `--with-docker [IMAGE]` and the like.
  struct Engine {
    const char* name;
    const char* with;
    const char* without;
    const char* value;
    const char* help;
    std::optional<std::string> image{};
    bool off = false;
  };

  void mark_secrets(const Context& context, engine::RunSettings& settings,
                    const std::optional<PipelineSchema>& pipeline) const {
    settings.secret_params = secret_names_of(pipeline);
    settings.secret_params.insert(settings.secret_params.end(), secret_params_.begin(),
                                  secret_params_.end());
    take_secret_params(request_.control, settings);
    settings.command_line = "weir run " + settings.script;
    const SecretParams secret(settings);
    hide_arguments(context, secret);  // before any process is forked
    for (const std::string& word : secret.masked(params_)) settings.command_line += " " + word;
  }

  void choose_software(engine::RunSettings& settings) const {
    for (const Engine& engine : engines_) {
      const std::string scope(engine.name);
      if (engine.off) settings.settings.emplace_back(scope + ".enabled", "false");
      if (!engine.image) continue;
      settings.settings.emplace_back(scope + ".enabled", "true");
      if (engine.image->empty()) continue;
      settings.settings.emplace_back(scope == "conda" ? "process.conda" : "process.container",
                                     *engine.image);
    }
  }

  ExitStatus print_template(Context& context, const std::optional<PipelineSchema>& pipeline) const {
    if (!pipeline.has_value()) {
      throw Error(ErrorKind::not_found, "the pipeline has no nextflow_schema.json")
          .with_code("no_schema");
    }
    context.out.write(params_template(*pipeline, *template_ == "yaml"));
    return ExitStatus::ok;
  }

  ExitStatus dispatch(Context& context) {
    const RunControl& control = request_.control;
    if (control.attach.has_value()) {
      const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
      return follow_other(context, control,
                          run_to_attach(*store, control, request_.settings.launch_dir));
    }
    if (control.detach && !control.is_detached_child() && !control.dry_run) {
      return start_detached(context, control, request_.settings);
    }
    if (control.engine == "native") {
      for (const std::string& word : rest_) request_.settings.arguments.push_back(word);
      return run_pipeline(context, std::move(request_));
    }
    return run_external(context, {.control = control,
                                  .settings = std::move(request_.settings),
                                  .revision = request_.source.revision,
                                  .arguments = rest_,
                                  .check_params = std::move(request_.check_params)});
  }

  std::array<Engine, 5> engines_{
      Engine{"docker", "--with-docker", "--without-docker", "IMAGE",
             "run tasks in Docker containers (default image: each process's own)"},
      Engine{"podman", "--with-podman", "--without-podman", "IMAGE",
             "run tasks in Podman containers"},
      Engine{"singularity", "--with-singularity", nullptr, "IMAGE",
             "run tasks in Singularity containers"},
      Engine{"apptainer", "--with-apptainer", nullptr, "IMAGE",
             "run tasks in Apptainer containers"},
      Engine{"conda", "--with-conda", "--without-conda", "ENVIRONMENT",
             "run tasks in Conda environments"}};
  std::string cache_;
  std::string ansi_log_;
  bool plain_ = false;
  PipelineRequest request_;
  bool no_validate_ = false;
  std::vector<std::string> secret_params_;
  std::optional<std::string> template_;
  std::vector<std::string> rest_;
  RunControlOptions control_;
  std::string profiles_;
  std::optional<std::int64_t> queue_size_;
  bool allow_idle_ = false;
  std::optional<std::string> report_;
  std::optional<std::string> timeline_;
  std::optional<std::string> dag_;
  std::vector<std::string> params_;
};

}  // namespace

std::unique_ptr<Command> make_run() {
  return std::make_unique<Run>();
}

}  // namespace weir::app
