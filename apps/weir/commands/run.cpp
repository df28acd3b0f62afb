#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/pipeline_run.hpp"

#include <filesystem>

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Every other option is a parameter of the pipeline: `--reads x` sets params.reads, `--flag` "
    "alone sets it to true.\n"
    "Long options may be written with one dash, as Nextflow users know them: -resume, -profile, "
    "-params-file.\n\n"
    "Examples:\n"
    "  weir run main.nf --reads 'data/*.fastq.gz'\n"
    "  weir run . -profile test -resume\n\n"
    "Exit status: 0 the pipeline succeeded; 1 it failed; 2 options or configuration are wrong; 3 "
    "the script or a\n"
    "parameter was refused before anything started; 4 another run is active here; 129, 130, 143 "
    "ended by HUP, INT,\n"
    "TERM; a script's `exit N` gives N.\n";

class Run final : public Command {
 public:
  void declare(OptionTable& table) override {
    engine::RunSettings& settings = request_.settings;
    table.positional("SCRIPT", settings.script, Required::yes,
                     "a .nf file, or a folder with a main.nf");
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
    table.option("--entry", settings.entry, "WORKFLOW", "run this named workflow");
    table.flag("--stub,--stub-run", settings.stub,
               "run the stub blocks of processes instead of their scripts");
    table.flag("--preview", settings.preview, "check and wire the pipeline, run no task");
    table.option_with_default(
        "--resume", settings.resume, "RUN",
        "take finished tasks of an earlier run of this folder (default: the last)");
    table.group("Places and names");
    table.option("-w,--work-dir", settings.work_dir, "DIR",
                 "where tasks run (default: NXF_WORK, else ./work)");
    table.option("-o,--output-dir", settings.output_dir, "DIR",
                 "where workflow outputs go (default: results)");
    table.option("--name", settings.run_name, "NAME", "name of the run (default: a random one)");
    table.option("--lane", request_.lane, "NAME",
                 "at most one run of this name at a time (default: the folder)");
    table.group("Execution");
    table.option("--queue-size", queue_size_, "N", "most tasks running at once");
    table.option_with_default("--with-trace", settings.with_trace, "FILE",
                              "write a table of all tasks");
    table.option_with_default("--with-report", report_, "FILE",
                              "write a page about the run and its tasks");
    table.option_with_default("--with-timeline", timeline_, "FILE",
                              "write a page with a bar for each task");
    table.option_with_default("--with-dag", dag_, "FILE",
                              "write the graph of the pipeline (.html, .mmd, .dot)");
    table.option_with_default("--dump-channels", settings.dump_channels, "TAGS",
                              "print what `dump` operators see");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    engine::RunSettings& settings = request_.settings;
    // `-resume main.nf`: the script is no name of a run.
    if (settings.script.empty() && settings.resume && !settings.resume->empty()) {
      settings.script = std::exchange(*settings.resume, "");
    }
    for (const std::string_view name : base::split(profiles_, ',')) {
      if (!name.empty()) settings.profiles.emplace_back(name);
    }
    if (report_) settings.reports.emplace_back("report", *report_);
    if (timeline_) settings.reports.emplace_back("timeline", *timeline_);
    if (dag_) settings.reports.emplace_back("dag", *dag_);
    if (queue_size_) settings.queue_size = *queue_size_;
    settings.params = params_of(params_);
    settings.command_line = "weir run " + settings.script;
    for (const std::string& word : params_) settings.command_line += " " + word;
    fill_surroundings(context, settings);
    request_.quiet = context.quiet;
    return run_pipeline(context, std::move(request_));
  }

 private:
  PipelineRequest request_;
  std::string profiles_;
  std::optional<std::int64_t> queue_size_;
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
