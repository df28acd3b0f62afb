#include "db/database.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

using namespace weir;

namespace {

struct Fixture {
  base::TempDir dir;
  std::filesystem::path file = dir.path() / "state" / "weir.db";
};

template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::bug, "nothing was thrown"};
}

void create_table(db::Database& database) {
  database.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL)");
}

}  // namespace

TEST_CASE("a database is made with its folder and found again") {
  Fixture fixture;
  {
    db::Database database(fixture.file);
    create_table(database);
    database.prepare("INSERT INTO t VALUES (?1, ?2, ?3)")
        .bind_all(1, std::string_view("x"), 2.5)
        .run();
  }
  db::Database database(fixture.file);
  CHECK(database.scalar("SELECT count(*) FROM t") == 1);
  CHECK(database.scalar("PRAGMA application_id") == db::Database::k_application_id);
  db::Statement query = database.prepare("SELECT b, c FROM t");
  REQUIRE(query.step());
  CHECK(query.text(0) == "x");
  CHECK(query.real(1) == 2.5);
  CHECK_FALSE(query.step());
}

TEST_CASE("empty text and null are different, and both come back as given") {
  Fixture fixture;
  db::Database database(fixture.file);
  create_table(database);
  database.prepare("INSERT INTO t VALUES (1, ?1, NULL)").bind(1, std::string_view()).run();
  database.prepare("INSERT INTO t VALUES (2, ?1, NULL)").bind_text_or_null(1, "").run();
  db::Statement query = database.prepare("SELECT b FROM t ORDER BY a");
  REQUIRE(query.step());
  CHECK_FALSE(query.is_null(0));
  REQUIRE(query.step());
  CHECK(query.is_null(0));
}

TEST_CASE("text with a NUL byte is kept whole") {
  Fixture fixture;
  db::Database database(fixture.file);
  create_table(database);
  const std::string value("a\0b", 3);
  database.prepare("INSERT INTO t VALUES (1, ?1, NULL)").bind(1, std::string_view(value)).run();
  db::Statement query = database.prepare("SELECT b FROM t");
  REQUIRE(query.step());
  CHECK(query.text(0) == value);
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  Fixture fixture;
  db::Database database(fixture.file);
  create_table(database);
  {
    db::Transaction transaction(database);
    database.execute("INSERT INTO t(a) VALUES (1)");
  }
  CHECK(database.scalar("SELECT count(*) FROM t") == 0);
  CHECK_FALSE(database.in_transaction());
}

TEST_CASE("an inner transaction is part of the outer one") {
  Fixture fixture;
  db::Database database(fixture.file);
  create_table(database);
  {
    db::Transaction outer(database);
    db::in_transaction(database, [&] { database.execute("INSERT INTO t(a) VALUES (1)"); });
    CHECK(database.scalar("SELECT count(*) FROM t") == 1);
  }
  CHECK(database.scalar("SELECT count(*) FROM t") == 0);
}

TEST_CASE("a statement can be borrowed twice at a time") {
  Fixture fixture;
  db::Database database(fixture.file);
  create_table(database);
  database.execute("INSERT INTO t(a) VALUES (1), (2)");
  constexpr std::string_view k_sql = "SELECT a FROM t ORDER BY a";
  db::Statement first = database.prepare(k_sql);
  REQUIRE(first.step());
  {
    db::Statement second = database.prepare(k_sql);
    REQUIRE(second.step());
    CHECK(second.integer(0) == 1);
  }
  REQUIRE(first.step());
  CHECK(first.integer(0) == 2);
}

TEST_CASE("a file that is no database is refused as corrupt, with the way out") {
  Fixture fixture;
  base::make_folders(fixture.file.parent_path());
  base::write_file(fixture.file, std::string(8192, 'x'));
  const Error error = error_of([&] { db::Database database(fixture.file); });
  CHECK(error.kind() == ErrorKind::store);
  CHECK(error.code() == "store_corrupt");
  CHECK_FALSE(error.hint().empty());
}

TEST_CASE("a database cut in the middle is refused as corrupt when the lost part is read") {
  Fixture fixture;
  {
    db::Database database(fixture.file);
    create_table(database);
    db::Transaction transaction(database);
    for (int i = 0; i < 500; ++i) {
      database.prepare("INSERT INTO t(b) VALUES (?1)")
          .bind(1, std::string_view(std::string(200, 'b')))
          .run();
    }
    transaction.commit();
    database.checkpoint();
  }
  std::filesystem::remove(fixture.file.string() + "-wal");
  std::filesystem::remove(fixture.file.string() + "-shm");
  std::filesystem::resize_file(fixture.file, 3 * 4096);
  const Error error = error_of([&] {
    db::Database database(fixture.file);
    static_cast<void>(database.scalar("SELECT count(*) FROM t WHERE b = 'x'"));
  });
  CHECK(error.code() == "store_corrupt");
}

TEST_CASE("somebody else's database is not touched") {
  Fixture fixture;
  {
    db::Database database(fixture.file);
    database.execute("PRAGMA application_id = 42");
  }
  const Error error = error_of([&] { db::Database database(fixture.file); });
  CHECK(error.kind() == ErrorKind::store);
  CHECK(std::string(error.what()).find("not one of weir's") != std::string::npos);
}

TEST_CASE("a folder that cannot be written is a lack of permission, not corruption") {
  base::TempDir dir;
  base::make_folders(dir.path() / "ro");
  std::filesystem::permissions(
      dir.path() / "ro", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  // The superuser may write anyway: then there is nothing to see here.
  try {
    base::write_file(dir.path() / "ro" / "probe", "");
    return;
  } catch (const Error&) {
    CHECK(error_of([&] { db::Database database(dir.path() / "ro" / "weir.db"); }).kind() ==
          ErrorKind::not_permitted);
  }
}

TEST_CASE("a checkpoint moves the log into the file and leaves it to one process at a time") {
  Fixture fixture;
  db::Database database(fixture.file);
  create_table(database);
  const auto before = std::filesystem::file_size(fixture.file);
  {
    db::Transaction transaction(database);
    for (int i = 0; i < 500; ++i) {
      database.prepare("INSERT INTO t(b) VALUES (?1)")
          .bind(1, std::string_view(std::string(500, 'b')))
          .run();
    }
    transaction.commit();
  }
  CHECK(std::filesystem::file_size(fixture.file) == before);
  SUBCASE("alone it works") {
    database.checkpoint();
    CHECK(std::filesystem::file_size(fixture.file) > before + 100000);
  }
  SUBCASE("beside another one it waits for nobody and does nothing") {
    base::SpawnOptions holder;
    holder.argv = {"flock", "-n", fixture.file.string() + ".checkpoint", "cat"};
    base::Pipe input = base::make_pipe();
    base::Pipe output = base::make_pipe();
    holder.stdin_fd = input.read.get();
    holder.stdout_fd = output.write.get();
    base::Child child = base::spawn(holder);
    input.read.reset();
    output.write.reset();
    // `cat` echoes only once it runs, and it runs only once the lock is held.
    base::write_all(input.write.get(), "x", "pipe");
    char byte = 0;
    REQUIRE(base::read_some(output.read.get(), &byte, 1, "pipe") == 1);
    database.checkpoint();
    CHECK(std::filesystem::file_size(fixture.file) == before);
    input.write.reset();
    CHECK(child.wait().status == 0);
  }
}

namespace {

/// Calls that write, of this process so far (proc(5), io).
std::int64_t write_calls() {
  const std::string text = base::read_file("/proc/self/io");
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("syscw: ")) return base::parse_int64(line.substr(7)).value_or(0);
  }
  return 0;
}

}  // namespace

TEST_CASE("a page of the log and what precedes it are written by one call") {
  const base::TempDir dir;
  db::Database database(dir.path() / "weir.db");
  database.execute("CREATE TABLE t(number INTEGER PRIMARY KEY, text TEXT)");
  const auto log_bytes = [&] { return base::file_info(dir.path() / "weir.db-wal")->size_bytes; };
  constexpr std::int64_t k_frame_bytes = 24 + 1024;
  const std::int64_t bytes_before = log_bytes();
  const std::int64_t calls_before = write_calls();
  const std::string text(700, 'x');  // each row takes a page
  {
    db::Transaction transaction(database);
    for (int i = 0; i < 200; ++i)
      database.prepare("INSERT INTO t(text) VALUES (?1)").bind(1, std::string_view(text)).run();
    transaction.commit();
  }
  CHECK(database.last_row() == 200);
  const std::int64_t frames = (log_bytes() - bytes_before) / k_frame_bytes;
  CHECK(frames >= 200);
  CHECK(write_calls() - calls_before == frames);
  db::Database reader(dir.path() / "weir.db");
  CHECK(reader.scalar("SELECT sum(length(text)) FROM t") == 200 * 700);
  database.checkpoint();
  CHECK(reader.scalar("SELECT count(*) FROM t") == 200);
  CHECK(reader.scalar("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") ==
        1);
}

TEST_CASE("the reserve can be given back once") {
  Fixture fixture;
  db::Database database(fixture.file);
  CHECK(std::filesystem::file_size(fixture.file.string() + ".reserve") ==
        db::Database::k_reserve_bytes);
  CHECK(database.release_reserve());
  CHECK_FALSE(database.release_reserve());
}

TEST_CASE("many statements are no leak: beyond the cache they are made and dropped") {
  Fixture fixture;
  db::Database database(fixture.file);
  for (std::size_t i = 0; i < 2 * db::Database::k_cached_statements_max; ++i) {
    CHECK(database.scalar("SELECT " + std::to_string(i)) == static_cast<std::int64_t>(i));
  }
}

TEST_CASE("a full disk is told as such, loses nothing, and the reserve is given up for it") {
  Fixture fixture;
  db::Database database(fixture.file);
  create_table(database);
  database.execute("PRAGMA max_page_count=" + std::to_string(database.scalar("PRAGMA page_count")));
  int tries = 0;
  const auto fill = [&] {
    ++tries;
    for (int i = 0; i < 100; ++i) {
      database.prepare("INSERT INTO t(b) VALUES (?1)")
          .bind(1, std::string_view(std::string(500, 'b')))
          .run();
    }
  };
  const Error error = error_of([&] { db::in_transaction(database, fill); });
  CHECK(error.kind() == ErrorKind::store);
  CHECK(error.code() == "store_full");
  CHECK(tries == 2);
  CHECK_FALSE(base::file_info(fixture.file.string() + ".reserve").has_value());
  CHECK(database.scalar("SELECT count(*) FROM t") == 0);
  database.execute("PRAGMA max_page_count=100000");
  db::in_transaction(database, fill);
  CHECK(database.scalar("SELECT count(*) FROM t") == 100);
  database.checkpoint();
  CHECK(base::file_info(fixture.file.string() + ".reserve").has_value());
}

TEST_CASE("a write waits for another one to end") {
  Fixture fixture;
  db::Database first(fixture.file);
  create_table(first);
  std::thread holder;
  std::atomic<bool> locked{false};
  {
    holder = std::thread([&] {
      db::Database second(fixture.file);
      db::Transaction transaction(second);
      second.execute("INSERT INTO t(a) VALUES (1)");
      locked = true;
      transaction.commit();
    });
    while (!locked) std::this_thread::yield();
    db::Transaction transaction(first);
    first.execute("INSERT INTO t(a) VALUES (2)");
    transaction.commit();
  }
  holder.join();
  CHECK(first.scalar("SELECT count(*) FROM t") == 2);
}
