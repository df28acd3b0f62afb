#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/param_check.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/pipeline_source.hpp"
#include "compose/run_console.hpp"
#include "compose/secret_params.hpp"
#include "engine/session.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

nlohmann::ordered_json json_of(const schema::Fault& fault) {
  static constexpr const char* k_severities[] = {"error", "warning", "unchecked"};
  nlohmann::ordered_json document{{"parameter", schema::parameter_name(fault)},
                                  {"pointer", fault.pointer},
                                  {"value", fault.value},
                                  {"keyword", fault.keyword},
                                  {"message", fault.message},
                                  {"advice", fault.advice},
                                  {"file", fault.file},
                                  {"row", fault.row},
                                  {"column", fault.column},
                                  {"severity", k_severities[static_cast<int>(fault.severity)]}};
  return document;
}

class ParamsValidate final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("PIPELINE", settings_.script, Required::yes,
                     "a .nf file, a folder with a main.nf, or the name of a repository");
    table.unknown_options(params_);
    table.option("--params-file", settings_.params_file, "FILE", "parameters as JSON or YAML");
    table.option("--profile", profiles_, "NAMES", "configuration profiles, separated by commas");
    table.option("-c,--config", settings_.config_files, "FILE",
                 "a configuration file on top of the others");
    declare_source(table, source_);
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "Checks parameters, and the sample sheets that they name, against the pipeline's "
        "nextflow_schema.json, as `weir run`\ndoes before it starts anything, and tells what is "
        "odd "
        "about the schema itself. Nothing is run; remote files are\nnot looked at.\n\n"
        "Examples:\n"
        "  weir params validate . --params-file params.json\n"
        "  weir params validate main.nf --input samples.csv --json | jq '.faults[]'\n\n"
        "Exit status: 0 all is allowed; 2 the configuration; 3 something is not allowed; 7 there "
        "is no schema.\n");
  }

  ExitStatus run(Context& context) override {
    fill_surroundings(context, settings_);
    settings_.params = params_of(params_);
    for (const std::string_view name : base::split(profiles_, ',')) {
      if (!name.empty()) settings_.profiles.emplace_back(name);
    }
    find_pipeline(context, settings_, source_, context.err, context.quiet);
    const auto pipeline = find_schema(settings_.place(), settings_.launch_dir);
    if (!pipeline.has_value()) {
      throw Error(ErrorKind::not_found,
                  "'" + settings_.script + "' has no nextflow_schema.json beside it")
          .with_code("no_schema");
    }
    settings_.secret_params = secret_names_of(pipeline);
    schema::Findings found = lint_schema(*pipeline);
    found.add_all(check(context, *pipeline));
    if (json_) {
      nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                      {"ok", found.ok()},
                                      {"errors", found.errors},
                                      {"faults", nlohmann::ordered_json::array()}};
      for (const schema::Fault& fault : found.faults) document["faults"].push_back(json_of(fault));
      print_json(document, context.out);
    } else {
      for (const schema::Fault& fault : found.faults) {
        const bool error = fault.severity == schema::Fault::Severity::error;
        if (error || !context.quiet)
          context.out.line((error ? "" : "warning: ") + schema::fault_text(fault));
      }
    }
    return found.ok() ? ExitStatus::ok : ExitStatus::input_refused;
  }

 private:
  /// With the values of the pipeline's configuration and script, which may give what the schema
  /// requires.
  schema::Findings check(Context& context, const PipelineSchema& pipeline) {
    schema::Findings found;
    base::EventLoop loop;
    RunConsole console(loop, context.out, context.err, RunStyle::weir, true, nullptr);
    engine::Session session(loop, settings_, console, "");
    session.set_limits({.kill_grace = {},
                        .check_params = [&](const std::string& params_json,
                                            const engine::ValidationSettings& validation) {
                          found = check_params(pipeline, settings_, params_json, validation);
                        }});
    const std::vector<std::string> missing = session.check_parameters();
    if (found.ok() && !missing.empty()) {
      throw Error(ErrorKind::input, "Parameter `" + missing.front() +
                                        "` is required by the script but was not given, and the "
                                        "schema does not ask for it");
    }
    return found;
  }

  engine::RunSettings settings_;
  SourceRequest source_;
  std::string profiles_;
  std::vector<std::string> params_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_params_validate() {
  return std::make_unique<ParamsValidate>();
}

}  // namespace weir::app
