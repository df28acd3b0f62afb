#pragma once

#include "schema/json_schema.hpp"

#include <string>

namespace weir::schema::test {

struct Tally {
  std::size_t right = 0;
  std::size_t wrong = 0;
  std::size_t refused = 0;  ///< cases of schemas that are not served
};

/// Runs a file in the form of the official suite: `[{description, schema, tests: [{description,
/// data, valid}]}]`. A schema that is refused counts as refused, with its `refused` message where
/// it has one; a test with `error` expects its text as the only fault's.
void run_suite(const std::string& name, const Json& groups, const std::string& dialect,
               const JsonSchema::Options& options, Tally& tally);

}  // namespace weir::schema::test
