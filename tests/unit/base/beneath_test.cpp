#include "base/beneath.hpp"

#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;

TEST_CASE("a file below the root is opened, and one that is not there is a miss") {
  base::TempDir dir;
  base::make_folders(dir.path() / "a");
  base::write_file(dir.path() / "a" / "file", "content");
  const auto fd = base::open_beneath(dir.path(), "a/file");
  REQUIRE(fd.has_value());
  char buffer[16];
  CHECK(base::read_some(fd->get(), buffer, sizeof buffer, "file") == 7);
  CHECK_FALSE(base::open_beneath(dir.path(), "a/other").has_value());
  CHECK_FALSE(base::open_beneath(dir.path() / "gone", "a").has_value());
}

TEST_CASE("links, loops and ways out of the root are refused") {
  base::TempDir dir;
  base::make_folders(dir.path() / "root");
  base::write_file(dir.path() / "outside", "secret");
  base::make_symlink(dir.path() / "outside", dir.path() / "root" / "file");
  base::make_symlink(dir.path(), dir.path() / "root" / "folder");
  base::make_symlink("loop", dir.path() / "root" / "loop");
  for (const char* name : {"file", "folder/outside", "loop", "../outside", "/etc/passwd"}) {
    CAPTURE(name);
    try {
      static_cast<void>(base::open_beneath(dir.path() / "root", name));
      FAIL("opened");
    } catch (const Error& error) {
      CHECK(error.code() == "path_unsafe");
    }
  }
}

TEST_CASE("fault points call the hook while there is one") {
  std::vector<std::string> seen;
  base::fault_point("before");
  base::set_fault_hook([&](std::string_view name) { seen.emplace_back(name); });
  base::fault_point("one");
  base::fault_point("two");
  base::set_fault_hook({});
  base::fault_point("after");
  CHECK(seen == std::vector<std::string>{"one", "two"});
}
