#pragma once

#include "lang/objects.hpp"
#include "schema/json.hpp"
#include "schema/parameter_schema.hpp"

#include <string>

namespace weir::engine {

/// Parameters as a document for their schema: paths and versions as texts; durations as
/// milliseconds and memory sizes as bytes where the schema wants a number, else as texts. `schema`
/// may be null.
[[nodiscard]] schema::Json document_of(const lang::MapObject& params,
                                       const schema::ParameterSchema* schema);

/// A checked sample sheet as nf-schema gives it: a list of one entry for each row, in the order of
/// the schema's columns; columns with `meta` go into a map in front; paths become paths, against
/// `launch_dir`; absent values become their default or `[]`.
[[nodiscard]] lang::Value entries_of(const schema::Json& sheet, const schema::JsonSchema& schema,
                                     const std::string& launch_dir);

}  // namespace weir::engine
