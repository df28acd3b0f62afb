// Programs of one line take turns: the host starts the next one by itself.
#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::base;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  EventLoop loop;
  ProcessHost host{loop, {.grace = 100ms, .token = ""}};
  std::vector<std::string> told;
  std::vector<BootTime> moments;  // of what was told

  /// A shell that reads one line of `gate` before it ends, if there is a gate.
  ProcessHost::Id start(const std::string& name, const Pipe* gate, ProcessHost::Turn turn,
                        const std::string& program = "bash") {
    SpawnOptions options;
    options.argv = {program, "-c", gate != nullptr ? "read line" : "true"};
    if (gate != nullptr) options.stdin_fd = gate->read.get();
    return host.start(options,
                      {[this, name](pid_t, const std::string& error) {
                         moments.push_back(host.moment());
                         told.push_back(error.empty() ? name + " started" : name + ": " + error);
                         loop.stop();
                       },
                       [this, name](const ProcessExit& exit) {
                         moments.push_back(host.moment());
                         told.push_back(name + " ended " + std::to_string(exit.status));
                         loop.stop();
                       },
                       {}},
                      turn);
  }

  [[nodiscard]] bool before(const std::string& first, const std::string& second) const {
    const auto at = std::find(told.begin(), told.end(), first);
    return at != told.end() && std::find(at, told.end(), second) != told.end();
  }

  void run_until(const std::string& line) {
    const auto seen = [&] { return std::find(told.begin(), told.end(), line) != told.end(); };
    bool late = false;
    const EventLoop::Id limit = loop.after(30s, [&] {
      late = true;
      loop.stop();
    });
    while (!seen() && !late) loop.run();
    loop.cancel(limit);
    if (late) FAIL("'", line, "' was not told, only: ", join(told, "; "));
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("process_turn");

TEST_CASE_FIXTURE(Fixture, "who waits starts at the end of one of its line, and is told first") {
  Pipe gate = make_pipe();
  start("one", &gate, {.line = 7});
  start("other line", nullptr, {.line = 8, .waits = true});
  start("two", nullptr, {.line = 7, .waits = true});
  start("three", nullptr, {.line = 7, .waits = true});
  run_until("one started");
  loop.poll();
  CHECK(told == Lines{"one started"});
  write_all(gate.write.get(), "\n", "the gate");
  run_until("three ended 0");
  CHECK(told.size() == 6);
  CHECK(before("two started", "one ended 0"));
  CHECK(before("two started", "three started"));
  CHECK(before("three started", "two ended 0"));
}

TEST_CASE_FIXTURE(Fixture, "an end is told though others of its line still wait") {
  Pipe gate = make_pipe();
  Pipe others = make_pipe();
  start("one", &gate, {.line = 7});
  for (const char* const name : {"two", "three", "four", "five"})
    start(name, &others, {.line = 7, .waits = true});
  run_until("one started");
  const BootTime released = now_boot();
  write_all(gate.write.get(), "\n", "the gate");
  run_until("one ended 0");  // nothing else happens that would bring it along
  const BootTime now = now_boot();
  CHECK(told == Lines{"one started", "two started", "one ended 0"});
  REQUIRE(moments.size() == 3);
  CHECK(released < moments[1]);
  CHECK(moments[1] <= moments[2]);
  CHECK(moments[2] < now);
}

TEST_CASE_FIXTURE(Fixture, "one that cannot be started gives its turn to the next") {
  Pipe gate = make_pipe();
  start("one", &gate, {.line = 1});
  start("bad", nullptr, {.line = 1, .waits = true}, "/no/such/program");
  start("two", nullptr, {.line = 1, .waits = true});
  write_all(gate.write.get(), "\n", "the gate");
  run_until("two ended 0");
  // Members of a line are processes before it is known whether they can be executed.
  REQUIRE(told.size() == 6);
  CHECK(before("bad started", "one ended 0"));
  const auto failure = std::find_if(told.begin(), told.end(), [](const std::string& line) {
    return contains(line, "bad: cannot execute");
  });
  REQUIRE(failure != told.end());
  CHECK(before("bad started", *failure));
  CHECK(before("bad started", "two started"));
}

TEST_CASE_FIXTURE(Fixture,
                  "starts that fail leave nothing behind for later ones of the same line") {
  Pipe gate = make_pipe();
  start("one", &gate, {.line = 1});
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    start("bad " + number, nullptr, {.line = 1, .waits = true}, "/no/such/program");
    start("good " + number, nullptr, {.line = 1, .waits = true});
  }
  write_all(gate.write.get(), "\n", "the gate");
  run_until("good 49 ended 0");
  const auto count = [&](const std::string& part) {
    return std::count_if(told.begin(), told.end(),
                         [&](const std::string& line) { return contains(line, part); });
  };
  CHECK(count("cannot execute") == 50);
  CHECK(count("ended 0") == 51);
}

TEST_CASE_FIXTURE(Fixture, "who waits can be started at once, and starts only once") {
  Pipe gate = make_pipe();
  start("one", &gate, {.line = 1});
  Pipe second = make_pipe();
  const auto two = start("two", &second, {.line = 1, .waits = true});
  host.start_now(two);
  host.start_now(two);
  host.withdraw(two);
  run_until("two started");
  write_all(gate.write.get(), "\n", "the gate");
  run_until("one ended 0");
  write_all(second.write.get(), "\n", "the second gate");
  run_until("two ended 0");
  CHECK(told == Lines{"one started", "two started", "one ended 0", "two ended 0"});
}

TEST_CASE_FIXTURE(Fixture, "who is withdrawn or stopped while it waits never starts") {
  Pipe gate = make_pipe();
  start("one", &gate, {.line = 1});
  const auto two = start("two", nullptr, {.line = 1, .waits = true});
  const auto three = start("three", nullptr, {.line = 1, .waits = true});
  host.withdraw(two);
  host.stop_tree(three, SIGTERM, 1s);
  run_until("three: it was withdrawn");
  write_all(gate.write.get(), "\n", "the gate");
  run_until("one ended 0");
  loop.poll();
  CHECK(told ==
        Lines{"one started", "two: it was withdrawn", "three: it was withdrawn", "one ended 0"});
}

TEST_CASE("nothing that waits starts once the controller is gone") {
  const TempDir folder;
  Pipe out = make_pipe();
  const pid_t controller = ::fork();
  REQUIRE(controller >= 0);
  if (controller == 0) {
    EventLoop loop;
    ProcessHost host(loop, {.grace = 50ms, .token = ""});
    SpawnOptions options;
    options.stdout_fd = out.write.get();
    options.argv = {"bash", "-c", "echo up; exec sleep 1000"};
    host.start(options, {}, {.line = 1});
    options.argv = {"touch", (folder.path() / "started").string()};
    host.start(options, {}, {.line = 1, .waits = true});
    loop.run();
    ::_exit(0);
  }
  char next = 0;
  while (next != '\n') REQUIRE(read_some(out.read.get(), &next, 1, "the pipe") == 1);
  ::kill(controller, SIGKILL);
  ::waitpid(controller, nullptr, 0);
  out.write.reset();
  // End of file: the host, too, has gone, and with it all that could write.
  CHECK(read_some(out.read.get(), &next, 1, "the pipe") == 0);
  CHECK(list_folder(folder.path()).empty());
}

TEST_SUITE_END();
