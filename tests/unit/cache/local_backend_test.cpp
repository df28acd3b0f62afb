#include "cache/local_backend.hpp"

#include "base/fault_point.hpp"
#include "cache_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace weir::cache;

namespace {

std::string whole(Blob& blob) {
  std::string content(static_cast<std::size_t>(blob.size_bytes()), '\0');
  content.resize(blob.read(0, content.data(), content.size()));
  return content;
}

std::filesystem::path path_of(const CacheFixture& f, const std::string& sha256) {
  return f.dir.path() / "cache" / "blobs" / sha256.substr(0, 2) / sha256.substr(2);
}

}  // namespace

TEST_CASE("a blob that was never stored is a miss, not an error") {
  CacheFixture f;
  const std::string absent = base::sha256_hex("absent");
  CHECK_FALSE(f.store.backend().head(absent).has_value());
  CHECK(f.store.backend().open(absent) == nullptr);
  CHECK_FALSE(f.store.backend().remove(absent));
  CHECK_FALSE(f.store.backend().local_path(absent).has_value());
}

TEST_CASE("a blob comes back whole and by range, and its file is used up and read-only") {
  CacheFixture f;
  const std::string sha256 = f.put("0123456789");
  CHECK_FALSE(base::file_info(f.dir.path() / "incoming").has_value());
  CHECK(f.store.backend().head(sha256)->size_bytes == 10);
  const std::unique_ptr<Blob> blob = f.store.backend().open(sha256);
  REQUIRE(blob != nullptr);
  CHECK(whole(*blob) == "0123456789");
  char buffer[4];
  CHECK(blob->read(8, buffer, 4) == 2);
  CHECK(std::string(buffer, 2) == "89");
  CHECK(blob->read(10, buffer, 4) == 0);
  CHECK(base::file_info(path_of(f, sha256))->mode == 0444);
}

TEST_CASE("the same content twice is one blob") {
  CacheFixture f;
  f.put("same");
  f.put("same");
  int count = 0;
  f.store.backend().list([&](const BlobInfo&) { ++count; });
  CHECK(count == 1);
}

TEST_CASE("an empty blob is a blob") {
  CacheFixture f;
  const std::string sha256 = f.put("");
  const std::unique_ptr<Blob> blob = f.store.backend().open(sha256);
  REQUIRE(blob != nullptr);
  CHECK(blob->size_bytes() == 0);
  CHECK(whole(*blob).empty());
}

TEST_CASE("a blob that is being read is not removed") {
  CacheFixture f;
  const std::string sha256 = f.put("content");
  {
    const std::unique_ptr<Blob> blob = f.store.backend().open(sha256);
    CHECK_FALSE(f.store.backend().remove(sha256));
    CHECK(whole(*blob) == "content");
  }
  CHECK(f.store.backend().remove(sha256));
}

TEST_CASE("a link planted in place of a blob or its folder is refused") {
  CacheFixture f;
  const std::string sha256 = f.put("content");
  base::write_file(f.dir.path() / "outside", "secret");
  SUBCASE("the blob") {
    base::remove_file(path_of(f, sha256));
    base::make_symlink(f.dir.path() / "outside", path_of(f, sha256));
    CHECK_FALSE(f.store.backend().head(sha256).has_value());
  }
  SUBCASE("the folder") {
    base::remove_tree(path_of(f, sha256).parent_path());
    base::make_symlink(f.dir.path(), path_of(f, sha256).parent_path());
    base::write_file(f.dir.path() / sha256.substr(2), "content");
  }
  CHECK(error_of([&] { static_cast<void>(f.store.backend().open(sha256)); }).code() ==
        "path_unsafe");
  CHECK(error_of([&] { f.store.backend().remove(sha256); }).code() == "path_unsafe");
  CHECK(base::read_file(f.dir.path() / "outside") == "secret");
}

TEST_CASE(
    "a store of a blob that breaks off at any point leaves it whole or absent, and can be done "
    "again") {
  std::vector<std::string> points;
  base::set_fault_hook([&](std::string_view name) { points.emplace_back(name); });
  CacheFixture().put("content");
  REQUIRE(points.size() >= 4);
  for (const std::string& broken : points) {
    CAPTURE(broken);
    CacheFixture f;
    base::set_fault_hook([&](std::string_view name) {
      if (name == broken) throw Error(ErrorKind::temporary, "no space left on device");
    });
    CHECK(error_of([&] { f.put("content"); }).kind() == ErrorKind::temporary);
    const std::unique_ptr<Blob> blob = f.store.backend().open(base::sha256_hex("content"));
    if (blob != nullptr) CHECK(whole(*blob) == "content");
    base::set_fault_hook({});
    const std::string sha256 = f.put("content");
    CHECK(whole(*f.store.backend().open(sha256)) == "content");
  }
  base::set_fault_hook({});
}
