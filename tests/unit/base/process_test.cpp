#include "base/process.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/machine.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <string>

using namespace weir::base;

TEST_SUITE("process") {
  TEST_CASE("output, errors, input and status of a command come back") {
    const CommandResult result =
        run_command({.argv = {"sh", "-c", "cat; echo oops >&2; exit 7"}}, "given");
    CHECK(result.output == "given");
    CHECK(result.errors == "oops\n");
    CHECK(result.exit.status == 7);
    CHECK(result.exit.signal == 0);
  }

  TEST_CASE("a command that does not read its input ends all the same") {
    const CommandResult result = run_command({.argv = {"true"}}, std::string(1 << 20, 'x'));
    CHECK(result.exit.status == 0);
  }

  TEST_CASE("death by a signal is told apart from an exit status") {
    const CommandResult result = run_command({.argv = {"sh", "-c", "kill -TERM $$"}});
    CHECK(result.exit.signal == SIGTERM);
    CHECK(result.exit.status == 128 + SIGTERM);
  }

  TEST_CASE("a program that is not there is named") {
    try {
      (void)spawn({.argv = {"no-such-program-here"}});
      FAIL("must throw");
    } catch (const weir::Error& error) {
      CHECK(error.kind() == weir::ErrorKind::cannot_begin);
      CHECK(error.message().find("no-such-program-here") != std::string::npos);
    }
  }

  TEST_CASE("a folder of the PATH that cannot be searched is passed over") {
    const TempDir dir;
    std::filesystem::create_symlink("round", dir.path() / "round");  // not even root gets into it
    const std::string path = (dir.path() / "round").string() + ":/usr/bin:/bin";
    const auto found = find_program("true", path);
    REQUIRE(found.has_value());
    CHECK(found->ends_with("bin/true"));
  }

  TEST_CASE("the user has a name, also where the environment has none") {
    CHECK(user_name({"LOGNAME=two", "USER=one"}) == "one");
    CHECK(user_name({"USER=", "LOGNAME=two"}) == "two");
    const CommandResult told = run_command({.argv = {"id", "-un"}});
    if (told.exit.status == 0) CHECK(user_name({}) + "\n" == told.output);
  }

  TEST_CASE("folder and environment are those asked for") {
    const TempDir dir;
    const CommandResult result =
        run_command({.argv = {"/bin/sh", "-c", "pwd; echo $WEIR_T; echo ${HOME-unset}"},
                     .environment = std::vector<std::string>{"WEIR_T=yes"},
                     .directory = dir.path().native()});
    CHECK(result.output == dir.path().native() + "\nyes\nunset\n");
  }

  TEST_CASE("children get none of our descriptors but those given") {
    const TempDir dir;
    const Fd ours = open_write(dir.path() / "f");
    const CommandResult result = run_command({.argv = {"sh", "-c", "ls /proc/self/fd | wc -l"}});
    CHECK(std::stoi(result.output) == 4);  // 0, 1, 2 and the folder that ls reads
    const CommandResult given =
        run_command({.argv = {"sh", "-c", "echo there >&7"}, .extra_fds = {{ours.get(), 7}}});
    CHECK(given.exit.status == 0);
    CHECK(read_file(dir.path() / "f") == "there\n");
  }

  TEST_CASE("descriptors that stand where another is to be are given all the same") {
    const TempDir dir;
    const Fd first = open_write(dir.path() / "first");
    const Fd second = open_write(dir.path() / "second");
    const CommandResult swapped = run_command(
        {.argv = {"sh", "-c",
                  "echo one >&" + std::to_string(second.get()) + "; echo two >&" +
                      std::to_string(first.get())},
         .extra_fds = {{first.get(), second.get()}, {second.get(), first.get()}}});
    CHECK(swapped.exit.status == 0);
    CHECK(read_file(dir.path() / "first") == "one\n");
    CHECK(read_file(dir.path() / "second") == "two\n");
  }

  TEST_CASE("a group is signalled as a whole") {
    Child child = spawn({.argv = {"sh", "-c", "sleep 1000 & wait"}});
    CHECK_FALSE(child.try_wait().has_value());
    child.signal_group(SIGKILL);
    CHECK(child.wait().signal == SIGKILL);
  }

  TEST_CASE("blocked and ignored signals are not handed down") {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, &set, &before);
    ::signal(SIGUSR2, SIG_IGN);
    const CommandResult blocked = run_command({.argv = {"sh", "-c", "kill -USR1 $$"}});
    const CommandResult ignored = run_command({.argv = {"sh", "-c", "kill -USR2 $$"}});
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::signal(SIGUSR2, SIG_DFL);
    CHECK(blocked.exit.signal == SIGUSR1);
    CHECK(ignored.exit.signal == SIGUSR2);
  }
}
