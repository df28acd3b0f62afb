#pragma once

#include <cstdint>
#include <string>

namespace weir::bench {

/// Makes the file of `run_bare_claims`.
void make_bare_database(const std::string& file);

/// What SQLite alone can do: a row under a partial unique index inserted in one transaction, given
/// free in the next, for `seconds`. How many such pairs.
[[nodiscard]] std::int64_t run_bare_claims(const std::string& file, double seconds, unsigned seed);

}  // namespace weir::bench
