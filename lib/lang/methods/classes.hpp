#pragma once

#include "lang/methods/method.hpp"

#include <string_view>

namespace weir::lang {

// The functions of classes that scripts name, one table for each class; classes.cpp finds the table
// for a name.

[[nodiscard]] MethodTable math_class();
[[nodiscard]] MethodTable integer_class();
[[nodiscard]] MethodTable long_class();
[[nodiscard]] MethodTable double_class();
[[nodiscard]] MethodTable float_class();
[[nodiscard]] MethodTable boolean_class();
[[nodiscard]] MethodTable character_class();
[[nodiscard]] MethodTable string_class();
[[nodiscard]] MethodTable pattern_class();
[[nodiscard]] MethodTable matcher_class();
[[nodiscard]] MethodTable json_output_class();
[[nodiscard]] MethodTable url_encoder_class();
[[nodiscard]] MethodTable url_decoder_class();
[[nodiscard]] MethodTable system_class();
[[nodiscard]] MethodTable uuid_class();
[[nodiscard]] MethodTable thread_class();
[[nodiscard]] MethodTable collections_class();
[[nodiscard]] MethodTable arrays_class();
[[nodiscard]] MethodTable list_class();
[[nodiscard]] MethodTable set_class();
[[nodiscard]] MethodTable map_class();
[[nodiscard]] MethodTable objects_class();
[[nodiscard]] MethodTable path_class();
[[nodiscard]] MethodTable files_class();
[[nodiscard]] MethodTable files_ex_class();
[[nodiscard]] MethodTable duration_class();
[[nodiscard]] MethodTable memory_class();
[[nodiscard]] MethodTable date_format_class();
[[nodiscard]] MethodTable date_class();
/// `now`, `parse` and their kin of the class whose values have this flavour.
[[nodiscard]] MethodTable time_class(DateObject::Flavour flavour);

/// Calls a method of the first argument with the others: `Collections.max(list)` is `list.max()`.
Value of_first(const MethodCall& call, std::string_view method);

}  // namespace weir::lang
