#pragma once

#include "engine/run_settings.hpp"
#include "lang/interpreter.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// The parameters given from outside, nested by the dots in their names: those of the file (JSON,
/// or YAML by its name), then those of the command line over them. `--a-b` also sets `aB`; `--x`
/// alone is true; values stay texts. Throws Error (usage) when the file cannot be read or
/// understood.
[[nodiscard]] lang::Ref<lang::MapObject> fixed_params(const RunSettings& settings);

/// Names as given on the command line, without those that were only added in camel case; for
/// messages.
[[nodiscard]] std::vector<std::string> given_param_names(const RunSettings& settings);

/// A text given for a parameter of declared type `type`. Throws Error (input) naming the parameter
/// when it does not fit.
[[nodiscard]] lang::Value typed_param(lang::Interpreter& interpreter, const std::string& name,
                                      const std::string& type, const lang::Value& given,
                                      const std::string& launch_dir);

}  // namespace weir::engine
