#include "engine/service_process.hpp"

#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/log_capture.hpp"
#include "engine/service_manager.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

using namespace weir;
using namespace weir::engine;
using namespace std::chrono_literals;

namespace {

/// One service from a shell text, run by its real driver.
struct Fixture {
  base::TempDir folder;
  base::EventLoop loop;
  base::ThreadPool pool{1};
  ServiceProcess::Options options;
  std::string script;
  std::vector<ProbeSpec> outputs;
  std::unique_ptr<ServiceProcess> service;
  bool ready = false;
  bool ended = false;
  std::string aborted;
  std::vector<std::string> warnings;
  std::vector<pid_t> seen;

  Fixture() {
    options.policy.name = "db";
    options.policy.settings.eager = true;
    options.policy.settings.grace = 10s;
    options.registry_dir = (folder.path() / "registry").string();
  }

  void start() {
    ServiceProcess::Handlers handlers;
    handlers.launch = [this](int epoch, const auto& proceed) {
      ServiceLaunch launch;
      launch.argv = {"bash", "-c", script, "bash", std::to_string(epoch)};
      launch.environment = {"PATH=/usr/bin:/bin"};
      launch.directory = folder.path();
      launch.output_path = folder.path() / "out";
      launch.error_path = folder.path() / "err";
      launch.outputs = outputs;
      proceed(launch);
    };
    handlers.ready = [this] {
      ready = true;
      loop.stop();
    };
    handlers.ended = [this] {
      ended = true;
      loop.stop();
    };
    handlers.abort_run = [this](const std::string& why) { aborted = why; };
    handlers.warn = [this](const std::string& text) { warnings.push_back(text); };
    service = std::make_unique<ServiceProcess>(loop, options, std::move(handlers));
    service->inputs_complete();
  }

  template <typename Condition>
  void run_until(Condition condition) {
    bool late = false;
    const auto limit = loop.after(30s, [&] {
      late = true;
      loop.stop();
    });
    while (!condition() && !late) loop.run();
    loop.cancel(limit);
    REQUIRE_FALSE(late);
  }
  void run_until_ready() {
    run_until([&] { return ready || ended; });
    REQUIRE(ready);
    seen = service->processes();
  }
  void run_until_ended() {
    run_until([&] { return ended; });
    for (const pid_t pid : seen) CHECK_FALSE(base::identity_of(pid).has_value());
    CHECK(base::list_folder(options.registry_dir).empty());
  }
  [[nodiscard]] ServiceState state() const { return service->machine().state(); }
  void probe(const std::string& text) {
    set_service_option(options.policy.settings, "ready", text);
  }
};

}  // namespace

TEST_SUITE_BEGIN("service_process");

TEST_CASE_FIXTURE(Fixture,
                  "a service without conditions is ready when it runs, and stops on request") {
  script = "exec sleep 1000";
  start();
  run_until_ready();
  CHECK(base::list_folder(options.registry_dir).size() == 1);
  service->stop();
  run_until_ended();
  CHECK(state() == ServiceState::stopped);
  CHECK(service->machine().ended_cleanly());
}

TEST_CASE_FIXTURE(Fixture, "a declared output must be there, filled and at rest") {
  script =
      ": > endpoint; read -t 0.2 < <(:); while [ ! -e go ]; do read -t 0.01 <> <(:) || :; done; "
      "echo host:1 > endpoint; exec sleep 1000";
  ProbeSpec output;
  output.target = "endpoint";
  outputs = {output};
  start();
  base::write_file(folder.path() / "go", "");
  run_until_ready();
  CHECK(base::read_file(folder.path() / "endpoint") == "host:1\n");
  service->stop();
  run_until_ended();
}

TEST_CASE_FIXTURE(Fixture, "a glob output matches a socket and needs its count") {
  script =
      "exec python3 -c 'import socket,time; s=socket.socket(socket.AF_UNIX); s.bind(\"a.sock\"); "
      "s.listen(); time.sleep(1000)'";
  ProbeSpec output;
  output.target = "*.sock";
  output.glob = true;
  outputs = {output};
  probe("unix:a.sock");
  start();
  run_until_ready();
  service->stop();
  run_until_ended();
}

TEST_CASE_FIXTURE(Fixture, "each kind of probe lets it through when it is met") {
  SUBCASE("log") {
    probe("log:listening on [0-9]+");
    script = "echo starting; echo listening on 80; exec sleep 1000";
  }
  SUBCASE("fd") {
    probe("fd:5");
    script = "echo >&5; exec sleep 1000";
  }
  SUBCASE("command") {
    probe("command:test -e up");
    script = "touch up; exec sleep 1000";
  }
  SUBCASE("notify") {
    probe("notify");
    script =
        "exec python3 -c 'import socket,os,time; "
        "socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM).sendto(b\"STATUS=x\\nREADY=1\",os.environ["
        "\"NOTIFY_SOCKET\"]); time.sleep(1000)'";
  }
  SUBCASE("http, which waits while the answer is 503") {
    options.policy.settings.ports = {"web"};
    script = "exec python3 serve.py $WEB_PORT";
    base::write_file(folder.path() / "serve.py",
                     "import sys,http.server\n"
                     "class H(http.server.BaseHTTPRequestHandler):\n"
                     "  n = 0\n"
                     "  def do_GET(self):\n"
                     "    H.n += 1\n"
                     "    self.send_response(503 if H.n < 3 else 200); self.end_headers()\n"
                     "  def log_message(self, *a): pass\n"
                     "s = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), H)\n"
                     "open('port', 'w').write(sys.argv[1])\n"
                     "s.serve_forever()\n");
    // The port is known to the service only: a command asks through it as users do.
    probe(
        "command:python3 -c \"import urllib.request,sys; "
        "urllib.request.urlopen('http://127.0.0.1:'+open('port').read())\"");
  }
  start();
  run_until_ready();
  service->stop();
  run_until_ended();
}

TEST_CASE_FIXTURE(Fixture, "an exit with status 0 before it is ready is a failed start") {
  probe("file:never");
  script = "echo giving up >&2; exit 0";
  start();
  run_until_ended();
  CHECK(state() == ServiceState::failed_start);
  CHECK(base::contains(aborted, "ended with status 0 before it was ready"));
  CHECK(service->recent_output() == "giving up\n");
}

TEST_CASE_FIXTURE(Fixture,
                  "a service that is never ready is stopped, with the probe's last answer") {
  probe("file:never");
  set_service_option(options.policy.settings, "readyTimeout", "100ms");
  script = "exec sleep 1000";
  start();
  run_until_ended();
  CHECK(state() == ServiceState::failed_start);
  CHECK(base::contains(aborted, "not ready in time: 'never' does not exist"));
}

TEST_CASE_FIXTURE(Fixture, "a program that is not there is named") {
  options.policy.settings.probes.clear();
  script = "";
  ServiceProcess::Handlers handlers;
  handlers.launch = [this](int, const auto& proceed) {
    ServiceLaunch launch;
    launch.argv = {"no-such-server"};
    launch.environment = {"PATH=/usr/bin:/bin"};
    launch.directory = folder.path();
    proceed(launch);
  };
  handlers.abort_run = [this](const std::string& why) { aborted = why; };
  handlers.ended = [this] {
    ended = true;
    loop.stop();
  };
  service = std::make_unique<ServiceProcess>(loop, options, std::move(handlers));
  service->inputs_complete();
  run_until_ended();
  CHECK(base::contains(aborted, "no-such-server"));
}

TEST_CASE_FIXTURE(
    Fixture,
    "one that ignores TERM, with a daemonised child that does so too, is killed after the grace") {
  set_service_option(options.policy.settings, "grace", "100ms");
  probe("log:up");
  script =
      "trap '' TERM; (setsid bash -c 'trap \"\" TERM; while :; do sleep 1000; done' &) ; echo up; "
      "while :; do sleep 1000; done";
  start();
  run_until_ready();
  CHECK(seen.size() >= 2);
  service->stop();
  run_until_ended();
  CHECK(service->machine().was_forced());
  CHECK(warnings.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "the child of a leader that obeys TERM is not forgotten") {
  set_service_option(options.policy.settings, "grace", "100ms");
  probe("log:up");
  script = "(trap '' TERM; exec sleep 1000) & trap 'exit 0' TERM; echo up; wait";
  start();
  run_until_ready();
  service->stop();
  run_until_ended();
  CHECK(service->machine().exit().status == 0);
}

TEST_CASE_FIXTURE(Fixture, "a death after it was ready is a crash") {
  probe("log:up");
  script = "echo up; while [ ! -e die ]; do read -t 0.01 <> <(:) || :; done; kill -SEGV $$";
  start();
  run_until_ready();
  base::write_file(folder.path() / "die", "");
  run_until_ended();
  CHECK(state() == ServiceState::crashed);
  CHECK(base::contains(aborted, "signal 11"));
}

TEST_CASE_FIXTURE(Fixture, "a second attempt runs after a failed start") {
  options.policy.start_attempts = 2;
  probe("log:up");
  script = "[ $1 = 2 ] || exit 1; echo up; exec sleep 1000";
  start();
  run_until_ready();
  CHECK(service->machine().epoch() == 2);
  service->stop();
  run_until_ended();
}

TEST_CASE_FIXTURE(Fixture, "the stop command ends it before any signal") {
  set_service_option(options.policy.settings, "stopCommand", "touch end");
  script =
      "trap 'echo signalled > signalled' TERM; while [ ! -e end ]; do read -t 0.01 <> <(:) || :; "
      "done; exit 7";
  set_service_option(options.policy.settings, "successExit", "7");
  start();
  run_until_ready();
  service->stop();
  run_until_ended();
  CHECK(service->machine().ended_cleanly());
  CHECK_FALSE(base::file_info(folder.path() / "signalled").has_value());
}

TEST_CASE_FIXTURE(Fixture, "a killed guardian leaves nothing and the service is lost") {
  script = "trap '' TERM; exec sleep 1000";
  start();
  run_until_ready();
  // The guardian is our child and the parent of what the service runs.
  for (const pid_t pid : base::descendants_of(::getpid())) {
    const auto below = base::descendants_of(pid);
    if (!seen.empty() && std::find(below.begin(), below.end(), seen.front()) != below.end())
      ::kill(pid, SIGKILL);
  }
  run_until([&] { return ended; });
  CHECK(state() == ServiceState::lost);
  for (const pid_t pid : seen) CHECK_FALSE(base::identity_of(pid).has_value());
}

TEST_CASE("when controller and guardian are killed at once, a sweep finds exactly the leftovers") {
  const base::TempDir folder;
  const std::string registry = folder.path() / "registry";
  base::Pipe told = base::make_pipe();
  const pid_t controller = ::fork();
  REQUIRE(controller >= 0);
  if (controller == 0) {
    base::EventLoop loop;
    ServiceProcess::Options options;
    options.policy.name = "db";
    options.policy.settings.eager = true;
    options.registry_dir = registry;
    ServiceProcess::Handlers handlers;
    handlers.launch = [&](int, const auto& proceed) {
      ServiceLaunch launch;
      // The leader dies with its guardian; what it started does not.
      launch.argv = {"bash", "-c", "setsid sleep 1000 & exec sleep 1000"};
      launch.environment = {"PATH=/usr/bin:/bin"};
      launch.directory = folder.path();
      proceed(launch);
    };
    ServiceProcess service(loop, options, std::move(handlers));
    service.inputs_complete();
    loop.after(1ms, [&] {});
    std::function<void()> look = [&] {
      const auto below = service.processes();
      if (below.size() < 2) {
        loop.after(1ms, look);
        return;
      }
      std::string line;
      for (const pid_t pid : base::descendants_of(::getpid())) line += std::to_string(pid) + " ";
      base::write_all(told.write.get(), line + "\n", "the pipe");
    };
    look();
    loop.run();
    ::_exit(0);
  }
  std::string line;
  for (char next = 0; base::read_some(told.read.get(), &next, 1, "the pipe") == 1 && next != '\n';)
    line += next;
  std::vector<pid_t> pids;
  for (const std::string_view word : base::split(line, ' ')) {
    if (const auto pid = base::parse_int64(word)) pids.push_back(static_cast<pid_t>(*pid));
  }
  REQUIRE(pids.size() >= 3);
  CHECK(sweep_services(registry) == 0);  // its controller lives
  const auto guardian = base::identity_of(pids.front());
  ::kill(controller, SIGSTOP);
  ::kill(pids.front(), SIGKILL);  // the guardian
  ::kill(controller, SIGKILL);
  ::waitpid(controller, nullptr, 0);
  base::EventLoop loop;
  const auto watch = guardian ? base::watch_process(*guardian) : std::nullopt;
  if (watch) {
    loop.on_readable(watch->get(), [&] { loop.stop(); });
    loop.run();
  }
  sweep_services(registry);
  for (const pid_t pid : pids) CHECK_FALSE(base::identity_of(pid).has_value());
  CHECK(base::list_folder(registry).empty());
}

TEST_CASE("a stream without end keeps its beginning and its end within the cap") {
  std::int64_t cap = 400000;
  SUBCASE("as large as several reads") {}
  SUBCASE("smaller than one read") {
    cap = 10000;
  }
  SUBCASE("next to nothing") {
    cap = 64;
  }
  const base::TempDir folder;
  base::EventLoop loop;
  LogCapture::Options options;
  options.path = folder.path() / "log";
  options.bytes_max = cap;
  LogCapture capture(loop, options);
  base::SpawnOptions program;
  program.argv = {"bash", "-c",
                  "echo first; head -c 5000000 /dev/zero | tr '\\0' 'x'; echo; echo last"};
  program.stdout_fd = capture.write_fd();
  base::Child child = base::spawn(program);
  capture.started();
  loop.run();  // ends when the stream does
  child.wait();
  capture.finish();
  const std::string text = base::read_file(folder.path() / "log");
  const std::size_t note = std::string_view("\n[weir: 5000000 bytes left out here]\n").size();
  CHECK(text.size() <= static_cast<std::size_t>(cap) + note);
  CHECK(text.size() >= static_cast<std::size_t>(cap) / 2);
  CHECK(text.starts_with("first\n"));
  CHECK(text.ends_with("last\n"));
  const std::string told =
      "\n[weir: " + std::to_string(capture.bytes_dropped()) + " bytes left out here]\n";
  CHECK(base::contains(text, told));
  CHECK(static_cast<std::int64_t>(text.size() - told.size()) + capture.bytes_dropped() ==
        std::int64_t{5000000} + 12);  // with the two lines and the newline
  CHECK(base::list_folder(folder.path()).size() == 1);
}

TEST_SUITE_END();
