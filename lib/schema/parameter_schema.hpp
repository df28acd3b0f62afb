#pragma once

#include "schema/json_schema.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::schema {

/// What stands where the value of a secret parameter was.
inline constexpr std::string_view k_masked = "***";

/// A parameter as `nextflow_schema.json` describes it, for help and for messages.
struct Parameter {
  std::string name;  ///< dotted when it is a member of another one
  std::string type;  ///< "integer", "boolean or string"; empty when the schema gives none
  std::string format;
  std::string description;
  std::string help_text;
  std::string default_text;  ///< empty when there is none
  std::vector<std::string> accepted;
  bool has_default = false;
  bool is_required = false;
  bool is_hidden = false;
  bool is_deprecated = false;
  bool is_secret = false;  ///< `writeOnly: true` or `format: password`
  std::vector<Parameter> members;
  const Json* definition = nullptr;  ///< lives as long as the schema
};

struct ParameterGroup {
  std::string title;  ///< empty: the parameters outside of groups
  std::string description;
  bool is_enforced = true;  ///< referred to by `allOf`
  std::vector<Parameter> parameters;
};

/// `nextflow_schema.json`: draft 2020-12 with groups in `$defs`, or draft-07 with `definitions`.
class ParameterSchema {
 public:
  struct Options {
    std::string project_dir;  ///< where the schemas of sheets lie, and the bounds of references
    bool lenient = false;
    Files* files = nullptr;  ///< borrowed; nullptr: nothing is said about files
  };
  /// What is said about parameters that the schema does not know.
  enum class Unknown { skip, warn, fail };
  struct CheckOptions {
    Unknown unknown = Unknown::warn;
    /// Nothing is said about these and what is below them ("igenomes_base", "genomes").
    std::vector<std::string> ignored;
    /// Given on the command line: their texts are read as the type that the schema wants.
    std::vector<std::string> from_command_line;
    /// Their values are not shown, as those of parameters that the schema marks as secret.
    std::vector<std::string> secret;
  };

  /// `what` is the file's name. Throws Error (input) with the place.
  ParameterSchema(std::string_view text, const std::string& what, Options options);
  ParameterSchema(ParameterSchema&&) noexcept;
  ~ParameterSchema();

  /// Those outside of groups first, then the groups in the order of `allOf`, then the others.
  [[nodiscard]] const std::vector<ParameterGroup>& groups() const;
  /// By dotted name; nullptr when there is none.
  [[nodiscard]] const Parameter* find(std::string_view name) const;
  /// Names of all parameters, members of others included.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Names of the parameters whose values are not for others' eyes.
  [[nodiscard]] std::vector<std::string> secret_names() const;

  /// `params` as an object. Nulls count as not given. Checks files and sheets that values name.
  [[nodiscard]] Findings check(const Json& params, const CheckOptions& options) const;
  /// What is odd about the schema itself, as warnings: groups that are not enforced, defaults that
  /// do not fit their own parameter.
  [[nodiscard]] Findings lint() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "a-b" as "aB": the second name of a parameter given on the command line.
[[nodiscard]] std::string camel_case(std::string_view name);

}  // namespace weir::schema
