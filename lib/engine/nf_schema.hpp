#pragma once

#include "engine/run_context.hpp"
#include "engine/schema_files.hpp"
#include "lang/callable.hpp"
#include "schema/parameter_schema.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// Native stand-ins for the functions of the plug-in nf-schema (and of its predecessor
/// nf-validation, where they are the same): `validateParameters`, `paramsSummaryLog`,
/// `paramsSummaryMap`, `paramsHelp`, `samplesheetToList`, `validate` and, of the predecessor, the
/// channel factory `fromSamplesheet`; the settings of the config scope `validation`.
///
/// Deviations: nothing is coloured; values of command line and sheet are read by the schema's types
/// (schema/sample_sheet.hpp); remote files are not looked at.
class NfSchema {
 public:
  /// Both outlive this. `workflow` is what the script knows under that name.
  NfSchema(const RunContext& run, lang::Ref<lang::MapObject> params, lang::Value workflow);
  ~NfSchema();

  /// Whether the plug-in `plugin` has a function `name` that is served here.
  [[nodiscard]] static bool serves(std::string_view plugin, std::string_view name);

  /// Whether the list that `call` gives for `name` is to become the items of a channel.
  [[nodiscard]] static bool is_factory(std::string_view name) { return name == "fromSamplesheet"; }

  /// Throws Error (input) with every fault for parameters and sheets that are refused; nothing when
  /// there is no such function.
  [[nodiscard]] std::optional<lang::Value> call(std::string_view name,
                                                const lang::Arguments& arguments);

 private:
  struct Given;

  void validate_parameters(const Given& given);
  [[nodiscard]] lang::Value validate(const Given& given);
  [[nodiscard]] lang::Value help(const Given& given);
  [[nodiscard]] lang::Value summary_log(const Given& given);
  [[nodiscard]] lang::Ref<lang::MapObject> summary_map(const Given& given);
  [[nodiscard]] lang::Value sheet_list(const Given& given);
  [[nodiscard]] lang::Value sheet_of_parameter(const Given& given);
  [[nodiscard]] lang::Value sheet_entries(const std::string& sheet, const std::string& rules);

  [[nodiscard]] lang::Ref<lang::MapObject> summary_of(
      const std::vector<schema::Parameter>& parameters, const lang::MapObject& params) const;
  [[nodiscard]] lang::Ref<lang::MapObject> core_options() const;
  [[nodiscard]] schema::ParameterSchema load(const Given& given);
  [[nodiscard]] std::string setting(const Given& given, std::string_view option,
                                    std::string_view config, std::string otherwise) const;
  [[nodiscard]] std::string in_project(const std::string& name);
  /// The same of a schema that must be there; `hint` is for an error.
  [[nodiscard]] std::string schema_path(const std::string& name, const char* hint);
  [[nodiscard]] schema::JsonSchema load_rules(const std::string& path,
                                              schema::JsonSchema::Options options);
  [[nodiscard]] schema::ParameterSchema::CheckOptions check_options() const;

  const RunContext& run_;
  lang::Ref<lang::MapObject> params_;
  lang::Value workflow_;
  SchemaFiles files_;
};

}  // namespace weir::engine
