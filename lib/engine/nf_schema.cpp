#include "engine/nf_schema.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/internal/nf_schema_call.hpp"
#include "engine/schema_values.hpp"
#include "engine/validation_settings.hpp"
#include "lang/exceptions.hpp"
#include "lang/semantics.hpp"
#include "schema/parameter_help.hpp"
#include "schema/sample_sheet.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace weir::engine {

using lang::MapObject;
using lang::Ref;
using lang::Value;

namespace {

constexpr std::array<std::string_view, 6> k_functions = {"paramsHelp",       "paramsSummaryLog",
                                                         "paramsSummaryMap", "samplesheetToList",
                                                         "validate",         "validateParameters"};

constexpr const char* k_hint_setting = "its name is set by `validation.parametersSchema`";
constexpr const char* k_hint_place = "a relative path is one in the pipeline's folder";

/// The faults as nf-schema lists them: what is missing in one line, then a line for each.
std::string fault_list(const schema::Findings& found) {
  std::string missing;
  std::string others;
  std::size_t listed = 0;
  for (const schema::Fault& fault : found.faults) {
    if (fault.severity != schema::Fault::Severity::error) continue;
    ++listed;
    if (fault.keyword == "required" && fault.pointer.empty() && fault.file.empty()) {
      missing += (missing.empty() ? "" : ", ") + fault.property;
    } else {
      others += "* " + schema::fault_text(fault) + "\n";
    }
  }
  std::string text =
      missing.empty() ? "" : fmt::format("* Missing required parameter(s): {}\n", missing);
  text += others;
  if (listed < found.errors) text += fmt::format("* and {} more\n", found.errors - listed);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

NfSchema::NfSchema(const RunContext& run, Ref<MapObject> params, Value workflow)
    : run_(run),
      params_(std::move(params)),
      workflow_(std::move(workflow)),
      files_(run.launch_dir, run.files) {}
NfSchema::~NfSchema() = default;

bool NfSchema::serves(std::string_view plugin, std::string_view name) {
  plugin = plugin.substr(0, plugin.find('@'));
  const bool is_old = plugin == "nf-validation";
  if (is_factory(name)) return is_old;
  const bool is_newer = name == "samplesheetToList" || name == "validate";
  return (plugin == "nf-schema" || is_old) && !(is_old && is_newer) &&
         std::find(k_functions.begin(), k_functions.end(), name) != k_functions.end();
}

std::optional<Value> NfSchema::call(std::string_view name, const lang::Arguments& arguments) {
  const Given given(arguments);
  if (name == "validateParameters") {
    validate_parameters(given);
    return Value();
  }
  if (name == "paramsHelp") return help(given);
  if (name == "paramsSummaryLog") return summary_log(given);
  if (name == "paramsSummaryMap") return summary_map(given);
  if (name == "samplesheetToList") return sheet_list(given);
  if (name == "validate") return validate(given);
  if (name == "fromSamplesheet") return sheet_of_parameter(given);
  return std::nullopt;
}

std::string NfSchema::setting(const Given& given, std::string_view option, std::string_view config,
                              std::string otherwise) const {
  if (const Value* const value = given.option(option); value != nullptr && lang::truth(*value))
    return lang::to_text(*value);
  return run_.config.text("validation." + std::string(config), std::move(otherwise));
}

std::string NfSchema::in_project(const std::string& name) {
  return schema::schema_place(run_.project_dir, name, files_);
}

std::string NfSchema::schema_path(const std::string& name, const char* hint) {
  std::string path = in_project(name);
  if (files_.kind(path) == schema::Files::Kind::file) return path;
  throw Error(ErrorKind::input, fmt::format("the schema '{}' does not exist", path))
      .with_hint(hint);
}

schema::JsonSchema NfSchema::load_rules(const std::string& path,
                                        schema::JsonSchema::Options options) {
  options.lenient = validation_settings(run_.config).lenient;
  options.files = &files_;
  return {files_.read(path), path, std::move(options)};
}

schema::ParameterSchema NfSchema::load(const Given& given) {
  // nf-schema 2 and 3 call the option parameters_schema; pipelines pass both spellings.
  const std::string name =
      setting(given, "parameters_schema", "parametersSchema",
              setting(given, "parametersSchema", "parametersSchema", "nextflow_schema.json"));
  const std::string path = schema_path(name, k_hint_setting);
  schema::ParameterSchema::Options options;
  options.project_dir = run_.project_dir;
  options.lenient = validation_settings(run_.config).lenient;
  options.files = &files_;
  return schema::ParameterSchema(files_.read(path), path, options);
}

schema::ParameterSchema::CheckOptions NfSchema::check_options() const {
  schema::ParameterSchema::CheckOptions options;
  ValidationSettings settings = validation_settings(run_.config);
  options.unknown = settings.unknown;
  options.ignored = std::move(settings.ignored);
  options.secret = run_.settings.secret_params;
  for (const ParamOverride& param : run_.settings.params)
    options.from_command_line.push_back(param.name);
  return options;
}

void NfSchema::validate_parameters(const Given& given) {
  const schema::ParameterSchema schema = load(given);
  const schema::Findings found = schema.check(document_of(*params_, &schema), check_options());
  std::string warnings;
  for (const schema::Fault& fault : found.faults) {
    if (fault.severity == schema::Fault::Severity::warning)
      warnings += "\n* " + schema::fault_text(fault);
  }
  if (!warnings.empty()) {
    run_.host.log(lang::LogLevel::warn,
                  "The following invalid input values have been detected:\n" + warnings + "\n");
  }
  if (found.ok()) return;
  throw Error(ErrorKind::input,
              "Validation of pipeline parameters failed!\n\nThe following invalid input values "
              "have been detected:\n\n" +
                  fault_list(found))
      .with_code("invalid_parameters");
}

// `validate(data, 'assets/schema.json', exitOnError: false)`: the faults of a map or a list.
Value NfSchema::validate(const Given& given) {
  const bool is_map = given.options != nullptr && given.values.size() == 1;
  const bool is_list = given.values.size() == 2 && lang::is_collection(given.values[0]);
  if (!is_map && !is_list) {
    throw Error(ErrorKind::input,
                "validate takes two arguments: a map or a list, and the path of its schema");
  }
  const auto holder = lang::make<MapObject>();
  holder->items.put(Value::string("data"),
                    is_map ? Value(const_cast<MapObject*>(given.options)) : given.values[0]);
  const std::string rules_name = schema_path(lang::to_text(given.values.back()), k_hint_place);
  const schema::JsonSchema rules = load_rules(rules_name, {});
  const schema::Findings found = rules.validate(document_of(*holder, nullptr)["data"]);
  std::vector<Value> faults;
  std::string list;
  for (const schema::Fault& fault : found.faults) {
    if (fault.severity != schema::Fault::Severity::error) continue;
    std::string text = schema::fault_text(fault);
    if (text.starts_with("--")) text.erase(0, 2);  // these are no options
    list += "\n* " + text;
    faults.push_back(Value::string(std::move(text)));
  }
  if (faults.size() < found.errors)
    list += fmt::format("\n* and {} more", found.errors - faults.size());
  const Value* const exit_on_error = given.option("exitOnError");
  if (!found.ok() && (exit_on_error == nullptr || lang::truth(*exit_on_error))) {
    // Scripts catch it.
    throw lang::script_error("SchemaValidationException",
                             fmt::format("the data are not what '{}' allows:{}", rules_name, list));
  }
  return lang::make_list(std::move(faults));
}

Value NfSchema::help(const Given& given) {
  const schema::ParameterSchema schema = load(given);
  const auto flag = [&](std::string_view name) {
    const Value* const value = given.option(name);
    return value != nullptr && lang::truth(*value);
  };
  schema::HelpOptions options;
  options.show_hidden = flag("showHidden") || run_.config.flag("validation.help.showHidden");
  options.show_members = flag("fullHelp");
  options.hidden_option =
      "--" + run_.config.text("validation.help.showHiddenParameter", "showHidden");
  if (const auto columns = run_.host.environment("COLUMNS")) {
    options.width = static_cast<std::size_t>(
        std::clamp<std::int64_t>(base::parse_int64(*columns).value_or(100), 40, 1'000));
  }
  std::string parameter;
  std::string command = setting(given, "command", "help.command", "");
  if (const Value* const name = given.option("parameter")) parameter = lang::to_text(*name);
  if (!given.values.empty() && lang::truth(given.values.front())) {
    // A command to show in nf-validation and nf-schema 2.0, a parameter's name afterwards.
    const std::string text = lang::to_text(given.values.front());
    (schema.find(text) != nullptr ? parameter : command) = text;
  }
  std::string text = setting(given, "beforeText", "help.beforeText", "") + "\n";
  if (!command.empty()) text += fmt::format("Typical pipeline command:\n\n  {}\n\n", command);
  text += parameter.empty() ? schema::help_text(schema, options)
                            : schema::help_text_of(schema, parameter, options);
  return Value::string(text + setting(given, "afterText", "help.afterText", "") + "\n");
}

Value NfSchema::sheet_list(const Given& given) {
  if (given.values.size() != 2) {
    throw Error(ErrorKind::input,
                "samplesheetToList takes two arguments: the sheet and its schema");
  }
  return sheet_entries(lang::to_text(given.values[0]), lang::to_text(given.values[1]));
}

// `fromSamplesheet('input')`: the sheet that the parameter names, by the schema given for it.
Value NfSchema::sheet_of_parameter(const Given& given) {
  if (given.values.size() != 1)
    throw Error(ErrorKind::input, "fromSamplesheet takes the name of the parameter with the sheet");
  const std::string name = lang::to_text(given.values[0]);
  const schema::ParameterSchema schema = load(given);
  const schema::Parameter* const parameter = schema.find(name);
  if (parameter == nullptr)
    throw Error(ErrorKind::input, fmt::format("the schema knows no parameter '{}'", name));
  const auto rules = parameter->definition->find("schema");
  if (rules == parameter->definition->end() || !rules->is_string()) {
    throw Error(ErrorKind::input,
                fmt::format("the schema of the parameter '{}' names no schema of its sheet", name))
        .with_hint("add \"schema\": \"assets/schema_input.json\" to it");
  }
  const Value* const sheet = params_->items.find(name);
  if (sheet == nullptr || !lang::truth(*sheet))
    throw Error(ErrorKind::input, fmt::format("the parameter '--{}' is not given", name));
  return sheet_entries(lang::to_text(*sheet), rules->get<std::string>());
}

Value NfSchema::sheet_entries(const std::string& sheet_name, const std::string& rules_file) {
  const std::string rules_name = schema_path(rules_file, k_hint_place);
  const schema::Files::Kind kind = files_.kind(sheet_name);
  if (kind != schema::Files::Kind::file && kind != schema::Files::Kind::remote)
    throw Error(ErrorKind::input, fmt::format("the sample sheet '{}' does not exist", sheet_name));
  const schema::JsonSchema rules = load_rules(rules_name, {.only_int64 = true});
  if (rules.find("items") == nullptr || rules.find("properties") != nullptr) {
    throw Error(ErrorKind::input,
                fmt::format("'{}' is no schema of a sample sheet: it describes no list of 'items'",
                            rules_name));
  }
  const schema::SampleSheet sheet(sheet_name, rules, files_);
  const schema::Findings found = sheet.check(rules);
  if (!found.ok()) {
    throw Error(ErrorKind::input,
                fmt::format("Validation of samplesheet failed!\n\nThe following errors have been "
                            "detected in {}:\n\n{}",
                            sheet_name, fault_list(found)))
        .with_code("invalid_sheet");
  }
  if (!sheet.unknown_columns().empty()) {
    const std::string text = fmt::format("'{}' has columns that its schema does not know: {}",
                                         sheet_name, base::join(sheet.unknown_columns(), ", "));
    if (run_.config.flag("validation.failUnrecognisedHeaders") ||
        run_.config.text("validation.logging.unrecognisedHeaders") == "error")
      throw Error(ErrorKind::input, text);
    run_.host.log(lang::LogLevel::warn, text);
  }
  return entries_of(sheet.entries(), rules, run_.launch_dir);
}

}  // namespace weir::engine
