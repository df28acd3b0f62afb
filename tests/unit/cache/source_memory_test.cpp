#include "cache/source_memory.hpp"

#include "cache_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace weir;
using namespace weir::cache;

TEST_CASE("a digest is remembered for exactly that state of the file") {
  CacheFixture f;
  SourceMemory memory(f.database);
  const SourceIdentity identity{1, 2, 3, 4'000'000'000, 5'000'000'000};
  memory.remember(identity, "digest", 100'000'000'000);
  CHECK(memory.find(identity) == "digest");
  SourceIdentity other = identity;
  other.mtime_ns += 1;
  CHECK_FALSE(memory.find(other).has_value());
  other = identity;
  other.ctime_ns += 1;
  CHECK_FALSE(memory.find(other).has_value());
  other = identity;
  other.size_bytes = 4;
  CHECK_FALSE(memory.find(other).has_value());
  other = identity;
  other.inode = 9;
  CHECK_FALSE(memory.find(other).has_value());
}

TEST_CASE("a file changed just before it was read is not remembered: it may change again unseen") {
  CacheFixture f;
  SourceMemory memory(f.database);
  const SourceIdentity identity{1, 2, 3, 4'000'000'000, 5'000'000'000};
  memory.remember(identity, "digest", 5'000'000'000 + SourceMemory::k_racy_ns - 1);
  CHECK_FALSE(memory.find(identity).has_value());
  memory.remember(identity, "digest", 5'000'000'000 + SourceMemory::k_racy_ns);
  CHECK(memory.find(identity).has_value());
}

TEST_CASE("the identity of a file changes with its content") {
  base::TempDir dir;
  CHECK_FALSE(source_identity(dir.path() / "absent").has_value());
  base::write_file(dir.path() / "file", "one");
  const std::optional<SourceIdentity> before = source_identity(dir.path() / "file");
  REQUIRE(before.has_value());
  CHECK(before->size_bytes == 3);
  CHECK(source_identity(dir.path() / "file") == before);
  base::write_file(dir.path() / "file", "longer");
  CHECK(source_identity(dir.path() / "file") != before);
}
