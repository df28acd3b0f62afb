#include "base/error.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

using weir::Error;
using weir::ErrorKind;
using weir::ExitStatus;

TEST_SUITE("error") {
  TEST_CASE("an error names the place before the message") {
    Error error(ErrorKind::input, "bad integer 'x'");
    error.at({.file = "a.vcf", .line = 7, .column = 3, .byte_offset = 90});
    CHECK(std::string(error.what()) == "a.vcf:7:3: bad integer 'x'");
  }

  TEST_CASE("the outermost context comes first") {
    Error error(ErrorKind::failed, "cause");
    error.add_context("inner").add_context("outer");
    CHECK(error.message() == "outer: inner: cause");
  }

  TEST_CASE("a system error's kind follows from its number") {
    CHECK(weir::system_error("open", "x", ENOENT).kind() == ErrorKind::input);
    CHECK(weir::system_error("open", "x", EACCES).kind() == ErrorKind::not_permitted);
    CHECK(weir::system_error("open", "x", EROFS).kind() == ErrorKind::not_permitted);
    CHECK(weir::system_error("write", "x", ENOSPC).kind() == ErrorKind::temporary);
    CHECK(weir::system_error("open", "x", EMFILE).kind() == ErrorKind::temporary);
    CHECK(weir::system_error("read", "x", EIO).kind() == ErrorKind::failed);
    CHECK(std::string(weir::system_error("open", "x", ENOENT).what()) ==
          "cannot open 'x': No such file or directory");
  }

  TEST_CASE("a full disk tells the next step") {
    CHECK(weir::system_error("write to", "x", ENOSPC).hint() == "free some space and try again");
  }

  TEST_CASE("every kind has the exit status of the suite's table") {
    CHECK(weir::exit_status_of(ErrorKind::usage) == ExitStatus::usage);
    CHECK(weir::exit_status_of(ErrorKind::input) == ExitStatus::input_refused);
    CHECK(weir::exit_status_of(ErrorKind::busy) == ExitStatus::busy);
    CHECK(weir::exit_status_of(ErrorKind::cancelled) == ExitStatus::cancelled);
    CHECK(weir::exit_status_of(ErrorKind::not_found) == ExitStatus::not_found);
    CHECK(weir::exit_status_of(ErrorKind::not_permitted) == ExitStatus::not_permitted);
    CHECK(weir::exit_status_of(ErrorKind::store) == ExitStatus::store_unusable);
    CHECK(weir::exit_status_of(ErrorKind::cannot_begin) == ExitStatus::cannot_begin);
    CHECK(weir::exit_status_of(ErrorKind::temporary) == ExitStatus::temporary);
    CHECK(weir::exit_status_of(ErrorKind::timed_out) == ExitStatus::timed_out);
    CHECK(weir::exit_status_of(ErrorKind::failed) == ExitStatus::failed);
    CHECK(weir::exit_status_of(ErrorKind::bug) == ExitStatus::failed);
  }
}
