#include "base/file.hpp"
#include "base/error.hpp"
#include "base/lock.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace weir::base;

namespace {

void spill(const fs::path& path, std::string_view text) {
  const Fd fd = open_write(path);
  write_all(fd.get(), text, path.native());
}

}  // namespace

TEST_SUITE("file") {
  TEST_CASE("a missing file is nothing, not an error") {
    const TempDir dir;
    CHECK_FALSE(try_read_file(dir.path() / "absent").has_value());
    CHECK_FALSE(file_info(dir.path() / "absent").has_value());
    CHECK_THROWS_AS((void)read_file(dir.path() / "absent"), weir::Error);
  }

  TEST_CASE("a dangling link exists by itself and not when followed") {
    const TempDir dir;
    make_symlink("nowhere", dir.path() / "link");
    CHECK_FALSE(file_info(dir.path() / "link").has_value());
    const auto info = file_info(dir.path() / "link", FollowLinks::no);
    REQUIRE(info.has_value());
    CHECK(info->type == FileInfo::Type::symlink);
  }

  TEST_CASE("files of every size are read whole") {
    const TempDir dir;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65535},
                                   std::size_t{65536}, std::size_t{200'001}}) {
      const std::string text(size, 'x');
      write_file(dir.path() / "f", text);
      CHECK(read_file(dir.path() / "f") == text);
    }
  }

  TEST_CASE("files of the kernel that claim no size are read whole") {
    CHECK(read_file("/proc/self/stat").size() > 10);
  }

  TEST_CASE("a file over the limit is refused") {
    const TempDir dir;
    write_file(dir.path() / "f", "12345");
    CHECK(read_file(dir.path() / "f", 5) == "12345");
    CHECK_THROWS_AS((void)read_file(dir.path() / "f", 4), weir::Error);
  }

  TEST_CASE("an atomic file that is not committed leaves nothing") {
    const TempDir dir;
    {
      AtomicFile file(dir.path() / "f", AtomicFile::Named::early);
      file.write("half");
      CHECK(list_folder(dir.path()).size() == 1);
    }
    CHECK(list_folder(dir.path()).empty());
    // So a kill would leave nothing either.
    AtomicFile late(dir.path() / "f");
    late.write("half");
    CHECK(list_folder(dir.path()).empty());
  }

  TEST_CASE("an atomic file replaces the old content only by its commit") {
    for (const auto named : {AtomicFile::Named::early, AtomicFile::Named::late}) {
      const TempDir dir;
      write_file(dir.path() / "f", "old");
      AtomicFile file(dir.path() / "f", named);
      file.write("new");
      CHECK(read_file(dir.path() / "f") == "old");
      file.commit(Durable::yes);
      CHECK(read_file(dir.path() / "f") == "new");
      CHECK(list_folder(dir.path()) == std::vector<std::string>{"f"});
    }
  }

  TEST_CASE("an atomic file may be the first of its name") {
    for (const auto named : {AtomicFile::Named::early, AtomicFile::Named::late}) {
      const TempDir dir;
      AtomicFile file(dir.path() / "f", named);
      file.write("new");
      file.commit(Durable::no);
      CHECK(read_file(dir.path() / "f") == "new");
      const auto mask = ::umask(0);
      ::umask(mask);
      CHECK((std::filesystem::status(dir.path() / "f").permissions() ==
             static_cast<std::filesystem::perms>(0666 & ~mask)));
    }
  }

  TEST_CASE("a whole copy takes a free name only, and brings the mode") {
    const TempDir dir;
    write_file(dir.path() / "from", "text");
    ::chmod((dir.path() / "from").c_str(), 0750);
    CHECK(try_copy_whole(dir.path() / "from", dir.path() / "to"));
    CHECK(read_file(dir.path() / "to") == "text");
    CHECK((std::filesystem::status(dir.path() / "to").permissions() ==
           static_cast<std::filesystem::perms>(0750)));
    write_file(dir.path() / "from", "other");
    CHECK_FALSE(try_copy_whole(dir.path() / "from", dir.path() / "to"));
    CHECK(read_file(dir.path() / "to") == "text");
    CHECK_THROWS_AS(static_cast<void>(try_copy_whole(dir.path() / "none", dir.path() / "new")),
                    weir::Error);
    CHECK_FALSE(try_copy_whole(dir.path() / "none", dir.path() / "to"));
    CHECK_FALSE(try_copy_whole(dir.path() / "from", dir.path() / "no folder" / "to"));
    write_file(dir.path() / "large", std::string(1 << 20, 'x'));
    CHECK_FALSE(try_copy_whole(dir.path() / "large", dir.path() / "to"));
    CHECK(read_file(dir.path() / "to") == "text");
    CHECK(try_copy_whole(dir.path() / "large", dir.path() / "large too"));
    CHECK(read_file(dir.path() / "large too") == std::string(1 << 20, 'x'));
    CHECK(try_copy_whole("/proc/self/environ", dir.path() / "of no size"));
    CHECK(read_file(dir.path() / "of no size") == read_file("/proc/self/environ"));
    CHECK(list_folder(dir.path()).size() == 5);
  }
  TEST_CASE("without room a whole copy still tells of a name that is not free") {
    const TempDir dir;
    write_file(dir.path() / "from", "text");
    write_file(dir.path() / "to", "before");
    // As on a full disk: no file may grow.
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
    const rlimit none{0, limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    const auto copies_to = [&](const char* name) {
      try {
        return try_copy_whole(dir.path() / "from", dir.path() / name) ? "copied" : "not free";
      } catch (const weir::Error&) {
        return "failed";
      }
    };
    const std::string free = copies_to("free");
    const std::string taken = copies_to("to");
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, before);
    CHECK(free == "failed");
    CHECK(taken == "not free");
    CHECK(read_file(dir.path() / "to") == "before");
    CHECK(list_folder(dir.path()).size() == 2);
  }

  TEST_CASE("an unwritable folder is told as such") {
    if (::geteuid() == 0) return;  // root may write anywhere
    const TempDir dir;
    ::chmod(dir.path().c_str(), 0500);
    CHECK_THROWS_AS(AtomicFile(dir.path() / "f"), weir::Error);
  }

  TEST_CASE("folders are made with their parents, and a file in the way is an error") {
    const TempDir dir;
    make_folders(dir.path() / "a/b/c");
    make_folders(dir.path() / "a/b/c");
    CHECK(file_info(dir.path() / "a/b/c")->type == FileInfo::Type::directory);
    write_file(dir.path() / "plain", "");
    CHECK_THROWS_AS(make_folders(dir.path() / "plain"), weir::Error);
    CHECK_THROWS_AS(make_folders(dir.path() / "plain/below"), weir::Error);
  }

  TEST_CASE("a link is replaced in one step when asked for") {
    const TempDir dir;
    make_symlink("one", dir.path() / "l");
    CHECK_THROWS_AS(make_symlink("two", dir.path() / "l"), weir::Error);
    make_symlink("two", dir.path() / "l", Replace::yes);
    CHECK(fs::read_symlink(dir.path() / "l") == "two");
    CHECK(list_folder(dir.path()).size() == 1);
  }

  TEST_CASE("a copy has the bytes and the permission bits") {
    const TempDir dir;
    const std::string text(1'000'003, 'q');
    spill(dir.path() / "a", text);
    ::chmod((dir.path() / "a").c_str(), 0751);
    weir::base::copy_file(dir.path() / "a", dir.path() / "b");
    CHECK(read_file(dir.path() / "b") == text);
    CHECK(file_info(dir.path() / "b")->mode == 0751);
    CHECK_THROWS_AS(weir::base::copy_file(dir.path(), dir.path() / "c"), weir::Error);
  }

  TEST_CASE("files are the same by their bytes") {
    const TempDir dir;
    const std::string large(600'000, 'x');
    write_file(dir.path() / "a", large);
    write_file(dir.path() / "b", large);
    CHECK(same_content(dir.path() / "a", dir.path() / "b"));
    write_file(dir.path() / "b", large.substr(1) + "y");
    CHECK_FALSE(same_content(dir.path() / "a", dir.path() / "b"));
    write_file(dir.path() / "b", large + "x");
    CHECK_FALSE(same_content(dir.path() / "a", dir.path() / "b"));
    CHECK_FALSE(same_content(dir.path() / "a", dir.path() / "none"));
    CHECK_FALSE(same_content(dir.path(), dir.path()));
  }

  TEST_CASE("a scratch file has no name") {
    const TempDir dir;
    const Fd fd = open_scratch(dir.path());
    write_all(fd.get(), "x", "scratch");
    CHECK(list_folder(dir.path()).empty());
  }

  TEST_CASE("a mapped file shows the bytes; an empty one is empty; a folder is refused") {
    const TempDir dir;
    write_file(dir.path() / "f", "abc");
    const MappedFile mapped(dir.path() / "f");
    CHECK(std::string(mapped.bytes().begin(), mapped.bytes().end()) == "abc");
    write_file(dir.path() / "e", "");
    CHECK(MappedFile(dir.path() / "e").bytes().empty());
    CHECK_THROWS_AS(MappedFile(dir.path()), weir::Error);
  }

  TEST_CASE("a temporary folder goes with its content") {
    fs::path kept;
    {
      const TempDir dir;
      kept = dir.path();
      make_folders(kept / "deep/er");
    }
    CHECK_FALSE(fs::exists(kept));
  }
}

TEST_SUITE("lock") {
  TEST_CASE("a second holder is refused until the first has gone") {
    const TempDir dir;
    auto first = FileLock::try_lock(dir.path() / "lock");
    REQUIRE(first.has_value());
    CHECK_FALSE(FileLock::try_lock(dir.path() / "lock").has_value());
    first->unlock();
    CHECK(FileLock::try_lock(dir.path() / "lock").has_value());
  }

  TEST_CASE("shared holders stand side by side and keep an exclusive one out") {
    const TempDir dir;
    const auto a = FileLock::try_lock(dir.path() / "lock", LockMode::shared);
    const auto b = FileLock::try_lock(dir.path() / "lock", LockMode::shared);
    CHECK(a.has_value());
    CHECK(b.has_value());
    CHECK_FALSE(FileLock::try_lock(dir.path() / "lock").has_value());
  }
}

TEST_CASE("a folder is replaced whole, by several at once") {
  const TempDir folder;
  const fs::path target = folder.path() / "target";
  const auto put = [&](const std::string& name) {
    const fs::path own = folder.path() / name;
    make_folders(own);
    write_file(own / "name", name);
    write_file(own / name, "");
    rename_over(own, target);
  };
  put("first");
  std::vector<std::thread> threads;
  for (const std::string who : {"a", "b", "c"}) {
    threads.emplace_back([&put, who] {
      for (int i = 0; i < 50; ++i) put(who + std::to_string(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string last = read_file(target / "name");
  CHECK(list_folder(target).size() == 2);
  CHECK(file_info(target / last).has_value());

  write_file(folder.path() / "file", "x");
  rename_over(folder.path() / "file", target);
  CHECK(read_file(target) == "x");
  make_folders(folder.path() / "again");
  rename_over(folder.path() / "again", target);
  CHECK(list_folder(target).empty());
  CHECK_THROWS_AS(rename_over(folder.path() / "nothing", target), weir::Error);
}
