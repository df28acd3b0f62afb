// The yardstick of bench_claims: as few statements as a claim can be, and nothing of weir.
#include "bare_claims.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace weir::bench {
namespace {

constexpr unsigned k_keys = 400'000;

void must(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
  std::abort();
}

using Handle = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

Handle open_bare(const std::string& file) {
  sqlite3* database = nullptr;
  must(sqlite3_open(file.c_str(), &database), database);
  sqlite3_busy_timeout(database, 20'000);
  must(sqlite3_exec(database,
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                    "PRAGMA wal_autocheckpoint=1000;",
                    nullptr, nullptr, nullptr),
       database);
  return {database, sqlite3_close};
}

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    must(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr),
         database);
  }
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int parameter, std::int64_t value) { sqlite3_bind_int64(handle_, parameter, value); }
  void run() {
    int code = SQLITE_BUSY;
    while (code == SQLITE_BUSY) {
      code = sqlite3_step(handle_);
      sqlite3_reset(handle_);
    }
    must(code, database_);
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* handle_ = nullptr;
};

}  // namespace

void make_bare_database(const std::string& file) {
  const Handle database = open_bare(file);
  must(sqlite3_exec(database.get(),
                    "CREATE TABLE lease(id INTEGER PRIMARY KEY, task INTEGER NOT NULL, owner TEXT "
                    "NOT NULL, at INTEGER NOT NULL, released INTEGER);"
                    "CREATE UNIQUE INDEX lease_live ON lease(task) WHERE released IS NULL;",
                    nullptr, nullptr, nullptr),
       database.get());
}

std::int64_t run_bare_claims(const std::string& file, double seconds, unsigned seed) {
  const Handle database = open_bare(file);
  Statement begin(database.get(), "BEGIN IMMEDIATE");
  Statement commit(database.get(), "COMMIT");
  Statement insert(database.get(),
                   "INSERT OR IGNORE INTO lease(task, owner, at) VALUES(?1, 'host:1', ?2)");
  Statement release(database.get(),
                    "UPDATE lease SET released = ?2 WHERE task = ?1 AND released IS NULL");
  std::int64_t pairs = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    seed = seed * 1664525U + 1013904223U;
    const unsigned key = (seed >> 8) % k_keys;
    begin.run();
    insert.bind(1, key);
    insert.bind(2, pairs);
    insert.run();
    commit.run();
    begin.run();
    release.bind(1, key);
    release.bind(2, 1);
    release.run();
    commit.run();
    ++pairs;
  }
  return pairs;
}

}  // namespace weir::bench
