#include "base/output_file.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

using namespace weir::base;

TEST_SUITE("output file") {
  TEST_CASE("a plain file is there when it is complete") {
    const TempDir folder;
    const fs::path path = folder.path() / "out";
    OutputFile file(path);
    file.write("whole");
    CHECK_FALSE(file_info(path).has_value());
    file.commit(Durable::no);
    CHECK(read_file(path) == "whole");
    CHECK(list_folder(folder.path()).size() == 1);
  }

  TEST_CASE("what is no plain file stays what it is") {
    write_output("/dev/null", "gone");
    CHECK(file_info("/dev/null")->type == FileInfo::Type::other);
    const TempDir folder;
    const fs::path fifo = folder.path() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    // Both ends are here, so nobody waits for anybody.
    const Fd reader(::open(fifo.c_str(), O_RDWR | O_CLOEXEC));
    write_output(fifo, "through");
    std::array<char, 7> text{};
    const std::size_t got = read_some(reader.get(), text.data(), text.size(), "fifo");
    CHECK(std::string_view(text.data(), got) == "through");
    CHECK(file_info(fifo)->type == FileInfo::Type::fifo);
  }

  TEST_CASE("of links the end is replaced, also when it is not there yet") {
    const TempDir folder;
    const fs::path link = folder.path() / "link";
    make_symlink("middle", link);
    make_symlink("end", folder.path() / "middle");
    write_output(link, "first");
    write_output(link, "second");
    CHECK(file_info(link, FollowLinks::no)->type == FileInfo::Type::symlink);
    CHECK(read_file(folder.path() / "end") == "second");
  }

  TEST_CASE("a descriptor is written on from where it is") {
    const TempDir folder;
    const fs::path path = folder.path() / "log";
    const Fd file = open_write(path);
    write_all(file.get(), "head ", "log");
    const Fd inherited(::dup(file.get()));  // not closed on execution, as what a caller gives
    write_output("/dev/fd/" + std::to_string(inherited.get()), "tail");
    CHECK(read_file(path) == "head tail");
  }

  TEST_CASE("a descriptor of our own is none that a user may name") {
    const TempDir folder;
    const fs::path path = folder.path() / "records";
    const Fd file = open_write(path);
    const auto inherited = static_cast<std::int64_t>(Fd(::dup(file.get())).get());
    for (const std::int64_t number :
         {std::int64_t{file.get()}, inherited, (std::int64_t{1} << 32) + STDOUT_FILENO}) {
      CAPTURE(number);
      CHECK_THROWS_AS(write_output("/dev/fd/" + std::to_string(number), "text"), weir::Error);
    }
    CHECK(read_file(path).empty());
  }

  TEST_CASE("the reader of a FIFO is waited for, but not for ever") {
    const TempDir folder;
    const fs::path fifo = folder.path() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK_THROWS_WITH_AS(static_cast<void>(open_special(fifo, std::chrono::milliseconds(20))),
                         doctest::Contains("nobody reads from"), weir::Error);
    std::string got;
    std::thread reader([&] { got = read_file(fifo); });
    write_output(fifo, "through");
    reader.join();
    CHECK(got == "through");
  }

  TEST_CASE("where no file can be is wrong usage, before anything is written") {
    const TempDir folder;
    make_symlink("loop", folder.path() / "loop");
    write_file(folder.path() / "file", "");
    for (const char* name : {"", ".", "none/out", "file/out", "loop"}) {
      CAPTURE(name);
      try {
        const OutputFile file(folder.path() / name);
        FAIL_CHECK("no error");
      } catch (const weir::Error& error) {
        CHECK(error.kind() == weir::ErrorKind::usage);
      }
    }
  }
}
