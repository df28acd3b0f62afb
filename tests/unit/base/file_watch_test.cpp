#include "base/file_watch.hpp"

#include "base/file.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::base;

namespace {
constexpr std::chrono::milliseconds k_now{0};
}

TEST_CASE("who watches a folder hears of changes of its files, not of touches") {
  const TempDir dir;
  FileWatch watch;
  REQUIRE(watch.add(dir.path()));
  touch(dir.path());
  CHECK_FALSE(watch.wait(k_now));
  write_file(dir.path() / "file", "text");
  CHECK(watch.wait(k_now));
  CHECK_FALSE(watch.wait(k_now));
}

TEST_CASE("who watches for touches hears of them, and not of files") {
  const TempDir dir;
  FileWatch watch;
  REQUIRE(watch.add_touches(dir.path()));
  write_file(dir.path() / "file", "text");
  CHECK_FALSE(watch.wait(k_now));
  touch(dir.path());
  CHECK(watch.wait(k_now));
  REQUIRE(watch.add(dir.path()));  // both hold then
  touch(dir.path());
  CHECK(watch.wait(k_now));
  write_file(dir.path() / "file", "more");
  CHECK(watch.wait(k_now));
}

TEST_CASE("what is not there cannot be watched, and to touch it is no error") {
  const TempDir dir;
  FileWatch watch;
  CHECK_FALSE(watch.add_touches(dir.path() / "none"));
  touch(dir.path() / "none");
}

TEST_CASE("many changes are forgotten at once") {
  const TempDir dir;
  FileWatch watch;
  REQUIRE(watch.add(dir.path()));
  for (int i = 0; i < 500; ++i) write_file(dir.path() / std::to_string(i), "text");
  CHECK(watch.wait(k_now));
  CHECK_FALSE(watch.wait(k_now));
}
