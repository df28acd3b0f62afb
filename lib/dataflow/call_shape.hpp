#pragma once

#include "lang/callable.hpp"

#include <string_view>

namespace weir::dataflow {

/// What an operator or a channel factory takes.
struct CallShape {
  int values_min = 0;        ///< positional arguments
  int values_max = 0;        ///< -1: any number
  std::string_view options;  ///< names of the named options, separated by blanks; "*": any
};

/// `written`, where a map in front of the values stands for the options if there are any.
[[nodiscard]] lang::Arguments options_apart(const CallShape& shape, const lang::Arguments& written);

/// Throws Error (input) for a wrong number of values and for an unknown option, with the nearest
/// one. `subject` is what messages call the callee, such as "channel.of".
void check_call(std::string_view subject, const CallShape& shape, const lang::Arguments& arguments);

}  // namespace weir::dataflow
