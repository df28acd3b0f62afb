#pragma once

#include "command.hpp"
#include "engine/run_settings.hpp"
#include "schema/fault.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {
struct ValidationSettings;
}

namespace weir::app {

/// The folder of a pipeline given as a file or folder, and what its `nextflow_schema.json` says.
/// Nothing when it has none.
struct PipelineSchema {
  std::string project_dir;
  std::string file;
  std::string text;
};
[[nodiscard]] std::optional<PipelineSchema> find_schema(const std::string& script,
                                                        const std::string& launch_dir);

/// All that is wrong with a run's parameters by the pipeline's schema. `params_json`: an object of
/// all of them as a session evaluated them (Session::Limits::check_params); null counts as not
/// given. Throws Error (input) for a schema that cannot be used.
[[nodiscard]] schema::Findings check_params(const PipelineSchema& pipeline,
                                            const engine::RunSettings& settings,
                                            const std::string& params_json,
                                            const engine::ValidationSettings& validation);

/// What is odd about the schema itself, as warnings. Throws Error (input) for one that cannot be
/// used.
[[nodiscard]] schema::Findings lint_schema(const PipelineSchema& pipeline);

/// engine::Session::Limits::check_params.
using ParamCheck =
    std::function<void(const std::string& params_json, const engine::ValidationSettings&)>;

/// Refuses parameters that the pipeline's schema does not allow, all faults at once (Error input,
/// code params_invalid); for engine::Session::Limits. Warnings go to `warn`. Empty when the
/// pipeline has no schema. `Missing::allowed`: parameters that are required may be absent, since
/// whoever runs the pipeline has more of them than are known here.
enum class Missing { refused, allowed };
[[nodiscard]] ParamCheck refuse_bad_params(std::optional<PipelineSchema> pipeline,
                                           const engine::RunSettings& settings, Missing missing,
                                           std::function<void(const std::string&)> warn);

/// Names of the parameters on the command line that the pipeline's schema wants as texts, however
/// much they look like numbers.
[[nodiscard]] std::vector<std::string> text_params(const engine::RunSettings& settings);

/// "--help" of a pipeline: all its parameters, or one. Nothing when it has no schema.
[[nodiscard]] std::optional<std::string> pipeline_help(const Context& context,
                                                       const std::string& script,
                                                       const std::string& name, bool show_hidden);
/// All parameters with their defaults, required ones first, as JSON or YAML text.
[[nodiscard]] std::string params_template(const PipelineSchema& pipeline, bool yaml);

}  // namespace weir::app
