#pragma once

#include "engine/run_settings.hpp"
#include "lang/interpreter.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The text of a parameter file. Throws Error (usage) when it does not exist or is a folder.
[[nodiscard]] std::string params_file_text(const std::string& path);

/// The parameters given from outside, nested by the dots in their names: those of the file (JSON,
/// or YAML by its name), then those of the command line over them. `--a-b` also sets `aB`; `--x`
/// alone is true; values stay texts. Throws Error (usage) when the file cannot be read or
/// understood.
[[nodiscard]] lang::Ref<lang::MapObject> fixed_params(const RunSettings& settings);

/// Whether the value of a parameter is secret: it, or what it is a member of, is named by
/// `settings.secret_params`.
[[nodiscard]] bool is_secret_param(const RunSettings& settings, std::string_view name);

/// The texts of secret parameters that the command line and the parameter file give. Throws as
/// `fixed_params`.
[[nodiscard]] std::vector<std::string> secret_values(const RunSettings& settings);

/// What values of declared types are made with; all borrowed.
struct ParamTyping {
  lang::Interpreter& interpreter;
  const lang::Ast& ast;
  const RunSettings& settings;
};

/// A value given from outside for a parameter of declared type `type` (may be null: any). Texts
/// become what the type says; elements of collections and fields of records from a parameter file
/// by their own types; paths must exist. Throws Error (input) naming the parameter when it does not
/// fit.
[[nodiscard]] lang::Value typed_param(const ParamTyping& typing, const std::string& name,
                                      const lang::TypeRef* type, const lang::Value& given);
/// The same for the default that the script declares, where only paths are given as text.
[[nodiscard]] lang::Value typed_default(const ParamTyping& typing, const std::string& name,
                                        const lang::TypeRef* type, const lang::Value& value);

}  // namespace weir::engine
