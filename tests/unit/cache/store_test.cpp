#include "cache/store.hpp"

#include "base/clock.hpp"
#include "cache/workspace.hpp"
#include "cache_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::cache;
using std::chrono::hours;

namespace {

/// Changes a blob's bytes behind the cache's back.
void damage(CacheFixture& f, const Artifact& row, const std::string& content) {
  const std::filesystem::path path = *f.store.backend().local_path(row.sha256);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  base::write_file(path, content);
}

}  // namespace

TEST_CASE("a row whose blob is missing or cut is no hit, and is forgotten") {
  CacheFixture f;
  const Artifact gone = f.add("gone", "content one");
  const Artifact cut = f.add("cut", "content two");
  CHECK(f.store.find(gone.key).has_value());
  base::remove_file(*f.store.backend().local_path(gone.sha256));
  damage(f, cut, "cont");
  CHECK_FALSE(f.store.find(gone.key).has_value());
  CHECK_FALSE(f.store.find(cut.key).has_value());
  CHECK(f.store.manifest().list({}).empty());
  CHECK_FALSE(f.store.backend().head(cut.sha256).has_value());
}

TEST_CASE("a blob whose bytes were changed by hand is no hit, though its size is right") {
  CacheFixture f;
  const Artifact row = f.add("row", "content one");
  f.store.note_checked(row.sha256);
  CHECK(f.store.find(row.key).has_value());
  damage(f, row, "content onf");
  CHECK_FALSE(f.store.find(row.key).has_value());
  CHECK(f.store.manifest().list({}).empty());
  CHECK(base::file_info(f.dir.path() / "cache" / "quarantine" / row.sha256).has_value());
}

TEST_CASE("bytes that went wrong unseen are found at the first read after the machine started") {
  CacheFixture f;
  const Artifact row = f.add("row", "content one");
  CHECK(f.store.find(row.key).has_value());
  const std::filesystem::path path = *f.store.backend().local_path(row.sha256);
  const auto time = std::filesystem::last_write_time(path);
  damage(f, row, "content onf");
  std::filesystem::last_write_time(path, time);
  // Nothing tells before `verify` reads it, or the machine starts again.
  CHECK(f.store.find(row.key).has_value());
  f.database.execute("UPDATE cache_checked SET boot = 'an earlier one'");
  CHECK_FALSE(f.store.find(row.key).has_value());
}

TEST_CASE("what was checked is forgotten with its blob") {
  CacheFixture f;
  const Artifact row = f.add("row", "content one");
  CHECK(f.store.find(row.key).has_value());
  CHECK(f.store.remove(row.key));
  static_cast<void>(f.store.collect({}, f.now));
  db::Statement query = f.database.prepare("SELECT count(*) FROM cache_checked");
  REQUIRE(query.step());
  CHECK(query.integer(0) == 0);
}

TEST_CASE("collection removes the least recently used first, and nothing pinned or being read") {
  CacheFixture f;
  std::vector<Artifact> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(f.add("n" + std::to_string(i), std::string(100, static_cast<char>('a' + i))));
    f.store.manifest().touch(rows.back().key, f.now + hours(i));
  }
  f.store.manifest().pin(rows[0].key, true);
  std::unique_ptr<Blob> reader = f.store.backend().open(rows[1].sha256);
  GcOptions options;
  options.bytes_max = 350;
  options.dry_run = true;
  const GcReport told = f.store.collect(options, f.now + hours(6));
  CHECK(told.removed_keys == std::vector<std::string>{rows[1].key, rows[2].key});
  CHECK(f.store.manifest().list({}).size() == 5);
  options.dry_run = false;
  const GcReport report = f.store.collect(options, f.now + hours(6));
  CHECK(report.removed_keys == std::vector<std::string>{rows[2].key, rows[3].key});
  CHECK(report.in_use == 1);
  CHECK(report.removed_bytes == 200);
  CHECK(report.kept_bytes == 300);
  CHECK(f.store.find(rows[0].key).has_value());
  CHECK(f.store.find(rows[1].key).has_value());
  CHECK(f.store.find(rows[4].key).has_value());
}

TEST_CASE("collection by age removes what was not used for long") {
  CacheFixture f;
  const Artifact old = f.add("old", "o");
  const Artifact used = f.add("used", "u");
  f.store.manifest().touch(used.key, f.now + hours(9));
  GcOptions options;
  options.age_max = hours(5);
  CHECK(f.store.collect(options, f.now + hours(10)).removed_keys ==
        std::vector<std::string>{old.key});
}

TEST_CASE("a blob that two artifacts share stays while one of them does") {
  CacheFixture f;
  const Artifact first = f.add("first", "same");
  const Artifact second = f.add("second", "same");
  CHECK(f.store.remove(first.key));
  CHECK(f.store.find(second.key).has_value());
  CHECK(f.store.remove(second.key));
  CHECK_FALSE(f.store.backend().head(second.sha256).has_value());
  CHECK_FALSE(f.store.remove(second.key));
}

TEST_CASE("unnamed blobs are swept when they are old, not while they may still be named") {
  CacheFixture f;
  const std::string sha256 = f.put("on its way");
  const base::WallTime stored =
      base::from_millis(f.store.backend().head(sha256)->mtime_ns / 1'000'000);
  CHECK(f.store.collect({}, stored + std::chrono::minutes(30)).debris_removed == 0);
  CHECK(f.store.collect({}, stored + hours(2)).debris_removed == 1);
  CHECK_FALSE(f.store.backend().head(sha256).has_value());
}

TEST_CASE("verify finds a flipped byte and a missing blob, and takes both out of use") {
  CacheFixture f;
  const Artifact good = f.add("good", "good content");
  const Artifact bad = f.add("bad", "flipped byte");
  const Artifact gone = f.add("gone", "gone content");
  damage(f, bad, "flipped bytf");
  base::remove_file(*f.store.backend().local_path(gone.sha256));
  const VerifyReport report = f.store.verify(2);
  CHECK(report.blobs == 3);
  REQUIRE(report.bad.size() == 2);
  CHECK(f.store.find(good.key).has_value());
  CHECK_FALSE(f.store.find(bad.key).has_value());
  CHECK_FALSE(f.store.find(gone.key).has_value());
  CHECK(base::file_info(f.dir.path() / "cache" / "quarantine" / bad.sha256).has_value());
  CHECK(f.store.verify(2).bad.empty());
}

TEST_CASE("a workspace goes with its owner, and a sweep takes only what nobody holds") {
  base::TempDir dir;
  std::filesystem::path path;
  {
    const Workspace workspace(dir.path());
    path = workspace.path();
    base::write_file(path / "data", "x");
    CHECK(Workspace::sweep(dir.path()) == 0);
    CHECK(base::file_info(path / "data").has_value());
  }
  CHECK_FALSE(base::file_info(path).has_value());
  // As a killed process leaves it.
  base::make_folders(dir.path() / "tmp" / "w1");
  base::write_file(dir.path() / "tmp" / "w1" / "data", "x");
  base::write_file(dir.path() / "tmp" / "w1.lock", "");
  CHECK(Workspace::sweep(dir.path()) == 1);
  CHECK(base::list_folder(dir.path() / "tmp").empty());
}

namespace {

/// Another state directory that uses the cache of a fixture.
struct SecondUser {
  explicit SecondUser(const CacheFixture& f)
      : file(f.dir.path() / "other" / "weir.db"),
        database(std::make_unique<db::Database>(file)),
        store(std::make_unique<Store>(f.dir.path() / "cache", *database)) {}

  void close() {
    store.reset();
    database.reset();
  }

  std::filesystem::path file;
  std::unique_ptr<db::Database> database;
  std::unique_ptr<Store> store;
};

}  // namespace

TEST_CASE("what another state directory has in the cache is not swept") {
  CacheFixture f;
  CHECK(f.store.names().other_databases().empty());  // looks, before the other one comes
  SecondUser other(f);
  const std::string sha256 = f.put("theirs");
  Artifact row = f.artifact("theirs", "theirs");
  row.pinned = true;
  REQUIRE(other.store->manifest().record(row) == Recorded::fresh);
  const base::WallTime later = base::now_wall() + 3 * k_orphan_age;

  const GcReport report = f.store.collect({.bytes_max = 0}, later);
  CHECK(report.removed_keys.empty());
  CHECK(report.debris_removed == 0);
  CHECK(report.kept_bytes == 0);
  CHECK(report.others_bytes == 6);
  CHECK(other.store->find(row.key).has_value());

  SUBCASE("until it is gone") {
    other.close();
    base::remove_tree(other.file.parent_path());
    Store store(f.dir.path() / "cache", f.database);
    CHECK(store.collect({.dry_run = true}, later).debris_removed == 1);
    CHECK(store.collect({}, later).debris_removed == 1);
    CHECK_FALSE(store.backend().head(sha256).has_value());
    CHECK(base::list_folder(f.dir.path() / "cache" / "users").size() == 1);
  }
  SUBCASE("nor when it cannot be asked") {
    other.close();
    base::write_file(other.file, "no database at all, though it has the name of one");
    Store store(f.dir.path() / "cache", f.database);
    CHECK(store.collect({}, later).others_bytes == 6);
    CHECK(store.backend().head(sha256).has_value());
    REQUIRE(store.names().other_databases().size() == 1);
    CHECK(store.names().other_databases()[0].native() == other.file.native());
  }
}

TEST_CASE("an artifact of two state directories goes with the second") {
  CacheFixture f;
  const Artifact row = f.add("shared", "shared");
  SecondUser other(f);
  REQUIRE(other.store->manifest().record(row) == Recorded::fresh);

  const GcOptions all{.bytes_max = 0};
  GcOptions dry = all;
  dry.dry_run = true;
  for (const GcOptions& options : {dry, all}) {
    const GcReport report = f.store.collect(options, f.now);
    CHECK(report.removed_keys == std::vector{row.key});
    CHECK(report.removed_bytes == 0);
    CHECK(report.kept_bytes == 0);
    CHECK(report.others_bytes == 6);
  }
  CHECK_FALSE(f.store.find(row.key).has_value());
  CHECK(other.store->find(row.key).has_value());
  CHECK(other.store->remove(row.key));
  CHECK_FALSE(f.store.backend().head(row.sha256).has_value());
}

TEST_CASE("a cache that is reached by a second name is the same one") {
  CacheFixture f;
  const Artifact row = f.add("row", "content");
  const std::filesystem::path link = f.dir.path() / "link";
  std::filesystem::create_directory_symlink(f.dir.path() / "cache", link);
  Store linked(link, f.database);
  const GcReport report = linked.collect({.bytes_max = 0}, base::now_wall() + 3 * k_orphan_age);
  CHECK(report.debris_removed == 0);
  CHECK(f.store.find(row.key).has_value());
}

TEST_CASE("an entry that was planted among the cache's users counts for nothing") {
  CacheFixture f;
  const std::string sha256 = f.put("nobody's");
  const std::filesystem::path users = f.dir.path() / "cache" / "users";
  base::write_file(users / "0123456789abcdef", "/etc/passwd\n");
  base::write_file(users / "empty", "");
  const base::WallTime later = base::now_wall() + 3 * k_orphan_age;
  CHECK(f.store.collect({}, later).debris_removed == 1);
  CHECK_FALSE(f.store.backend().head(sha256).has_value());
}
