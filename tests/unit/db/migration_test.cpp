#include "db/migration.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "db/database.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace weir;

namespace {

constexpr std::array k_first{db::Migration{1, "CREATE TABLE a(x INTEGER)"}};
constexpr std::array k_second{
    db::Migration{1, "CREATE TABLE a(x INTEGER)"},
    db::Migration{2, "ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a VALUES (1, 2)"}};
constexpr std::array k_broken{
    db::Migration{1, "CREATE TABLE b(x INTEGER); CREATE TABLE b(x INTEGER)"}};

}  // namespace

TEST_CASE("steps are applied once, in order, and data survives them") {
  base::TempDir dir;
  db::Database database(dir.path() / "weir.db");
  CHECK(db::schema_version(database, "a") == 0);
  db::migrate(database, "a", k_first);
  CHECK(db::schema_version(database, "a") == 1);
  db::migrate(database, "a", k_second);
  db::migrate(database, "a", k_second);
  CHECK(db::schema_version(database, "a") == 2);
  CHECK(database.scalar("SELECT count(*) FROM a WHERE y = 2") == 1);
}

TEST_CASE("modules have versions of their own") {
  base::TempDir dir;
  db::Database database(dir.path() / "weir.db");
  db::migrate(database, "a", k_second);
  CHECK(db::schema_version(database, "other") == 0);
}

TEST_CASE("tables of a newer weir are refused and stay as they are") {
  base::TempDir dir;
  db::Database database(dir.path() / "weir.db");
  db::migrate(database, "a", k_second);
  try {
    db::migrate(database, "a", k_first);
    FAIL("the newer tables were accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::store);
    CHECK(error.code() == "store_newer");
  }
  CHECK(db::schema_version(database, "a") == 2);
}

TEST_CASE("a step that fails leaves neither tables nor a version") {
  base::TempDir dir;
  db::Database database(dir.path() / "weir.db");
  CHECK_THROWS_AS(db::migrate(database, "b", k_broken), Error);
  CHECK(db::schema_version(database, "b") == 0);
  CHECK(database.scalar("SELECT count(*) FROM sqlite_master WHERE name = 'b'") == 0);
}
