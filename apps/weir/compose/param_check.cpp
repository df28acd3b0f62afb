#include "compose/param_check.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"
#include "engine/validation_settings.hpp"
#include "schema/files.hpp"
#include "schema/json.hpp"
#include "schema/parameter_help.hpp"
#include "schema/parameter_schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace weir::app {
namespace {

namespace fs = std::filesystem;
using schema::Json;

bool is_remote(const std::string& name) {
  const std::size_t colon = name.find("://");
  return colon != std::string::npos && !name.starts_with("file://");
}

/// Names as a run sees them: relative to the launch directory.
class LaunchFiles final : public schema::Files {
 public:
  explicit LaunchFiles(std::string launch_dir) : launch_dir_(std::move(launch_dir)) {}

  Kind kind(const std::string& name) override {
    if (is_remote(name)) return Kind::remote;
    if (base::Glob::is_pattern(name)) return Kind::pattern;
    const auto info = base::file_info(place(name));
    if (!info.has_value()) return Kind::missing;
    return info->type == base::FileInfo::Type::directory ? Kind::folder : Kind::file;
  }

  std::vector<std::string> matches(const std::string& pattern) override {
    if (!base::Glob::is_pattern(pattern)) {
      if (kind(pattern) == Kind::missing) return {};
      return {pattern};
    }
    // The part before the first wildcard is a folder to look in.
    const std::size_t length = base::Glob::folder_length(pattern);
    const std::string folder = length == 0 ? "./" : pattern.substr(0, length);
    if (!base::file_info(place(folder)).has_value()) return {};
    std::vector<std::string> found = base::find_files(place(folder), pattern.substr(length),
                                                      {.type = base::FindOptions::Type::any});
    for (std::string& name : found) name.insert(0, folder);
    return found;
  }

  std::string read(const std::string& name) override {
    if (name.ends_with(".gz")) {
      throw Error(ErrorKind::input,
                  fmt::format("'{}' is compressed, and sample sheets are read as text", name))
          .with_hint("decompress it first");
    }
    return base::read_file(place(name), schema::k_file_bytes_max);
  }

 private:
  [[nodiscard]] fs::path place(const std::string& name) const {
    const std::string_view scheme = "file://";
    return fs::path(launch_dir_) / (name.starts_with(scheme) ? name.substr(scheme.size()) : name);
  }
  std::string launch_dir_;
};

std::vector<std::string> names_of_file(const engine::RunSettings& settings) {
  std::vector<std::string> names;
  if (settings.params_file.empty()) return names;
  const auto text = base::try_read_file(fs::path(settings.launch_dir) / settings.params_file);
  const Json document = Json::parse(text.value_or(""), nullptr, false);
  if (!document.is_object()) return names;
  for (const auto& [name, value] : document.items()) names.push_back(name);
  return names;
}

schema::ParameterSchema open_schema(const PipelineSchema& pipeline, schema::Files* files,
                                    bool lenient = false) {
  return {pipeline.text,
          pipeline.file,
          {.project_dir = pipeline.project_dir, .lenient = lenient, .files = files}};
}

}  // namespace

std::optional<PipelineSchema> find_schema(const std::string& script,
                                          const std::string& launch_dir) {
  fs::path path = (fs::path(launch_dir) / script).lexically_normal();
  const auto info = base::file_info(path);
  if (!info.has_value()) return std::nullopt;
  if (info->type != base::FileInfo::Type::directory) path = path.parent_path();
  auto text = base::try_read_file(path / "nextflow_schema.json", schema::k_file_bytes_max);
  if (!text.has_value()) return std::nullopt;
  return PipelineSchema{path.string(), (path / "nextflow_schema.json").string(), std::move(*text)};
}

schema::Findings check_params(const PipelineSchema& pipeline, const engine::RunSettings& settings,
                              const std::string& params_json,
                              const engine::ValidationSettings& validation) {
  LaunchFiles files(settings.launch_dir);
  const schema::ParameterSchema schema = open_schema(pipeline, &files, validation.lenient);
  Json params = schema::parse_json(params_json, "the parameters");
  // `params.input = null` in a configuration declares a parameter and gives it no value.
  for (auto at = params.begin(); at != params.end();)
    at = at.value().is_null() ? params.erase(at) : std::next(at);
  schema::ParameterSchema::CheckOptions options;
  for (const engine::ParamOverride& param : settings.params)
    options.from_command_line.push_back(param.name);
  options.secret = settings.secret_params;
  options.unknown = validation.unknown;
  options.ignored = validation.ignored;
  // Nobody is told about names that only the configuration uses for itself.
  std::vector<std::string> given = names_of_file(settings);
  given.insert(given.end(), options.from_command_line.begin(), options.from_command_line.end());
  for (const auto& [name, value] : params.items()) {
    if (std::find(given.begin(), given.end(), name) == given.end()) options.ignored.push_back(name);
  }
  return schema.check(params, options);
}

schema::Findings lint_schema(const PipelineSchema& pipeline) {
  return open_schema(pipeline, nullptr).lint();
}

namespace {

void drop_missing(schema::Findings& findings) {
  const auto is_missing = [](const schema::Fault& fault) {
    return fault.file.empty() && fault.keyword == "required" &&
           fault.severity == schema::Fault::Severity::error;
  };
  findings.errors -= static_cast<std::size_t>(std::erase_if(findings.faults, is_missing));
}

}  // namespace

ParamCheck refuse_bad_params(std::optional<PipelineSchema> given,
                             const engine::RunSettings& settings, Missing missing,
                             std::function<void(const std::string&)> warn) {
  if (!given.has_value()) return {};
  // A copy: the settings themselves move on to the session.
  auto asked = std::make_shared<engine::RunSettings>(settings);
  return [pipeline = std::move(*given), asked, missing, warn = std::move(warn)](
             const std::string& params_json, const engine::ValidationSettings& validation) {
    constexpr std::size_t k_shown_max = 20;
    schema::Findings found = check_params(pipeline, *asked, params_json, validation);
    if (missing == Missing::allowed) drop_missing(found);
    std::string text;
    std::size_t shown = 0;
    for (const schema::Fault& fault : found.faults) {
      if (fault.severity == schema::Fault::Severity::warning) warn(schema::fault_text(fault));
      if (fault.severity != schema::Fault::Severity::error || shown == k_shown_max) continue;
      ++shown;
      text += "\n  " + schema::fault_text(fault);
    }
    if (found.ok()) return;
    if (found.errors > shown) text += fmt::format("\n  and {} more", found.errors - shown);
    throw Error(ErrorKind::input,
                fmt::format("{} of the parameters {} not what {} allows:{}", found.errors,
                            found.errors == 1 ? "is" : "are", pipeline.file, text))
        .with_code("params_invalid")
        .with_hint("`weir run " + base::shell_quote(asked->script) +
                   " --help` lists them; --no-validate goes on regardless");
  };
}

std::vector<std::string> text_params(const engine::RunSettings& settings) {
  std::vector<std::string> names;
  if (settings.params.empty()) return names;
  const auto pipeline = find_schema(settings.place(), settings.launch_dir);
  if (!pipeline.has_value()) return names;
  const schema::ParameterSchema schema = open_schema(*pipeline, nullptr);
  for (const engine::ParamOverride& param : settings.params) {
    const schema::Parameter* const known = schema.find(schema::camel_case(param.name));
    if (known != nullptr && base::contains(known->type, "string")) names.push_back(param.name);
  }
  return names;
}

std::optional<std::string> pipeline_help(const Context& context, const std::string& script,
                                         const std::string& name, bool show_hidden) {
  const auto pipeline = find_schema(script, context.working_directory.string());
  if (!pipeline.has_value()) return std::nullopt;
  const schema::ParameterSchema schema = open_schema(*pipeline, nullptr);
  schema::HelpOptions options;
  options.show_hidden = show_hidden;
  if (context.out.is_terminal()) options.width = static_cast<std::size_t>(context.out.width());
  const auto columns = base::parse_int64(context.variable("COLUMNS").value_or(""));
  if (columns.has_value() && *columns >= 40) options.width = static_cast<std::size_t>(*columns);
  return name.empty() ? schema::help_text(schema, options)
                      : schema::help_text_of(schema, name, options);
}

std::string params_template(const PipelineSchema& pipeline, bool yaml) {
  const schema::ParameterSchema schema = open_schema(pipeline, nullptr);
  std::vector<const schema::Parameter*> parameters;
  for (const schema::ParameterGroup& group : schema.groups()) {
    for (const schema::Parameter& parameter : group.parameters) parameters.push_back(&parameter);
  }
  std::stable_partition(parameters.begin(), parameters.end(),
                        [](const schema::Parameter* one) { return one->is_required; });
  Json document = Json::object();
  std::string text;
  for (const schema::Parameter* parameter : parameters) {
    const Json* definition = parameter->definition;
    const Json value = definition != nullptr && definition->contains("default")
                           ? (*definition)["default"]
                           : Json(nullptr);
    document[parameter->name] = value;
    if (!parameter->description.empty())
      text += "# " + base::replace_all(parameter->description, "\n", "\n# ") + "\n";
    text += fmt::format("{}: {}{}\n", parameter->name, value.dump(),
                        parameter->is_required ? "  # required" : "");
  }
  return yaml ? text : document.dump(2) + "\n";
}

}  // namespace weir::app
