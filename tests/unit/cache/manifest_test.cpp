#include "cache/manifest.hpp"

#include "cache_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace weir::cache;

TEST_CASE("a row comes back as it was recorded") {
  CacheFixture f;
  Artifact row = f.artifact("calls.vcf", "x");
  row.media_type = "application/octet-stream";
  row.suffix = ".vcf.gz";
  row.source_name = "calls.vcf";
  row.processor_id = "p";
  row.processor_version = 4;
  row.parameters_json = R"({"level":"6"})";
  row.report_json = R"({"records":3})";
  row.made_by = "p123";
  REQUIRE(f.store.manifest().record(row) == Recorded::fresh);
  const std::optional<Artifact> found = f.store.manifest().find(row.key);
  REQUIRE(found.has_value());
  CHECK(found->alias == row.alias);
  CHECK(found->suffix == row.suffix);
  CHECK(found->source_size_bytes == 77);
  CHECK(found->processor_version == 4);
  CHECK(found->parameters_json == row.parameters_json);
  CHECK(found->report_json == row.report_json);
  CHECK(found->made_by == "p123");
  CHECK(found->created_at == f.now);
  CHECK_FALSE(found->pinned);
}

TEST_CASE("the first bytes recorded for a key stay; others are told apart") {
  CacheFixture f;
  const Artifact row = f.artifact("a", "x");
  Artifact other = f.artifact("a", "y");
  CHECK(f.store.manifest().record(row) == Recorded::fresh);
  CHECK(f.store.manifest().record(row) == Recorded::same);
  CHECK(f.store.manifest().record(other) == Recorded::divergent);
  CHECK(f.store.manifest().find(row.key)->sha256 == row.sha256);
}

TEST_CASE("stores in different folders share a database without mixing") {
  CacheFixture f;
  const Artifact row = f.add("a", "x");
  Store elsewhere(f.dir.path() / "elsewhere", f.database);
  CHECK_FALSE(elsewhere.manifest().find(row.key).has_value());
  CHECK(elsewhere.manifest().list({}).empty());
}

TEST_CASE("an artifact is found by a unique beginning of its key or by its alias") {
  CacheFixture f;
  const Artifact row = f.add("a", "x");
  CHECK(f.store.manifest().resolve(row.key).key == row.key);
  CHECK(f.store.manifest().resolve(row.key.substr(0, 8)).key == row.key);
  CHECK(f.store.manifest().resolve(row.alias).key == row.key);
  CHECK(error_of([&] { static_cast<void>(f.store.manifest().resolve("zz")); }).kind() ==
        ErrorKind::not_found);
  CHECK(error_of([&] { static_cast<void>(f.store.manifest().resolve("")); }).kind() ==
        ErrorKind::not_found);
  CHECK(error_of([&] { static_cast<void>(f.store.manifest().resolve("../x")); }).kind() ==
        ErrorKind::not_found);
}

TEST_CASE("several keys with the same beginning are named, not guessed") {
  CacheFixture f;
  std::vector<Artifact> rows;
  for (int i = 0; i < 40; ++i) rows.push_back(f.add("n" + std::to_string(i), std::to_string(i)));
  int ambiguous = 0;
  for (const Artifact& row : rows) {
    const Error error =
        error_of([&] { static_cast<void>(f.store.manifest().resolve(row.key.substr(0, 1))); });
    if (error.kind() == ErrorKind::usage) ++ambiguous;
  }
  // Forty keys cannot all differ in their first of sixteen digits.
  CHECK(ambiguous > 20);
}

TEST_CASE("a use is noted, but not every second") {
  CacheFixture f;
  const Artifact row = f.add("a", "x");
  f.store.manifest().touch(row.key, f.now + std::chrono::seconds(30));
  CHECK(f.store.manifest().find(row.key)->last_used == f.now);
  f.store.manifest().touch(row.key, f.now + std::chrono::minutes(2));
  CHECK(f.store.manifest().find(row.key)->last_used == f.now + std::chrono::minutes(2));
}

TEST_CASE("lists are filtered by kind, source and name") {
  CacheFixture f;
  f.add("calls.vcf", "x");
  Artifact index = f.artifact("calls.vcf.tbi", "y");
  index.kind = "index";
  REQUIRE(f.store.manifest().record(index) == Recorded::fresh);
  CHECK(f.store.manifest().list({}).size() == 2);
  CHECK(f.store.manifest().list({.kind = "index", .source_sha256 = {}, .text = {}}).size() == 1);
  CHECK(f.store.manifest().list({.kind = {}, .source_sha256 = "none", .text = {}}).empty());
  CHECK(f.store.manifest().list({.kind = {}, .source_sha256 = {}, .text = "tbi"}).size() == 1);
  CHECK(f.store.manifest().knows_source_size(77));
  CHECK_FALSE(f.store.manifest().knows_source_size(78));
}
