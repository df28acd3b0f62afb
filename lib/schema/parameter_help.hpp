#pragma once

#include "schema/parameter_schema.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::schema {

struct HelpOptions {
  std::size_t width = 100;  ///< of a line, in characters
  bool show_hidden = false;
  bool show_members = false;  ///< those of nested parameters too
  /// How people ask for the hidden ones, as the footer says; empty: no footer.
  std::string hidden_option = "--show-hidden";
};

/// All parameters: those outside of groups, then the groups. One entry is
/// `--name [type] description (accepted: ...) [default: ...]`; required ones are marked.
[[nodiscard]] std::string help_text(const ParameterSchema& schema, const HelpOptions& options);
/// One parameter with all that the schema says about it. Throws Error (input) with the nearest name
/// when there is none of that name.
[[nodiscard]] std::string help_text_of(const ParameterSchema& schema, std::string_view name,
                                       const HelpOptions& options);

}  // namespace weir::schema
