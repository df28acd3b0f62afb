#include "cache/local_backend.hpp"

#include "base/fault_point.hpp"
#include "cache/workspace.hpp"
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
  CHECK(f.store.backend().remove(absent) == Removal::absent);
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
    CHECK(f.store.backend().remove(sha256) == Removal::in_use);
    CHECK(whole(*blob) == "content");
  }
  CHECK(f.store.backend().remove(sha256) == Removal::done);
}

TEST_CASE("a blob that was just stored is held until the caller lets go, its twin too") {
  CacheFixture f;
  const std::string sha256 = base::sha256_hex("content");
  base::write_file(f.dir.path() / "one", "content");
  base::write_file(f.dir.path() / "two", "content");
  std::unique_ptr<Blob> first = f.store.backend().put(f.dir.path() / "one", sha256);
  const std::unique_ptr<Blob> second = f.store.backend().put(f.dir.path() / "two", sha256);
  CHECK_FALSE(base::file_info(f.dir.path() / "two").has_value());
  first.reset();
  CHECK(f.store.backend().remove(sha256) == Removal::in_use);
  CHECK(whole(*second) == "content");
}

TEST_CASE("the last look before a removal decides") {
  CacheFixture f;
  const std::string sha256 = f.put("content");
  CHECK(f.store.backend().remove(sha256, [] { return false; }) == Removal::still_wanted);
  CHECK(f.store.backend().head(sha256).has_value());
  CHECK(f.store.backend().remove(sha256, [] { return true; }) == Removal::done);
}

TEST_CASE("a link planted in the cache is refused, and nothing outside changes") {
  CacheFixture f;
  const std::string sha256 = f.put("content");
  base::write_file(f.dir.path() / "outside", "secret");
  base::make_folders(f.dir.path() / "elsewhere");
  base::write_file(f.dir.path() / "incoming", "content");
  const std::filesystem::path folder = path_of(f, sha256).parent_path();
  SUBCASE("for the blob") {
    base::remove_file(path_of(f, sha256));
    base::make_symlink(f.dir.path() / "outside", path_of(f, sha256));
    CHECK_FALSE(f.store.backend().head(sha256).has_value());
  }
  SUBCASE("for its folder") {
    base::remove_tree(folder);
    base::make_symlink(f.dir.path() / "elsewhere", folder);
    base::write_file(f.dir.path() / "elsewhere" / sha256.substr(2), "content");
  }
  SUBCASE("in a loop") {
    base::remove_tree(folder);
    base::make_symlink(folder.filename(), folder);
  }
  SUBCASE("for all blobs") {
    base::remove_tree(folder.parent_path());
    base::make_symlink(f.dir.path() / "elsewhere", folder.parent_path());
    base::make_folders(f.dir.path() / "elsewhere" / folder.filename());
  }
  const auto names = [&] {
    std::vector<std::string> found;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(f.dir.path() / "elsewhere"))
      found.push_back(entry.path().string());
    return found;
  };
  const std::vector<std::string> before = names();
  CHECK(error_of([&] { static_cast<void>(f.store.backend().open(sha256)); }).code() ==
        "cache_unsafe");
  CHECK(error_of([&] { f.store.backend().remove(sha256); }).code() == "cache_unsafe");
  CHECK(error_of([&] {
          static_cast<void>(f.store.backend().put(f.dir.path() / "incoming", sha256));
        }).code() == "cache_unsafe");
  CHECK(names() == before);
  CHECK(base::read_file(f.dir.path() / "outside") == "secret");
}

TEST_CASE("a link in place of the quarantine or of the scratch folder is refused") {
  CacheFixture f;
  const std::string sha256 = f.put("content");
  base::make_folders(f.dir.path() / "elsewhere");
  base::make_symlink(f.dir.path() / "elsewhere", f.dir.path() / "cache" / "quarantine");
  base::make_symlink(f.dir.path() / "elsewhere", f.dir.path() / "cache" / "tmp");
  CHECK(error_of([&] { f.store.backend().quarantine(sha256); }).code() == "cache_unsafe");
  CHECK(error_of([&] { const Workspace workspace(f.dir.path() / "cache"); }).code() ==
        "cache_unsafe");
  CHECK(error_of([&] { Workspace::sweep(f.dir.path() / "cache"); }).code() == "cache_unsafe");
  CHECK(base::list_folder(f.dir.path() / "elsewhere").empty());
}

TEST_CASE(
    "a store of a blob that breaks off at any point leaves it whole or absent, and can be done "
    "again") {
  std::vector<std::string> points;
  {
    CacheFixture f;
    base::set_fault_hook([&](std::string_view name) { points.emplace_back(name); });
    f.put("content");
  }
  REQUIRE(points.size() >= 4);
  for (const std::string& broken : points) {
    CAPTURE(broken);
    base::set_fault_hook({});
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
