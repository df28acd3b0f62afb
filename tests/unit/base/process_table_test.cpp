#include "base/internal/process_table.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/random.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <doctest/doctest.h>

using namespace weir::base;

namespace {

/// A child that does nothing until it is killed.
struct Idle {
  Idle() {
    const Pipe ready = make_pipe();
    pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      write_all(ready.write.get(), "x", "the pipe");
      while (true) ::pause();
    }
    char byte = 0;
    static_cast<void>(read_some(ready.read.get(), &byte, 1, "the pipe"));
  }
  ~Idle() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  pid_t pid = 0;
};

}  // namespace

TEST_SUITE_BEGIN("process_table");

TEST_CASE("this process is alive under its own identity") {
  const ProcessIdentity self = own_identity();
  CHECK(self.pid == ::getpid());
  CHECK(self.start_ticks > 0);
  CHECK(is_alive(self));
}

TEST_CASE("an id with another start or from another boot is somebody else") {
  ProcessIdentity other = own_identity();
  other.start_ticks += 1;
  CHECK_FALSE(is_alive(other));
  CHECK_FALSE(signal_process(other, 0));
  ProcessIdentity earlier = own_identity();
  earlier.boot = "another";
  CHECK_FALSE(is_alive(earlier));
}

TEST_CASE("a file below /proc whose process ends before it is read is empty") {
  std::array<char, 8192> buffer;
  std::optional<Fd> status;
  {
    const Idle child;
    const std::string name = "/proc/" + std::to_string(child.pid) + "/status";
    CHECK(internal::read_small(name, buffer).starts_with("Name:"));
    status = open_read(name);
  }
  const std::string opened = "/proc/self/fd/" + std::to_string(status->get());
  CHECK_THROWS(static_cast<void>(read_file(opened)));
  CHECK(internal::read_small(opened, buffer).empty());
}

TEST_CASE("a process that does not exist has no identity") {
  CHECK_FALSE(identity_of(0x7fffffff).has_value());
}

TEST_CASE("a zombie counts as gone") {
  const Idle child;
  const auto identity = identity_of(child.pid);
  REQUIRE(identity.has_value());
  CHECK(signal_process(*identity, SIGKILL));
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(identity_of(child.pid).has_value());
  CHECK_FALSE(is_alive(*identity));
}

TEST_CASE("descendants come after their parents") {
  SpawnOptions options;
  const Pipe out = make_pipe();
  options.argv = {"bash", "-c", "bash -c 'sleep 1000 & echo $!; wait' & wait"};
  options.stdout_fd = out.write.get();
  Child child = spawn(options);
  std::string text;
  for (char next = 0; read_some(out.read.get(), &next, 1, "the pipe") == 1 && next != '\n';)
    text += next;
  const std::vector<pid_t> below = descendants_of(::getpid());
  const auto place = [&](pid_t pid) { return std::find(below.begin(), below.end(), pid); };
  CHECK(place(child.pid()) < place(std::stoi(text)));
  CHECK(place(std::stoi(text)) != below.end());
  child.signal_group(SIGKILL);
  child.wait();  // others count this process's children
}

TEST_CASE("processes are found by an entry of their environment, and only by the whole entry") {
  const std::string token = "WEIR_TEST_SWEEP=" + random_hex(16);
  SpawnOptions options;
  // Its word says that exec is over: only then does the kernel show its environment.
  options.argv = {"sh", "-c", "echo up; read line"};
  options.environment = {"PATH=/usr/bin:/bin", token};
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  options.stdin_fd = in.read.get();
  options.stdout_fd = out.write.get();
  Child child = spawn(options);
  char up = 0;
  REQUIRE(read_some(out.read.get(), &up, 1, "pipe") == 1);
  const auto found = processes_with_environment(token);
  const auto found_by_part = processes_with_environment(token.substr(0, token.size() - 1));
  child.signal_group(SIGKILL);
  child.wait();
  REQUIRE(found.size() == 1);
  CHECK(found[0].pid == child.pid());
  CHECK(found_by_part.empty());
}

TEST_CASE("a process that executes one program after the other is found each time") {
  const std::string token = "WEIR_TEST_SWEEP=" + random_hex(16);
  SpawnOptions options;
  options.argv = {"sh", "-c", R"(read line; exec sh -c 'exec sh -c "$AGAIN"')"};
  // No builtin stands between two of them, so it is in an exec most of the time.
  options.environment = {"PATH=/usr/bin:/bin", R"(AGAIN=exec sh -c "$AGAIN")", token};
  Pipe in = make_pipe();
  options.stdin_fd = in.read.get();
  Child child = spawn(options);
  write_all(in.write.get(), "go\n", "pipe");
  int missed = 0;
  for (int look = 0; look < 300; ++look)
    missed += processes_with_environment(token).empty() ? 1 : 0;
  child.signal_group(SIGKILL);
  child.wait();
  CHECK(missed == 0);
}

TEST_SUITE_END();
