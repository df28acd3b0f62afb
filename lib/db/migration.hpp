#pragma once

#include <span>
#include <string_view>

namespace weir::db {

class Database;

/// One step of a module's schema. Never changed once released; a change is a new step at the end.
struct Migration {
  int version;           ///< counts from 1 without gaps
  std::string_view sql;  ///< one or several statements
};

/// Brings a module's tables to the last of its steps; one indexed read when they are current.
///
/// Throws Error(store, `store_newer`) when the tables were written by a later weir, whose meaning
/// is not known here.
void migrate(Database& database, std::string_view module, std::span<const Migration> steps);

/// The version of a module's tables, 0 when it has none.
[[nodiscard]] int schema_version(Database& database, std::string_view module);

}  // namespace weir::db
