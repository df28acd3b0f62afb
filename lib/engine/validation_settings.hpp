#pragma once

#include "engine/config.hpp"
#include "schema/parameter_schema.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// How parameters are to be checked against `nextflow_schema.json`: the `validation` scope of the
/// configuration, as nf-schema 2 reads it.
struct ValidationSettings {
  bool lenient = false;  ///< `lenientMode`: numbers and booleans pass as strings
  schema::ParameterSchema::Unknown unknown = schema::ParameterSchema::Unknown::warn;
  std::vector<std::string> ignored;  ///< `ignoreParams`, `defaultIgnoreParams`, names of help
  std::vector<std::string> not_summarised;  ///< `summary.hideParams`
};
[[nodiscard]] ValidationSettings validation_settings(const Config& config);

}  // namespace weir::engine
