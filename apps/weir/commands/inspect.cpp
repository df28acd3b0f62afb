#include "base/text.hpp"
#include "commands.hpp"
#include "compose/inspect_view.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/pipeline_source.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "The processes of the script and of all that it includes are told; no workflow is run, so no "
    "parameter need be given. Other long options are parameters of the pipeline.\n\n"
    "Examples:\n"
    "  weir inspect main.nf\n"
    "  weir inspect . --profile docker --format config > containers.config\n\n"
    "Exit status: 0; 2 the configuration is wrong; 3 the script or a parameter was refused.\n";

class Inspect final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("SCRIPT", settings_.script, Required::yes,
                     "a .nf file, a folder with a main.nf, or the name of a repository");
    table.unknown_options(params_);
    table.option("--format", form_.format, "FORMAT", "json, or config for a configuration file");
    table.words({"json", "config"});
    table.flag("-i,--ignore-errors", form_.skip_unknown,
               "leave out processes whose container depends on a task's inputs");
    table.option("--profile", profiles_, "NAMES", "configuration profiles, separated by commas");
    table.option("-c,--config", settings_.config_files, "FILE",
                 "a configuration file on top of the others");
    table.option("-C,--only-config", settings_.only_config, "FILE",
                 "a configuration file instead of all others");
    table.option("--params-file", settings_.params_file, "FILE", "parameters as JSON or YAML");
    declare_source(table, source_);
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    for (const std::string_view name : base::split(profiles_, ',')) {
      if (!name.empty()) settings_.profiles.emplace_back(name);
    }
    settings_.params = params_of(params_);
    fill_surroundings(context, settings_);
    find_pipeline(context, settings_, source_, context.err, context.quiet);
    return inspect_pipeline(context, std::move(settings_), form_);
  }

 private:
  engine::RunSettings settings_;
  SourceRequest source_;
  InspectForm form_;
  std::string profiles_;
  std::vector<std::string> params_;
};

}  // namespace

std::unique_ptr<Command> make_inspect() {
  return std::make_unique<Inspect>();
}

}  // namespace weir::app
