#include "engine/gate_keeper.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate_machine.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

using namespace weir;
using namespace weir::engine;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  base::TempDir folder;
  base::EventLoop loop;
  base::ThreadPool pool{2};
  std::vector<std::string> warnings;
  std::vector<std::string> progress;
  std::optional<GateKeeper> keeper;

  Fixture() {
    GateKeeper::Options options;
    options.environment = {"PATH=/usr/bin:/bin"};
    options.state_dir = folder.path() / "state";
    options.run_id = "r1";
    options.cancel_grace = 100ms;
    options.max_processes = 4;
    keeper.emplace(loop, pool, options);
    keeper->on_warning([this](const std::string& text) { warnings.push_back(text); });
    keeper->on_progress([this](GateTicket, const std::string&, const std::string& text) {
      progress.push_back(text);
    });
  }

  /// An external gate from a shell text.
  GateSpec script(const std::string& name, const std::string& text) {
    const std::string path = folder.path() / name;
    base::write_file(path, "#!/bin/bash\n" + text + "\n");
    REQUIRE(::chmod(path.c_str(), 0755) == 0);
    GateSpec gate;
    gate.name = name;
    gate.kind = GateSpec::Kind::external;
    gate.command = {path};
    gate.poll = 5ms;
    return gate;
  }

  GateOutcome ask(std::vector<GateSpec> gates) {
    std::optional<GateOutcome> seen;
    GateRequest request;
    request.task = 7;
    request.attempt = 2;
    request.key = "k";
    request.process = "ALIGN";
    request.inputs = {folder.path() / "input"};
    for (GateSpec& gate : gates) request.add(std::move(gate));
    keeper->prepare(std::move(request), [&](const GateOutcome& outcome) {
      seen = outcome;
      loop.stop();
    });
    run_until([&] { return seen.has_value(); });
    return *seen;
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

  void wait_idle() {
    bool idle = false;
    keeper->when_idle([&] {
      idle = true;
      loop.stop();
    });
    run_until([&] { return idle; });
  }
};

bool ready(const GateOutcome& outcome) {
  return outcome.kind == GateOutcome::Kind::ready;
}

}  // namespace

TEST_SUITE_BEGIN("gate_keeper");

TEST_CASE("not ready: pauses double up to a limit, unless the gate says how long") {
  GateMachine machine({"g", 1s, 3s, 20, false});
  machine.begin();
  for (const auto pause : {1s, 2s, 3s, 3s}) {
    const GateStep step = machine.answered({GateAnswer::Kind::not_ready, "", "", {}}, 0);
    CHECK(step.delay == pause);
    CHECK(machine.pause_ended().kind == GateStep::Kind::ask);
  }
  CHECK(machine.answered({GateAnswer::Kind::not_ready, "", "", 42ms}, 0).delay == 42ms);
}

TEST_CASE("transient failures are repeated with growing pauses, then they are permanent") {
  GateMachine machine({"g", 1s, 60s, 2, false});
  machine.begin();
  CHECK(machine.answered({GateAnswer::Kind::transient, "", "busy", {}}, 0).delay == 1s);
  machine.pause_ended();
  CHECK(machine.answered({GateAnswer::Kind::transient, "", "busy", {}}, 0.5).delay == 2250ms);
  machine.pause_ended();
  const GateStep step = machine.answered({GateAnswer::Kind::transient, "", "busy", {}}, 0);
  CHECK(step.kind == GateStep::Kind::failed);
  CHECK(step.answer.kind == GateAnswer::Kind::permanent);
}

TEST_CASE("answers after the end mean nothing") {
  GateMachine machine({"g", 1s, 60s, 2, false});
  machine.begin();
  CHECK(machine.time_is_up().answer.code == "gate-timeout");
  CHECK(machine.answered({GateAnswer::Kind::ready, "", "", {}}, 0).kind == GateStep::Kind::nothing);
}

TEST_CASE_FIXTURE(Fixture, "without gates the answer is ready, and no process is started") {
  CHECK(ready(ask({})));
  CHECK(base::descendants_of(::getpid()).empty());
}

TEST_CASE_FIXTURE(Fixture, "each exit status has its meaning") {
  CHECK(ready(ask({script("ok", "exit 0")})));
  CHECK(ready(ask({script("na", "exit 77")})));
  const GateOutcome permanent = ask({script("bad", "echo no licence >&2; exit 3")});
  CHECK_FALSE(ready(permanent));
  CHECK(permanent.message == "gate ended with status 3: no licence");
  CHECK_FALSE(permanent.unrecoverable);
  CHECK(ask({script("config", "exit 78")}).unrecoverable);
  CHECK(ask({script("version", "exit 64")}).unrecoverable);
  CHECK(ask({script("crash", "kill -SEGV $$")}).code == "gate-crashed");
  GateSpec missing = script("missing", "");
  missing.command = {"/no/such/gate"};
  CHECK(ask({missing}).unrecoverable);
}

TEST_CASE_FIXTURE(Fixture, "a gate that is not ready is asked again") {
  CHECK(ready(ask({script("later", "echo x >> count; [ $(wc -l < count) -ge 3 ] || exit 11")})));
  CHECK(base::read_file(folder.path() / "state/gates/later/count") == "x\nx\nx\n");
}

TEST_CASE_FIXTURE(Fixture, "a transient failure is repeated until it passes or the limit is hit") {
  GateSpec gate =
      script("flaky",
             "echo x >> count; echo "
             "'{\"event\":\"failed\",\"class\":\"transient\",\"retry_after\":0.005}'; exit 75");
  gate.transient_limit = 2;
  const GateOutcome outcome = ask({gate});
  CHECK_FALSE(ready(outcome));
  CHECK(base::read_file(folder.path() / "state/gates/flaky/count") == "x\nx\nx\n");
}

TEST_CASE_FIXTURE(Fixture,
                  "the request is one JSON object with the task, its inputs and the gate's hints") {
  GateSpec gate = script("look", "cat > request; env > environment");
  gate.hints["tier"] = "Bulk";
  CHECK(ready(ask({gate})));
  const std::string text = base::read_file(folder.path() / "state/gates/look/request");
  for (const char* part :
       {"\"protocol\":\"weir-gate/1\"", "\"op\":\"prepare\"", "\"attempt\":2",
        "\"process\":\"ALIGN\"", "\"tier\":\"Bulk\"", "\"name\":\"input\"", "\"key\":\"k\""}) {
    CHECK_MESSAGE(base::contains(text, part), part);
  }
  CHECK(text.ends_with("\n"));
  CHECK(base::contains(base::read_file(folder.path() / "state/gates/look/environment"),
                       "WEIR_TASK_ATTEMPT=2"));
}

TEST_CASE_FIXTURE(Fixture, "progress is passed on; lines that are no JSON break nothing") {
  CHECK(ready(ask({script("chatty",
                          "echo '{\"event\":\"progress\",\"message\":\"half\"}'; echo 'not json "
                          "{'; printf 'a\\0b\\n'; exit 0")})));
  CHECK(progress == std::vector<std::string>{"half"});
}

TEST_CASE_FIXTURE(Fixture, "of a status and an event that contradict the worse counts") {
  const GateOutcome outcome = ask({script("liar",
                                          "echo "
                                          "'{\"event\":\"failed\",\"class\":\"permanent\",\"code\":"
                                          "\"denied\",\"message\":\"m\"}'; exit 0")});
  CHECK_FALSE(ready(outcome));
  CHECK(outcome.code == "denied");
  CHECK(warnings.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a line without end is refused, a flood on standard error is drained") {
  CHECK(ask({script("long", "head -c 3000000 /dev/zero | tr '\\0' x; exit 0")}).code ==
        "gate-protocol");
  CHECK(ready(ask({script("loud", "head -c 30000000 /dev/zero >&2; exit 0")})));
}

TEST_CASE_FIXTURE(Fixture, "the first failure decides in either order, and its peer is ended") {
  const GateSpec hangs =
      script("hangs", "trap '' TERM; echo $$ > pid; while :; do sleep 1000; done");
  const GateSpec fails =
      script("fails", "while [ ! -s ../hangs/pid ]; do read -t 0.01 <> <(:) || :; done; exit 5");
  for (const bool first : {true, false}) {
    const GateOutcome outcome =
        ask(first ? std::vector<GateSpec>{hangs, fails} : std::vector<GateSpec>{fails, hangs});
    CHECK(outcome.gate == "fails");
    wait_idle();
    const pid_t pid = std::stoi(base::read_file(folder.path() / "state/gates/hangs/pid"));
    CHECK_FALSE(base::identity_of(pid).has_value());
    base::remove_file(folder.path() / "state/gates/hangs/pid");
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "maxWait ends a gate that never opens; onTimeout pass goes on with a warning") {
  GateSpec gate = script("never", "exec sleep 1000");
  gate.max_wait = 50ms;
  const GateOutcome outcome = ask({gate});
  CHECK(outcome.code == "gate-timeout");
  wait_idle();
  gate.pass_on_timeout = true;
  CHECK(ready(ask({gate})));
  CHECK(warnings.size() == 1);
  wait_idle();
}

TEST_CASE_FIXTURE(Fixture, "a gate that leaves a daemon behind is cleaned up after") {
  CHECK(ready(ask({script("daemon", "setsid sleep 1000 & echo $! > pid; exit 0")})));
  wait_idle();
  CHECK_FALSE(
      base::identity_of(std::stoi(base::read_file(folder.path() / "state/gates/daemon/pid")))
          .has_value());
  CHECK(warnings.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "many requests share few processes and all are answered") {
  const GateSpec gate = script("shared",
                               "mkdir run.$$; n=$(ls -d run.* | wc -l); [ $n -le 4 ] || touch "
                               "too-many; rmdir run.$$; exit 0");
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    GateRequest request;
    request.add(gate);
    keeper->prepare(std::move(request), [&](const GateOutcome& outcome) {
      CHECK(ready(outcome));
      if (++answered == 100) loop.stop();
    });
  }
  run_until([&] { return answered == 100; });
  CHECK_FALSE(base::file_info(folder.path() / "state/gates/shared/too-many").has_value());
}

TEST_CASE_FIXTURE(Fixture, "a cancelled request is never answered") {
  bool answered = false;
  GateRequest request;
  request.add(script("slow", "exec sleep 1000"));
  const GateTicket ticket =
      keeper->prepare(std::move(request), [&](const GateOutcome&) { answered = true; });
  loop.poll();
  keeper->cancel(ticket);
  wait_idle();
  CHECK_FALSE(answered);
}

TEST_CASE_FIXTURE(Fixture, "a skipped gate is not started") {
  GateSpec gate = script("skipped", "touch ran; exit 1");
  gate.skip = true;
  CHECK(ready(ask({gate})));
  CHECK_FALSE(base::file_info(folder.path() / "state").has_value());
}

TEST_CASE_FIXTURE(
    Fixture,
    "stable passes once nothing has changed for the quiet time, and starts again at a change") {
  const base::fs::path watched = folder.path() / "run";
  base::make_folders(watched / "deep");
  base::write_file(watched / "deep/a", "1");
  GateSpec gate = parse_gate("stable:" + watched.string());
  gate.quiet = 150ms;
  gate.poll = 20ms;
  int writes = 0;
  std::function<void()> write = [&] {
    base::write_file(watched / "deep/a", std::to_string(++writes));
    if (writes < 6) loop.after(50ms, write);
  };
  write();
  const GateOutcome outcome = ask({gate});
  CHECK(ready(outcome));
  CHECK(writes == 6);
  CHECK(outcome.waited >= 150ms);
}

TEST_CASE_FIXTURE(Fixture, "file, command, tcp and disk gates") {
  GateSpec file = parse_gate("file:" + (folder.path() / "input").string());
  file.poll = 5ms;
  loop.after(20ms, [&] { base::write_file(folder.path() / "input", "x"); });
  CHECK(ready(ask({file})));
  GateSpec command = parse_gate("command:test -e " + (folder.path() / "input").string());
  CHECK(ready(ask({command})));
  GateSpec tcp = parse_gate("tcp:127.0.0.1:1");
  tcp.max_wait = 50ms;
  CHECK(base::contains(ask({tcp}).message, "refused"));
  CHECK(ready(ask({parse_gate("disk:" + folder.path().string() + ":1KB")})));
}

TEST_CASE("hints are given to their gate, and the runner takes its own") {
  GateSpec gate;
  gate.name = "glacier";
  gate.kind = GateSpec::Kind::external;
  const GateSpec hinted = with_hints(gate, {{"glacier/maxWait", "5h"},
                                            {"glacier/skip", "true"},
                                            {"glacier/tier", "Bulk"},
                                            {"other/x", "1"}});
  CHECK(hinted.max_wait == 5h);
  CHECK(hinted.skip);
  CHECK(hinted.hints == std::map<std::string, std::string>{{"tier", "Bulk"}});
  CHECK_THROWS_AS(with_hints(gate, {{"glacier/maxWait", "soon"}}), Error);
}

TEST_CASE("hint keys and gate names are checked") {
  CHECK(check_hints({{"glacier/x", "1"}, {"plain", "1"}}, {"glacier"}).empty());
  const auto warnings = check_hints({{"glacer/x", "1"}}, {"glacier"});
  REQUIRE(warnings.size() == 1);
  CHECK(base::contains(warnings[0], "did you mean 'glacier/x'?"));
  const auto of_nobody = check_hints({{"weir/gate", "1"}}, {"glacier"});
  REQUIRE(of_nobody.size() == 1);
  CHECK(base::contains(of_nobody[0], "such as 'glacier/maxWait'"));
  CHECK_THROWS_AS(check_hints({{"a/b/c", "1"}}, {}), Error);
  CHECK_THROWS_AS(check_hints({{"/b", "1"}}, {}), Error);
  CHECK_THROWS_AS(check_hints({}, {"slurm"}), Error);
}

TEST_CASE("gates are spelled in one way each, and others are refused with the list") {
  CHECK(parse_gate("disk:/data:10GB").bytes == std::int64_t{10} << 30);
  CHECK(parse_gate("disk:/data:10GB").target == "/data");
  CHECK(parse_gate("exec:./g --flag").command == std::vector<std::string>{"./g", "--flag"});
  CHECK(parse_gate("http://h:1/x").target == "http://h:1/x");
  CHECK(parse_gate("https://h/x").kind == GateSpec::Kind::http);
  CHECK(parse_gate("s3://runs/a.bam").target == "s3://runs/a.bam");
  for (const char* wrong :
       {"", "stable", "stable:", "ftp:x", "disk:/data", "disk:/data:much", "s4://x/y", "exec: "})
    CHECK_THROWS_AS(static_cast<void>(parse_gate(wrong)), Error);
}

TEST_SUITE_END();
