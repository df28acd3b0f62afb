#pragma once

#include "command.hpp"
#include "compose/param_check.hpp"
#include "engine/run_settings.hpp"
#include "schema/parameter_schema.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::app {

using schema::k_masked;

/// The secret parameters of a run, and how their values are kept from the eyes of others: out of
/// its record, its events and the list of processes. What the pipeline itself prints and what its
/// tasks' scripts hold is theirs.
class SecretParams {
 public:
  SecretParams() = default;
  /// Those that `settings.secret_params` names. Reads the parameter file; throws Error (usage) when
  /// that cannot be understood.
  explicit SecretParams(const engine::RunSettings& settings);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] bool empty() const { return names_.empty(); }
  /// Arguments with `k_masked` for the values in `--name value` and `--name=value`.
  [[nodiscard]] std::vector<std::string> masked(std::vector<std::string> arguments) const;
  /// A text with `k_masked` wherever one of the values stands, also as JSON writes it. Values of
  /// fewer than k_bytes_min bytes are left: they stand in any text by chance.
  [[nodiscard]] std::string masked_text(std::string text) const;
  static constexpr std::size_t k_bytes_min = 4;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> values_;
  std::vector<std::string> hidden_;  ///< those of `values_` that are long enough, in both forms
};

/// The parameters that the pipeline's schema marks as secret (`writeOnly: true`, `format:
/// password`), for RunSettings::secret_params. None without a schema, or when it cannot be used.
[[nodiscard]] std::vector<std::string> secret_names_of(
    const std::optional<PipelineSchema>& pipeline);

/// Overwrites secret values among the words that this process was started with, where the list of
/// processes shows them; processes forked before still have them.
void hide_arguments(const Context& context, const SecretParams& secret);

}  // namespace weir::app
