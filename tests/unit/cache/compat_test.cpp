// What earlier versions left in the database must be read as it was meant: tests/compat/cache keeps
// a sample of each.
#include "base/file.hpp"
#include "cache/backend.hpp"
#include "cache/manifest.hpp"
#include "cache/remote_memory.hpp"
#include "cache/source_memory.hpp"
#include "db/database.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace weir;
using namespace weir::cache;

namespace {

std::string schema_of(db::Database& database) {
  std::string text;
  db::Statement query = database.prepare(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name LIKE 'cache\\_%' ESCAPE "
      "'\\' ORDER BY name");
  while (query.step()) text += query.text(0) + "\n";
  return text;
}

}  // namespace

TEST_CASE(
    "a manifest of version 1 is read as it was written, and is what this program would make") {
  base::TempDir dir;
  db::Database old(dir.path() / "old.db");
  old.execute(base::read_file(std::filesystem::path(WEIR_COMPAT_DIR) / "cache" / "tables-1.sql"));
  db::Database fresh(dir.path() / "fresh.db");
  migrate_cache(fresh);
  migrate_cache(old);
  CHECK(schema_of(old) == schema_of(fresh));

  Manifest manifest(old, "/cache");
  const Artifact artifact = manifest.resolve("2c26b46b");
  CHECK(artifact.suffix == ".vcf.gz");
  CHECK(artifact.source_size_bytes == 9000);
  CHECK(artifact.processor_version == 1);
  CHECK(artifact.pinned);
  SourceMemory memory(old);
  CHECK(memory.find({2049, 131, 9000, 1767225000000000000, 1767225000000000001}).has_value());
}

TEST_CASE("a manifest of version 2 is brought up to date, and its fetched source is known") {
  base::TempDir dir;
  db::Database old(dir.path() / "old.db");
  old.execute(base::read_file(std::filesystem::path(WEIR_COMPAT_DIR) / "cache" / "tables-2.sql"));
  db::Database fresh(dir.path() / "fresh.db");
  migrate_cache(fresh);
  migrate_cache(old);
  CHECK(schema_of(old) == schema_of(fresh));
  CHECK(Manifest(old, "/cache").resolve("2c26b46b").pinned);
  RemoteMemory memory(old);
  const std::optional<RemoteSource> source = memory.find("https://host/calls.vcf");
  REQUIRE(source.has_value());
  CHECK(source->etag == "\"tag\"");
  CHECK(source->size_bytes == 9000);
  CHECK(source->format == "vcf");
  CHECK_FALSE(memory.find("https://host/other").has_value());
}

TEST_CASE("version 3 is what this program makes; what another boot checked is checked again") {
  base::TempDir dir;
  db::Database old(dir.path() / "old.db");
  old.execute(base::read_file(std::filesystem::path(WEIR_COMPAT_DIR) / "cache" / "tables-3.sql"));
  db::Database fresh(dir.path() / "fresh.db");
  migrate_cache(fresh);
  migrate_cache(old);
  CHECK(schema_of(old) == schema_of(fresh));
  Manifest manifest(old, "/cache");
  const BlobInfo blob{"fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9", 4096,
                      1767225604000000000};
  CHECK_FALSE(manifest.is_checked(blob));
  manifest.note_checked(blob);
  CHECK(manifest.is_checked(blob));
}
