#include "base/folder.hpp"

#include "base/error.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using weir::Error;
using weir::base::FileInfo;
using weir::base::Folder;
using weir::base::FollowLinks;
using weir::base::TempDir;

TEST_SUITE("folder") {
  TEST_CASE("a folder can be created once, parents included") {
    const TempDir dir;
    CHECK(Folder::try_create(dir.path() / "ab" / "cd").has_value());
    CHECK_FALSE(Folder::try_create(dir.path() / "ab" / "cd").has_value());
  }

  TEST_CASE("creating below a file is an error that names the path") {
    const TempDir dir;
    weir::base::write_file(dir.path() / "file", "x");
    CHECK_THROWS_WITH_AS((void)Folder::try_create(dir.path() / "file" / "cd"),
                         doctest::Contains("file"), Error);
  }

  TEST_CASE("files, links and folders are made by relative names") {
    const TempDir dir;
    const Folder folder(dir.path());
    folder.write("one", "first");
    folder.write("one", "2nd");
    CHECK(folder.try_read("one", 100) == "2nd");
    folder.replace("one", "third");
    CHECK(folder.try_read("one", 100) == "third");
    CHECK_FALSE(folder.try_read("none", 100).has_value());
    CHECK_THROWS_AS((void)folder.try_read("one", 2), Error);

    folder.make_folders("a/b/c");
    folder.make_folders("a/b");
    folder.make_symlink("../one", "a/link");
    CHECK(folder.info("a/link")->size_bytes == 5);
    CHECK(folder.info("a/link", FollowLinks::no)->type == FileInfo::Type::symlink);
    CHECK_THROWS_AS(folder.make_symlink("x", "a/link"), Error);
    CHECK(folder.try_link("one", "two"));
    CHECK(folder.info("two")->inode == folder.info("one")->inode);
  }

  TEST_CASE("replacing leaves no temporary file behind when it fails") {
    const TempDir dir;
    const Folder folder(dir.path());
    folder.make_folders("taken/below");
    CHECK_THROWS_AS(folder.replace("taken", "x"), Error);
    CHECK(weir::base::read_folder(dir.path()).size() == 1);
  }

  TEST_CASE("entries tell what they are") {
    const TempDir dir;
    const Folder folder(dir.path());
    folder.write("file", "");
    folder.make_folders("folder");
    auto entries = weir::base::read_folder(dir.path());
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].name == "file");
    CHECK(entries[1].type.value_or(FileInfo::Type::directory) == FileInfo::Type::directory);
  }
}
