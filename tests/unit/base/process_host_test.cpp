#include "base/process_host.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::base;
using namespace std::chrono_literals;

namespace {

/// A program's shell text as spawn options with its output on `out`.
SpawnOptions shell(const std::string& text, const Pipe& out) {
  SpawnOptions options;
  options.argv = {"bash", "-c", text};
  options.stdout_fd = out.write.get();
  return options;
}

/// Everything up to end of file, that is, until the last process that holds the other end has gone.
std::string read_to_end(Pipe& pipe) {
  pipe.write.reset();
  std::string text(65536, '\0');
  text.resize(read_some(pipe.read.get(), text.data(), text.size(), "the pipe"));
  return text;
}

/// One line, waiting for it.
std::string read_line(const Pipe& pipe) {
  std::string line;
  char next = 0;
  while (read_some(pipe.read.get(), &next, 1, "the pipe") == 1 && next != '\n') line += next;
  return line;
}

struct Fixture {
  EventLoop loop;
  ProcessHost host{loop, {.grace = 100ms, .token = "WEIR_TEST_TOKEN=t1"}};

  struct Seen {
    pid_t leader = -1;
    std::string error;
    std::optional<HostedExit> exit;
    bool emptied = false;
  };

  /// Handlers that note everything in `seen` and stop the loop after each event.
  ProcessHost::Handlers note(Seen& seen) {
    return {[&](pid_t leader, const std::string& error) {
              seen.leader = leader;
              seen.error = error;
              loop.stop();
            },
            [&](const HostedExit& exit) {
              seen.exit = exit;
              loop.stop();
            },
            [&] {
              seen.emptied = true;
              loop.stop();
            }};
  }

  template <typename Condition>
  void run_until(Condition condition) {
    bool late = false;
    const EventLoop::Id limit = loop.after(30s, [&] {
      late = true;
      loop.stop();
    });
    while (!condition() && !late) loop.run();
    loop.cancel(limit);
    REQUIRE_FALSE(late);
  }

  Seen run(const SpawnOptions& options) {
    Seen seen;
    host.start(options, note(seen));
    run_until([&] { return seen.emptied || !seen.error.empty(); });
    return seen;
  }
};

/// A grandchild with a session and an empty environment of its own that ignores TERM and tells its
/// id.
const char* const k_hostile =
    "env -i PATH=$PATH setsid bash -c 'trap \"\" TERM HUP INT; (trap \"\" TERM; exec sleep 1000) & "
    "echo $$; "
    "while :; do wait; done' & ";

std::size_t open_descriptors() {
  return list_folder("/proc/self/fd").size();
}

bool gone(pid_t pid) {
  return !identity_of(pid).has_value();
}

/// Blocks until the process has ended; false when it still runs after ten seconds.
bool ends(const std::optional<Fd>& watch) {
  if (!watch) return true;  // had ended before it could be watched
  pollfd ready{watch->get(), POLLIN, 0};
  return ::poll(&ready, 1, 10'000) == 1;
}

std::optional<Fd> watch(pid_t pid) {
  const auto identity = identity_of(pid);
  return identity ? watch_process(*identity) : std::nullopt;
}

}  // namespace

TEST_SUITE_BEGIN("process_host");

TEST_CASE_FIXTURE(Fixture, "a program is started, ends and leaves an empty tree") {
  Pipe out = make_pipe();
  const Seen seen = run(shell("echo hello; exit 3", out));
  CHECK(seen.leader > 0);
  REQUIRE(seen.exit.has_value());
  CHECK(seen.exit->status == 3);
  CHECK(seen.exit->signal == 0);
  CHECK(seen.exit->max_rss_bytes > 100000);
  CHECK(read_to_end(out) == "hello\n");
}

TEST_CASE_FIXTURE(Fixture, "what a program and its children read and wrote is counted") {
  Pipe out = make_pipe();
  SpawnOptions options = shell("head -c 300000 /dev/zero | cat >/dev/null; echo done", out);
  options.count_io = true;
  const Seen seen = run(options);
  REQUIRE(seen.exit.has_value());
  const ProcessCounters& counters = seen.exit->counters;
  CHECK(counters.read_chars >= 600'000);
  CHECK(counters.write_chars >= 600'000);
  CHECK(counters.read_calls > 2);
  CHECK(counters.write_calls > 2);
  CHECK(counters.read_bytes >= 0);
  CHECK(counters.write_bytes >= 0);
  CHECK(counters.voluntary_switches > 0);
  CHECK(counters.involuntary_switches >= 0);
  options.count_io = false;
  const Seen uncounted = run(options);
  REQUIRE(uncounted.exit.has_value());
  CHECK(uncounted.exit->counters.read_chars == -1);
}

TEST_CASE_FIXTURE(Fixture, "death by a signal is told apart from exit statuses") {
  Pipe out = make_pipe();
  const Seen seen = run(shell("kill -TERM $$", out));
  CHECK(seen.exit->signal == SIGTERM);
  CHECK(seen.exit->status == 143);
}

TEST_CASE_FIXTURE(Fixture, "a program that cannot be executed is named with the reason") {
  SpawnOptions options;
  options.argv = {"/no/such/program"};
  const Seen seen = run(options);
  CHECK(seen.leader == 0);
  CHECK(contains(seen.error, "cannot execute '/no/such/program': "));
  options.argv = {"no-such-program-anywhere"};
  CHECK(contains(run(options).error, "no-such-program-anywhere"));
  options.argv = {"/etc/passwd"};
  CHECK(contains(run(options).error, "ermission denied"));
}

TEST_CASE_FIXTURE(Fixture, "a folder that cannot be entered is named, not the program") {
  SpawnOptions options;
  options.argv = {"true"};
  options.directory = "/no/such/folder";
  CHECK(contains(run(options).error, "cannot enter '/no/such/folder'"));
}

TEST_CASE_FIXTURE(Fixture, "a script without an interpreter line is run by the shell") {
  const TempDir folder;
  const std::string script = folder.path() / "script";
  write_file(script, "echo \"$0 $1\"\n");
  REQUIRE(::chmod(script.c_str(), 0755) == 0);
  Pipe out = make_pipe();
  SpawnOptions options;
  options.argv = {script, "given"};
  options.stdout_fd = out.write.get();
  CHECK(run(options).exit->status == 0);
  CHECK(read_to_end(out) == script + " given\n");
}

TEST_CASE_FIXTURE(Fixture, "a program has the descriptors it was given and no others") {
  Pipe out = make_pipe();
  const Pipe first = make_pipe();
  const Pipe second = make_pipe();
  SpawnOptions options = shell(
      "echo one >&5; echo two >&3; for n in {0..40}; do [ -e /proc/$$/fd/$n ] && echo -n \"$n \"; "
      "done; true",
      out);
  // Numbers that the host itself uses, given crosswise.
  options.extra_fds = {{second.write.get(), 3}, {first.write.get(), 5}};
  CHECK(run(options).exit->status == 0);
  CHECK(read_line(first) == "one");
  CHECK(read_line(second) == "two");
  CHECK(read_to_end(out) == "0 1 2 3 5 ");
}

// An ordinary file in place of cgroup.procs, which few places where tests run may write to.
TEST_CASE_FIXTURE(Fixture, "a program joins its control group before it is executed, or fails") {
  const TempDir folder;
  const fs::path members = fs::path(folder.path()) / "cgroup.procs";
  write_file(members, "");
  Pipe out = make_pipe();
  SpawnOptions options = shell("cat '" + members.native() + "'; ls /proc/$$/fd", out);
  const Fd writable = open_write(members);
  options.group_fd = writable.get();
  CHECK(run(options).exit->status == 0);
  CHECK(read_to_end(out).starts_with("00\n1\n2\n"));
  const Fd readable = open_read(members);
  options.group_fd = readable.get();
  options.stdout_fd = -1;
  const Seen refused = run(options);
  CHECK(refused.leader == 0);
  CHECK(contains(refused.error, "put into its control group"));
}

TEST_CASE_FIXTURE(Fixture, "standard input is the null device unless given") {
  Pipe out = make_pipe();
  run(shell("readlink /proc/self/fd/0", out));
  CHECK(read_to_end(out) == "/dev/null\n");
}

TEST_CASE_FIXTURE(Fixture, "a program runs with default signals and an empty mask") {
  Pipe out = make_pipe();
  run(shell("grep -E 'SigBlk|SigIgn' /proc/$$/status", out));
  CHECK(read_to_end(out) == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE_FIXTURE(
    Fixture,
    "the environment holds the token, and PATH of the given environment finds the program") {
  const TempDir folder;
  write_file(folder.path() / "named", "#!/bin/sh\necho $WEIR_TEST_TOKEN; echo $WEIR_TREE\n");
  REQUIRE(::chmod((folder.path() / "named").c_str(), 0755) == 0);
  Pipe out = make_pipe();
  SpawnOptions options;
  options.argv = {"named"};
  options.stdout_fd = out.write.get();
  options.environment = {"PATH=/nowhere:" + folder.path().string(), "WEIR_TEST_TOKEN=stale"};
  CHECK(run(options).exit->status == 0);
  const std::string text = read_to_end(out);
  CHECK(text.starts_with("t1\n"));
  CHECK(text.find(".1\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a request larger than a datagram arrives whole") {
  Pipe out = make_pipe();
  SpawnOptions options = shell("echo $# ${#1} ${#9}", out);
  options.argv.emplace_back("name");
  for (int i = 0; i < 9; ++i) options.argv.emplace_back(100000, 'x');
  CHECK(run(options).exit->status == 0);
  CHECK(read_to_end(out) == "9 100000 100000\n");
}

TEST_CASE_FIXTURE(Fixture, "a request beyond the limit is refused") {
  SpawnOptions options;
  options.argv = {"true", std::string(ProcessHost::k_request_bytes_max, 'x')};
  CHECK_THROWS_AS(host.start(options, {}), Error);
}

TEST_CASE_FIXTURE(Fixture, "a tree is empty only when what the leader left behind has gone too") {
  Pipe out = make_pipe();
  Seen seen;
  const auto id = host.start(shell("sleep 1000 & echo $!; exit 0", out), note(seen));
  run_until([&] { return seen.exit.has_value(); });
  const pid_t left = std::stoi(read_line(out));
  loop.poll();
  CHECK_FALSE(seen.emptied);
  CHECK_FALSE(gone(left));
  host.stop_tree(id, SIGTERM, 10s);
  run_until([&] { return seen.emptied; });
  CHECK(gone(left));
}

TEST_CASE_FIXTURE(
    Fixture, "a grandchild in a session of its own that ignores TERM is killed after the grace") {
  Pipe out = make_pipe();
  Seen seen;
  const auto id = host.start(shell(std::string(k_hostile) + "wait", out), note(seen));
  const pid_t hostile = std::stoi(read_line(out));
  host.stop_tree(id, SIGTERM, 50ms);
  run_until([&] { return seen.emptied; });
  CHECK(seen.exit->signal == SIGTERM);
  CHECK(gone(hostile));
  CHECK(read_to_end(out).empty());  // end of file: nobody holds the pipe any more
}

TEST_CASE_FIXTURE(Fixture, "trees are told apart: stopping one leaves the orphans of the other") {
  Pipe first_out = make_pipe();
  Pipe second_out = make_pipe();
  // The orphan tells its id itself, in its own session and after its last exec.
  const char* const text =
      "(setsid sh -c 'echo $$; while :; do sleep 1000; done' &) ; exec sleep 1000";
  Seen first;
  Seen second;
  const auto first_id = host.start(shell(text, first_out), note(first));
  host.start(shell(text, second_out), note(second));
  const pid_t first_orphan = std::stoi(read_line(first_out));
  const pid_t second_orphan = std::stoi(read_line(second_out));
  host.stop_tree(first_id, SIGTERM, 10s);
  run_until([&] { return first.emptied; });
  CHECK(gone(first_orphan));
  CHECK_FALSE(gone(second_orphan));
  CHECK_FALSE(second.exit.has_value());
}

TEST_CASE_FIXTURE(Fixture, "a stopped tree is continued so that it can end") {
  Pipe out = make_pipe();
  Seen seen;
  const auto id = host.start(
      shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 1000 & wait; done", out),
      note(seen));
  CHECK(read_line(out) == "up");
  host.signal_tree(id, SIGSTOP);
  host.stop_tree(id, SIGTERM, 10s);
  run_until([&] { return seen.emptied; });
  CHECK(seen.exit->status == 0);
  CHECK(read_to_end(out) == "bye\n");
}

TEST_CASE_FIXTURE(Fixture, "a tree that multiplies itself is emptied") {
  Pipe out = make_pipe();
  Seen seen;
  const auto id = host.start(shell("trap '' TERM; echo up; while :; do (trap '' TERM; setsid sleep "
                                   "0.3 & sleep 0.01); done & "
                                   "while :; do (trap '' TERM; sleep 0.2 & sleep 0.01) ; done",
                                   out),
                             note(seen));
  CHECK(read_line(out) == "up");
  host.stop_tree(id, SIGTERM, 200ms);
  run_until([&] { return seen.emptied; });
  CHECK(read_to_end(out).empty());
}

TEST_CASE_FIXTURE(Fixture, "a stop asked for right after the start is never lost") {
  for (int i = 0; i < 1000; ++i) {
    SpawnOptions options;
    options.argv = {"sleep", "1000"};
    Seen seen;
    const auto id = host.start(options, note(seen));
    host.stop_tree(id, SIGTERM, 10s);
    run_until([&] { return seen.emptied; });
    REQUIRE(seen.exit->signal == SIGTERM);
  }
}

TEST_CASE_FIXTURE(Fixture, "hundreds of programs at once all end, and no descriptor is left") {
  const std::size_t before = open_descriptors();
  int emptied = 0;
  SpawnOptions options;
  options.argv = {"true"};
  // More than the socket holds: requests wait in the controller meanwhile.
  options.environment = {"PATH=/usr/bin:/bin", "LARGE=" + std::string(20000, 'x')};
  for (int i = 0; i < 300; ++i) {
    host.start(options, {{}, {}, [&] {
                           if (++emptied == 300) loop.stop();
                         }});
  }
  run_until([&] { return emptied == 300; });
  CHECK(open_descriptors() == before);
  CHECK(descendants_of(host.pid()).empty());
}

TEST_CASE_FIXTURE(Fixture, "shutting down ends every tree before it returns") {
  Pipe out = make_pipe();
  Seen seen;
  host.start(shell(std::string(k_hostile) + "wait", out), note(seen));
  host.start(shell("exec sleep 1000", out), note(seen));
  const pid_t hostile = std::stoi(read_line(out));
  const pid_t host_pid = host.pid();
  host.shut_down(50ms);
  CHECK(gone(hostile));
  CHECK(gone(host_pid));
  CHECK(read_to_end(out).empty());
}

TEST_CASE_FIXTURE(Fixture, "a start after the end is answered with an error") {
  host.shut_down(0ms);
  SpawnOptions options;
  options.argv = {"true"};
  CHECK(contains(run(options).error, "gone"));
}

TEST_CASE("a handler may destroy the host") {
  EventLoop loop;
  auto host = std::make_unique<ProcessHost>(loop, ProcessHost::Options{});
  SpawnOptions options;
  options.argv = {"true"};
  host->start(options,
              {{}, [&](const ProcessExit&) { host.reset(); }, [] { FAIL("told after the end"); }});
  loop.run();
  CHECK(host == nullptr);
}

namespace {

/// Memory of this process that can be told from others' by name.
class MarkedMemory {
 public:
  MarkedMemory() : file_(::memfd_create(k_name, MFD_CLOEXEC)) {
    REQUIRE(::ftruncate(file_.get(), 4096) == 0);
    bytes_ = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file_.get(), 0);
    REQUIRE(bytes_ != MAP_FAILED);
  }
  ~MarkedMemory() { ::munmap(bytes_, 4096); }
  MarkedMemory(const MarkedMemory&) = delete;
  MarkedMemory& operator=(const MarkedMemory&) = delete;

  static bool is_in(pid_t pid) {
    return contains(read_file("/proc/" + std::to_string(pid) + "/maps"), k_name);
  }

 private:
  static constexpr const char* k_name = "weir-test-mark";
  Fd file_;
  void* bytes_ = nullptr;
};

std::set<pid_t> own_children() {
  const std::string task = "/proc/self/task/" + std::to_string(::getpid());
  std::set<pid_t> children;
  const std::string text = read_file(task + "/children");
  for (const std::string_view word : split(trim(text), ' '))
    children.insert(static_cast<pid_t>(parse_int64(word).value_or(0)));
  return children;
}

pid_t parent_of(pid_t pid) {
  const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
  return std::stoi(status.substr(status.find("PPid:") + 5));
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a later host is forked by the first one and outlives it") {
  const MarkedMemory mark;
  ProcessHost later(loop, {.grace = 50ms, .token = "WEIR_TEST_TOKEN=t2"});
  CHECK(parent_of(later.pid()) == ::getpid());
  REQUIRE(MarkedMemory::is_in(::getpid()));
  CHECK_FALSE(MarkedMemory::is_in(later.pid()));

  SUBCASE("that is shut down") {
    host.shut_down(0ms);
  }
  SUBCASE("that is killed") {
    bool lost = false;
    host.on_lost([&] {
      lost = true;
      loop.stop();
    });
    ::kill(host.pid(), SIGKILL);
    run_until([&] { return lost; });
  }
  Pipe out = make_pipe();
  Seen seen;
  later.start(shell("echo $WEIR_TEST_TOKEN", out), note(seen));
  run_until([&] { return seen.emptied; });
  CHECK(read_to_end(out) == "t2\n");

  // With nobody left who could fork it, it is forked from here.
  later.shut_down(0ms);
  const ProcessHost first(loop, {});
  CHECK(MarkedMemory::is_in(first.pid()));
  CHECK(parent_of(first.pid()) == ::getpid());
}

TEST_CASE_FIXTURE(Fixture, "a later host is made while the first one is stopped, or full of work") {
  SUBCASE("stopped") {
    REQUIRE(::kill(host.pid(), SIGSTOP) == 0);
  }
  SUBCASE("full") {
    SpawnOptions options;
    options.argv = {"true"};
    options.environment = {"PATH=/usr/bin:/bin", "LARGE=" + std::string(20000, 'x')};
    for (int i = 0; i < 100; ++i) host.start(options, {});
  }
  ProcessHost later(loop, {.grace = 50ms, .token = ""});
  CHECK(later.pid() > 0);
  CHECK(later.pid() != host.pid());
  Pipe out = make_pipe();
  Seen seen;
  later.start(shell("echo later", out), note(seen));
  run_until([&] { return seen.emptied; });
  CHECK(read_to_end(out) == "later\n");
}

TEST_CASE_FIXTURE(Fixture, "a host that does not answer is asked once, and forks nothing late") {
  // Held by a tracer it does not go on by SIGCONT.
  if (::ptrace(PTRACE_SEIZE, host.pid(), nullptr, nullptr) != 0) {
    MESSAGE("skipped: processes cannot be traced here");
    return;
  }
  REQUIRE(::ptrace(PTRACE_INTERRUPT, host.pid(), nullptr, nullptr) == 0);
  REQUIRE(::waitpid(host.pid(), nullptr, __WALL) == host.pid());
  const MarkedMemory mark;
  const ProcessHost later(loop, {});
  CHECK(MarkedMemory::is_in(later.pid()));
  {
    const ProcessHost third(loop, {});
    CHECK(MarkedMemory::is_in(third.pid()));  // by `later`, which has it
    CHECK(own_children() == std::set<pid_t>{host.pid(), later.pid(), third.pid()});
  }
  REQUIRE(::ptrace(PTRACE_DETACH, host.pid(), nullptr, nullptr) == 0);
  Pipe out = make_pipe();
  CHECK(run(shell("echo awake", out)).exit->status == 0);
  CHECK(read_to_end(out) == "awake\n");
  CHECK(own_children() == std::set<pid_t>{host.pid(), later.pid()});
}

TEST_CASE("a later host ends with its controller") {
  Pipe out = make_pipe();
  const pid_t controller = ::fork();
  REQUIRE(controller >= 0);
  if (controller == 0) {
    EventLoop loop;
    const ProcessHost first(loop, {.grace = 50ms, .token = ""});
    ProcessHost later(loop, {.grace = 50ms, .token = ""});
    later.start(shell("echo $PPID; exec sleep 1000", out), {});
    loop.run();
    ::_exit(0);
  }
  const auto later = watch(std::stoi(read_line(out)));
  ::kill(controller, SIGKILL);
  ::waitpid(controller, nullptr, 0);
  CHECK(read_to_end(out).empty());
  CHECK(ends(later));
}

TEST_CASE("when the controller is killed nothing is left, hostile grandchildren included") {
  for (int round = 0; round < 5; ++round) {
    Pipe out = make_pipe();
    const pid_t controller = ::fork();
    REQUIRE(controller >= 0);
    if (controller == 0) {
      EventLoop loop;
      ProcessHost host(loop, {.grace = 50ms, .token = ""});
      host.start(
          shell(std::string(k_hostile) + "echo $PPID; trap '' TERM; while :; do wait; done", out),
          {});
      host.start(shell("exec sleep 1000", out), {});
      loop.run();
      ::_exit(0);
    }
    // The host and a hostile grandchild, in either order.
    const auto one = watch(std::stoi(read_line(out)));
    const auto other = watch(std::stoi(read_line(out)));
    ::kill(controller, SIGKILL);
    ::waitpid(controller, nullptr, 0);
    CHECK(read_to_end(out).empty());  // returns when the last holder of the pipe has gone
    CHECK(ends(one));
    CHECK(ends(other));
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "when the host is killed the controller ends what it left behind and is told") {
  Pipe out = make_pipe();
  Seen seen;
  host.start(
      shell("setsid bash -c 'trap \"\" TERM; echo $$; while :; do sleep 1000; done' & wait", out),
      note(seen));
  host.start(shell("trap '' TERM HUP; sleep 1000", out), note(seen));
  const pid_t hostile = std::stoi(read_line(out));
  bool lost = false;
  host.on_lost([&] {
    lost = true;
    loop.stop();
  });
  run_until([&] { return seen.leader > 0; });
  ::kill(host.pid(), SIGKILL);
  run_until([&] { return lost; });
  CHECK(gone(hostile));
  CHECK(read_to_end(out).empty());
  CHECK_FALSE(seen.exit.has_value());
}

TEST_CASE("when the host's stop is followed by the controller's death the lifeline still works") {
  Pipe out = make_pipe();
  Pipe told = make_pipe();
  const pid_t controller = ::fork();
  REQUIRE(controller >= 0);
  if (controller == 0) {
    EventLoop loop;
    ProcessHost host(loop, {.grace = 0ms, .token = ""});
    host.start(shell("echo up; trap '' TERM; while :; do sleep 1000; done", out), {});
    write_all(told.write.get(), std::to_string(host.pid()) + "\n", "the pipe");
    loop.run();
    ::_exit(0);
  }
  const pid_t host = std::stoi(read_line(told));
  CHECK(read_line(out) == "up");
  ::kill(host, SIGSTOP);
  ::kill(controller, SIGKILL);
  ::waitpid(controller, nullptr, 0);
  ::kill(host, SIGCONT);
  CHECK(read_to_end(out).empty());
}

TEST_SUITE_END();
