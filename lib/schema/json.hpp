#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace weir::schema {

/// Objects keep the order in which they were written: the order of groups and parameters in help.
using Json = nlohmann::ordered_json;

/// Documents nested deeper than this are refused.
inline constexpr int k_depth_max = 400;

/// JSON text as a document. Throws Error (input) that names `what`, with line and column.
[[nodiscard]] Json parse_json(std::string_view text, const std::string& what);

/// Equal as JSON Schema has it: 1 and 1.0 are equal, the order of members does not count.
[[nodiscard]] bool same(const Json& a, const Json& b);
/// Equal texts for values that are `same`, different ones for others.
[[nodiscard]] std::string canonical(const Json& value);
/// What people see of a value: texts without quotes, others as JSON, cut to `bytes_max`.
[[nodiscard]] std::string shown(const Json& value, std::size_t bytes_max = 150);
/// "integer", "string", ...: whole numbers are integers however they are written.
[[nodiscard]] std::string_view type_of(const Json& value);

}  // namespace weir::schema
