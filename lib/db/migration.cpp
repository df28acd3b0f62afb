#include "db/migration.hpp"

#include "base/error.hpp"
#include "db/database.hpp"

#include <fmt/format.h>

namespace weir::db {
namespace {

void refuse_newer(const Database& database, std::string_view module, int found, int known) {
  if (found <= known) return;
  throw Error(ErrorKind::store,
              fmt::format("'{}' was written by a newer weir ({} schema {}, this one knows {})",
                          database.file().string(), module, found, known))
      .with_code("store_newer")
      .with_hint("use that weir, or another folder with --state-dir");
}

}  // namespace

int schema_version(Database& database, std::string_view module) {
  Statement query = database.prepare("SELECT version FROM modules WHERE name = ?1");
  query.bind(1, module);
  return query.step() ? static_cast<int>(query.integer(0)) : 0;
}

void migrate(Database& database, std::string_view module, std::span<const Migration> steps) {
  WEIR_ASSERT(!steps.empty());
  const int newest = steps.back().version;
  const int found = schema_version(database, module);
  refuse_newer(database, module, found, newest);
  if (found == newest) return;

  Transaction transaction(database);
  // Read again: another process may have been first.
  const int current = schema_version(database, module);
  refuse_newer(database, module, current, newest);
  for (const Migration& step : steps) {
    if (step.version > current) database.execute(step.sql);
  }
  Statement write =
      database.prepare("INSERT OR REPLACE INTO modules(name, version) VALUES (?1, ?2)");
  write.bind(1, module).bind(2, std::int64_t{newest}).run();
  transaction.commit();
}

}  // namespace weir::db
