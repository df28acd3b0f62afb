#pragma once

namespace weir::db {

/// Takes a type whose header it does not include.
int row_count(const std::string& table);

}  // namespace weir::db
